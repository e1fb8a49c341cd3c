"""Claim a completed course, and take the claim back."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.core.files import File
from django.db import transaction

from candidates import actions as candidates
from candidates import queries as candidacies
from candidates.states import PlanFull, Way
from courses import notices, queries
from courses.models import Completion, Offering
from courses.states import AlreadyAchieved, AlreadyClaimed, CandidacyEnded, NoCredit
from ledger import actions as ledger
from ledger import transitions
from people import documents

if TYPE_CHECKING:
    from candidates.models import Candidacy
    from people.models import User


def claim(candidacy: Candidacy, *, offering: Offering, completed_on: date, upload: File[Any], actor: User, at: datetime) -> Completion:
    """Send proof that a course was finished; staff have it then. Locks the candidacy, so that two windows can't claim one set twice.

    The set goes on the plan where there is room. Raises CandidacyEnded after the last day, AlreadyAchieved, AlreadyClaimed, NoCredit with
    the dates that count, and what `documents.keep` refuses. Nothing is kept then.
    """
    with transaction.atomic():
        row = transitions.lock(type(candidacy), candidacy.pk)
        _check_open(row, offering, at=at)
        verdict = queries.judge(offering, row, completed_on, at=at)
        if not verdict.counts:
            raise NoCredit(verdict.message)
        proof = documents.keep(row.person, upload, kind="courses.completion", at=at)
        completion = Completion.objects.create(
            candidacy=row, person=row.person, offering=offering, set=offering.set, completed_on=completed_on, proof=proof, claimed_at=at
        )
        _put_on_plan(row, set_code=offering.set.code, actor=actor, at=at)
        facts = {**told(completion), "set": offering.set.name}
        ledger.record("courses.completion.claim", subject=completion, actor=actor, at=at, person=row.person, facts=facts)
        notices.claim_received(completion, at=at)
        return completion


def withdraw(completion: Completion, *, actor: User, at: datetime) -> None:
    """Take back a claim that waits; the person can claim the set again. Raises NotPossible when it was decided a moment ago."""
    with transaction.atomic():
        row = transitions.lock(Completion, completion.pk, "withdraw")
        transitions.move(row, "withdraw", actor=actor, at=at, person=row.person, facts={"offering": row.offering.title})


def told(completion: Completion) -> dict[str, object]:
    """Give the facts that every sentence on a completion has."""
    return {"offering": completion.offering.title, "completed_on": completion.completed_on}


def _check_open(row: Candidacy, offering: Offering, *, at: datetime) -> None:
    if not queries.is_open(row, at=at):
        raise CandidacyEnded("You can’t send proof of a course any more: the program is completed, or your time is over.")
    one = offering.set
    if any(done.code == one.code for done in candidacies.list_achievements(row)):
        raise AlreadyAchieved(f"You achieved {one.name} already. It counts once, so there is nothing to send.")
    if queries.get_live_claim(row, set_code=one.code) is not None:
        raise AlreadyClaimed(f"Your proof for {one.name} is with staff already. Nothing was sent twice.")


def _put_on_plan(row: Candidacy, *, set_code: str, actor: User, at: datetime) -> None:
    try:
        candidates.choose(row, set_code=set_code, way=Way.COURSE, actor=actor, at=at)
    except PlanFull:
        return  # More than six sets may be achieved; what is beyond the plan stays off it until then.
