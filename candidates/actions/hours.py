"""Show the hours after a provisional admission."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from candidates import notices, queries
from candidates.actions.applications import check_saved, copy_employments
from candidates.actions.candidacies import note_activity
from candidates.models import Candidacy, Employment, HoursClaim
from candidates.states import CandidacyState, NotReady
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible
from people.templatetags.words import longdate
from programs import policy as dates

if TYPE_CHECKING:
    from people.models import User


def start_hours(candidacy: Candidacy, *, actor: User, at: datetime) -> HoursClaim:
    """Start to show the hours, with the work of the application as it stood; starting again gives the same.

    Raises NotPossible where no hours are to be shown, or after their last day. Who completed the program can show them later, too: only
    the provisional certificate ends then, and staff decide on the hours.
    """
    with transaction.atomic():
        row = transitions.lock(Candidacy, candidacy.pk)
        _check_provisional(row, at=at)
        claim, created = HoursClaim.objects.get_or_create(candidacy=row)
        if created:
            Employment.objects.bulk_create(copy_employments(row.application, row.application, claim=claim))
        note_activity(row, at=at)
        return claim


def send_hours(candidacy: Candidacy, *, actor: User, at: datetime) -> None:
    """Send the hours to staff, counted as of today.

    Raises NotReady while they are too few or something is typed and not saved, NotPossible when they were sent.
    """
    with transaction.atomic():
        row = transitions.lock(Candidacy, candidacy.pk)
        _check_provisional(row, at=at)
        claim = transitions.lock(HoursClaim, row.hours_claim.pk, "send")
        check_saved(row.application)
        count = queries.count_claim(claim, at=at)
        if not count.enough:
            when = f" If you keep working as you do now, you can send them from {longdate(count.enough_on)}." if count.enough_on else ""
            raise NotReady(f"You have {count.shown:,} of {count.hours_needed:,} hours.{when}")
        today = dates.today(at)
        transitions.transition(
            claim,
            "send",
            actor=actor,
            at=at,
            person=row.person,
            details={"hours": f"{count.shown:,}"},
            sent_on=today,
            decide_by=dates.add_working_days(today, row.terms.answer_working_days),
        )
        row.application.pages.filter(page__startswith="hours/").delete()
        note_activity(row, at=at)
        notices.hours_sent(claim, at=at)


def show_hours(candidacy: Candidacy, *, actor: User, at: datetime) -> Candidacy:
    """Accept the hours that were sent: the candidacy is provisional no longer, and the others hear of it.

    Raises NotYourDecision for one's own, NotPossible when nothing waits.
    """
    with transaction.atomic():
        row = transitions.lock(Candidacy, candidacy.pk)
        claim = _lock_sent(row, "accept", actor=actor)
        transitions.transition(claim, "accept", actor=actor, at=at, person=row.person, decided_at=at, decided_by=actor)
        row.provisional = False
        row.save(update_fields=["provisional"])
        ledger.emit("candidates.hours.shown", key=row.id, at=at, candidacy=row.id, person=row.person_id, on=dates.today(at))
        notices.hours_accepted(row, at=at)
        return row


def send_hours_back(candidacy: Candidacy, *, reason: str, actor: User, at: datetime) -> None:
    """Give the hours back to the candidate, with what is wrong. Raises what `show_hours` raises, and NotPossible without a reason."""
    if not reason.strip():
        raise NotPossible("Explain what is wrong with the hours.")
    with transaction.atomic():
        row = transitions.lock(Candidacy, candidacy.pk)
        claim = _lock_sent(row, "send_back", actor=actor)
        transitions.transition(
            claim,
            "send_back",
            actor=actor,
            at=at,
            person=row.person,
            reason=reason.strip(),
            note=reason.strip(),
            sent_on=None,
            decide_by=None,
            decided_at=at,
            decided_by=actor,
        )
        notices.hours_sent_back(row, reason=reason.strip(), at=at)


def _lock_sent(row: Candidacy, verb: str, *, actor: User) -> HoursClaim:
    claim = HoursClaim.objects.filter(candidacy=row).first()
    if claim is None:
        raise NotPossible("No hours were sent.")
    return transitions.lock(HoursClaim, claim.pk, verb, decider=actor)


def _check_provisional(row: Candidacy, *, at: datetime) -> None:
    if not row.provisional:
        raise NotPossible("You have no hours to show: you are admitted in full.")
    last = queries.get_hours_end(row)
    if row.state != CandidacyState.COMPLETED and not dates.in_time(last, at=at):
        raise NotPossible(f"The hours had to be shown by {longdate(last)}. Write to us, and we will see what is possible.")
