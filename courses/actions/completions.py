"""Claim a completed course, and take the claim back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.files import File
from django.db import transaction

from candidates import actions as candidates
from candidates import queries as candidacies
from candidates.states import PlanFull, Way
from courses import notices, queries
from courses.models import Completion, Confirmation, Offering, ProviderContact
from courses.states import AlreadyAchieved, AlreadyClaimed, CandidacyEnded, CompletionState, NoCredit
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible
from people import documents
from programs import policy as dates
from programs import queries as programs

if TYPE_CHECKING:
    from candidates.models import Candidacy
    from people.models import User


def claim(
    candidacy: Candidacy,
    *,
    offering: Offering,
    completed_on: date,
    upload: File[Any] | documents.Kept | None,
    actor: User,
    at: datetime,
    part: int | None = None,
) -> Completion:
    """Claim that a course was finished: with proof, which staff have then, or without, which asks the provider to confirm by a link.

    `part` is one course of an offering of several, None all of them. Locks the candidacy, so that two windows can't claim one set twice.
    The set goes on the plan where there is room. Raises CandidacyEnded after the last day, AlreadyAchieved, AlreadyClaimed, NoCredit with
    the dates that count, NotPossible for a part that is not there or a provider that no one speaks for, and what `documents.keep` refuses.
    Nothing is kept then.
    """
    with transaction.atomic():
        row = transitions.lock(type(candidacy), candidacy.pk)
        _check_part(offering, part)
        _check_open(row, offering, part=part, at=at)
        verdict = queries.judge(offering, row, completed_on, at=at)
        if not verdict.counts:
            raise NoCredit(verdict.message)
        contacts = [] if upload else list(queries.list_confirming(offering, person=row.person))
        if not upload and not contacts:
            raise NotPossible("This provider has no contact here yet. Send the form that the provider signed instead.")
        proof = documents.keep(row.person, upload, kind="courses.completion", at=at) if upload else None
        completion = Completion(
            candidacy=row,
            person=row.person,
            offering=offering,
            set=offering.set,
            part=part,
            completed_on=completed_on,
            proof=proof,
            state=CompletionState.CLAIMED if proof else CompletionState.ASKED,
            claimed_at=at,
        )
        completion.accept_by = accept_by(completion, at=at) if proof else None
        completion.save()
        _put_on_plan(row, set_code=offering.set.code, actor=actor, at=at)
        candidates.note_activity(row, at=at)
        details = {**told(completion), "set": offering.set.name}
        if proof:
            ledger.record("courses.completion.claim", subject=completion, actor=actor, at=at, person=row.person, details=details)
            notices.claim_received(completion, at=at)
        else:
            details["provider"] = offering.provider.name
            ledger.record("courses.completion.ask", subject=completion, actor=actor, at=at, person=row.person, details=details)
            _ask_provider(completion, contacts, at=at)
        return completion


def _ask_provider(completion: Completion, contacts: list[ProviderContact], *, at: datetime) -> None:
    today = dates.today(at)
    expires_on = today + timedelta(days=programs.get_terms(today).confirmation_days)
    for contact in contacts:
        confirmation = Confirmation.objects.create(completion=completion, contact=contact, asked_on=today, expires_on=expires_on)
        notices.confirmation_asked(confirmation, at=at)
    notices.claim_asked(completion, until=expires_on, at=at)


def accept_by(completion: Completion, *, at: datetime) -> date:
    """Give the day by which staff answer, counted from the day on which they have it."""
    return dates.add_working_days(dates.today(at), completion.candidacy.terms.answer_working_days)


def withdraw(completion: Completion, *, actor: User, at: datetime) -> None:
    """Withdraw a claim that waits; the person can claim the set again. Raises NotPossible when it was decided a moment ago."""
    with transaction.atomic():
        row = transitions.lock(Completion, completion.pk, "withdraw")
        transitions.transition(row, "withdraw", actor=actor, at=at, person=row.person, details={"offering": row.offering.title})


def told(completion: Completion) -> dict[str, object]:
    """Give the details that every sentence on a completion has."""
    return {"offering": completion.title, "completed_on": completion.completed_on}


def _check_part(offering: Offering, part: int | None) -> None:
    if part is not None and not (len(offering.parts) > 1 and 1 <= part <= len(offering.parts)):
        raise NotPossible("This course does not have that part. Choose one of its courses, or all of them.")


def _check_open(row: Candidacy, offering: Offering, *, part: int | None, at: datetime) -> None:
    if not queries.is_open(row, at=at):
        raise CandidacyEnded("You can no longer send proof of a course: the program is completed, or your time is over.")
    competency_set = offering.set
    if any(achieved_set.code == competency_set.code for achieved_set in candidacies.list_achievements(row)):
        raise AlreadyAchieved(f"You achieved {competency_set.name} . It counts once, so there is nothing to send.")
    why = queries.why_not_claim(row, offering, part=part)
    if why:
        raise AlreadyClaimed(f"{why} Nothing was sent twice.")


def _put_on_plan(row: Candidacy, *, set_code: str, actor: User, at: datetime) -> None:
    try:
        candidates.choose(row, set_code=set_code, way=Way.COURSE, actor=actor, at=at)
    except PlanFull:
        return  # More than six sets may be achieved; what is beyond the plan stays off it until then.
