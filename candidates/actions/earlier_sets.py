"""Decide which sets of an earlier candidacy count again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from candidates import notices, queries
from candidates.actions.candidacies import get_set, record
from candidates.models import Candidacy, Reuse
from candidates.states import CandidacyState, Way
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible, NotYourDecision
from programs import policy as dates

if TYPE_CHECKING:
    from people.models import User


def reuse(candidacy: Candidacy, *, sets: Collection[str], reason: str, actor: User, at: datetime) -> None:
    """Decide on all sets of earlier candidacies at once: those whose codes are in `sets` count again from today, the others don't.

    Raises NotYourDecision for one's own, NotPossible without a reason, for a set that is not among them, or when it was decided.
    """
    if not reason.strip():
        raise NotPossible("Explain why.")
    with transaction.atomic():
        row = transitions.lock(Candidacy, candidacy.pk, decider=actor)
        if (sent_back := queries.find_reuse_sent_back(row, actor)) and sent_back.why_not:
            raise NotYourDecision(sent_back.why_not)
        if row.reuse_by is None:
            raise NotPossible("There is nothing to decide here. It may have been decided a moment ago.")
        earlier = {achievement.set.code: achievement for achievement in queries.list_reusable(row)}
        if unknown := set(sets) - set(earlier):
            raise NotPossible(f"There is no such set to count again: {', '.join(sorted(unknown))[:200]}.")
        row.reuse_by = None
        row.save(update_fields=["reuse_by"])
        for code, achieved in earlier.items():
            counts = code in sets
            Reuse.objects.create(candidacy=row, earlier=achieved, counts=counts, reason=reason.strip(), decided_at=at, decided_by=actor)
            verb = "candidates.set.reuse" if counts else "candidates.set.leave_out"
            details = {"set": achieved.set.name, "first_on": achieved.on}
            ledger.record(verb, subject=row, actor=actor, at=at, person=row.person, details=details, reason=reason.strip())
            if counts:
                first_on = achieved.first_on or achieved.on
                record(row, get_set(code), on=dates.today(at), way=Way(achieved.way), source=achieved.source, first_on=first_on, at=at)
        again = [achieved.set.name for code, achieved in earlier.items() if code in sets]
        left_out = [achieved.set.name for code, achieved in earlier.items() if code not in sets]
        notices.reused(row, again=again, left_out=left_out, reason=reason.strip(), at=at)


def remand_reuse(candidacy: Candidacy, *, reason: str, actor: User, at: datetime) -> None:
    """Have staff decide again on the sets that they left out, after an appeal; those that count again stay.

    Raises NotYourDecision for one's own, NotPossible where nothing is left to decide.
    """
    with transaction.atomic():
        row = transitions.lock(Candidacy, candidacy.pk, decider=actor)
        left_out = list(row.reuses.filter(counts=False).select_related("earlier__set").order_by("earlier__set__position"))
        row.reuses.filter(counts=False).delete()  # The audit keeps what was decided on each.
        if row.reuse_by is not None or row.state != CandidacyState.ACTIVE or not queries.list_reusable(row):
            raise NotPossible("These sets have since been decided again or achieved. There is nothing left to decide.")
        row.reuse_by = dates.add_working_days(dates.today(at), row.terms.answer_working_days)
        row.save(update_fields=["reuse_by"])
        details = {"sets": [reuse.earlier.set.name for reuse in left_out], "decide_by": row.reuse_by}
        ledger.record("candidates.candidacy.remand", subject=row, actor=actor, at=at, person=row.person, details=details, reason=reason)
