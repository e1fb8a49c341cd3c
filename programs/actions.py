"""Actions: set new Terms from a coming day on, and freeze those that a promise refers to."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from ledger import actions as ledger
from ledger.states import NotPossible
from people.models import User
from programs import policy, queries
from programs.models import Terms

ONCE = "There are already Terms starting this day. Cancel those first, or choose another day."


@dataclass(frozen=True)
class Look:
    """What new Terms would change: those that count on their day until now, the new ones, and the names of the numbers that differ."""

    before: Terms
    after: Terms
    changed: list[str]


def freeze(terms: Terms, *, at: datetime, actor: User | None = None) -> None:
    """Say that a promise refers to these Terms; the database refuses any change of them from now on. Safe to call again."""
    with transaction.atomic():
        if Terms.objects.filter(pk=terms.pk, frozen_at=None).update(frozen_at=at):
            ledger.record("programs.terms.freeze", subject=terms, actor=actor, at=at, details={"effective_on": terms.effective_on})


def add_terms(*, effective_on: date, numbers: dict[str, Any], actor: User, at: datetime) -> Terms:
    """Set every number of the program from a coming day on; what was promised under earlier Terms keeps its dates.

    Raises NotPossible for a day that is not ahead or has Terms already, and where nothing would change.
    """
    today = policy.today(at)
    if effective_on <= today:
        raise NotPossible("Choose a day after today. What counts today was promised.")
    with transaction.atomic():
        if Terms.objects.select_for_update().filter(effective_on=effective_on).exists():
            raise NotPossible(ONCE)
        before = queries.get_terms(effective_on)
        changed = {name: value for name, value in numbers.items() if getattr(before, name) != value}
        if not changed:
            raise NotPossible("Nothing would change. Change a number first.")
        try:
            with transaction.atomic():
                terms = Terms.objects.create(effective_on=effective_on, **numbers)
        except IntegrityError:  # Two pressed at once.
            raise NotPossible(ONCE) from None
        changes = [f"{name.replace('_', ' ')} from {getattr(before, name)} to {value}" for name, value in changed.items()]
        ledger.record("programs.terms.add", subject=terms, actor=actor, at=at, details={"effective_on": effective_on, "changes": changes})
    return terms


def look_at_terms(*, effective_on: date, numbers: dict[str, Any], actor: User, at: datetime) -> Look:
    """Set new Terms, undo it, and tell what they would change. Raises what `add_terms` raises; nothing is left."""
    with transaction.atomic():
        after = add_terms(effective_on=effective_on, numbers=numbers, actor=actor, at=at)
        transaction.set_rollback(True)
    before = queries.get_terms(effective_on)
    return Look(before, after, [name for name in numbers if getattr(before, name) != getattr(after, name)])


def cancel_terms(terms: Terms, *, actor: User, at: datetime) -> None:
    """Remove Terms that do not count yet. Raises NotPossible once their day has come or a promise refers to them."""
    with transaction.atomic():
        row = Terms.objects.select_for_update().filter(pk=terms.pk).first()
        if row is None:
            raise NotPossible("These Terms are already canceled. Nothing was changed.")
        if row.frozen_at is not None or row.effective_on <= policy.today(at):
            raise NotPossible("These Terms are already in effect, so they stay.")
        ledger.record("programs.terms.cancel", subject=row, actor=actor, at=at, details={"effective_on": row.effective_on})
        row.delete()
