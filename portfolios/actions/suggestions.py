"""Write suggestions and end them, by the day; keep a person's private marks without a word in the audit."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from ledger import actions as ledger
from people.templatetags.words import longdate
from portfolios.models import PlannerMark, Suggestion
from portfolios.states import NotReady
from programs import policy as dates
from programs import queries as programs

if TYPE_CHECKING:
    from people.models import User

MOST = 4


def add_suggestion(competency: Any, *, text: str, from_on: date, actor: User, at: datetime) -> Suggestion:
    """Offer a suggestion from a day on. Raises NotReady for a day in the past, and where there are four on that day."""
    with transaction.atomic():
        # Two members of staff who write at once may not end up with five.
        type(competency).objects.select_for_update(of=("self",)).get(pk=competency.pk)
        if from_on < dates.today(at):
            raise NotReady("The first day has passed. Choose today or a later day.")
        if Suggestion.objects.filter(competency=competency).in_force(from_on).count() >= MOST:
            raise NotReady(f"There are {MOST} suggestions on {longdate(from_on)}. End one first.")
        row = Suggestion.objects.create(competency=competency, text=text.strip(), from_on=from_on)
        ledger.record("portfolios.suggestion.add", subject=row, actor=actor, at=at, details=_facts(row, from_on=from_on))
    return row


def end_suggestion(suggestion: Suggestion, *, until_on: date, actor: User, at: datetime) -> None:
    """Offer a suggestion until a day and no longer; one that has not begun by then goes. Answers that follow it stay as they are.

    Raises NotReady for a day before yesterday: it was offered until then.
    """
    with transaction.atomic():
        row = Suggestion.objects.select_for_update(of=("self",)).select_related("competency__set").get(pk=suggestion.pk)
        if until_on < dates.today(at) - timedelta(days=1):
            raise NotReady("It was offered after that day. Choose yesterday or a later day.")
        if until_on < row.from_on:
            ledger.record("portfolios.suggestion.drop", subject=row, actor=actor, at=at, details=_facts(row))
            row.delete()
            return
        row.until_on = until_on
        row.save(update_fields=["until_on"])
        ledger.record("portfolios.suggestion.end", subject=row, actor=actor, at=at, details=_facts(row, until_on=until_on))


def _facts(row: Suggestion, **days: date) -> dict[str, Any]:
    return {"set": row.competency.set.name, "number": row.competency.number, **days}


def plan(person: User, *, set_code: str, numbers: Collection[int]) -> None:
    """Keep which competencies of a set a person says they can do. No one else reads it, and nothing is recorded of it."""
    competencies = {competency.number: competency.pk for competency in programs.get_set(set_code).competencies.all()}
    chosen = {competencies[number] for number in numbers if number in competencies}
    with transaction.atomic():
        marks = PlannerMark.objects.filter(person=person, competency__in=competencies.values())
        marks.exclude(competency__in=chosen).delete()
        PlannerMark.objects.bulk_create([PlannerMark(person=person, competency_id=key) for key in sorted(chosen)], ignore_conflicts=True)
