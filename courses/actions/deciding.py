"""Decide on a completion."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from candidates import actions as candidates
from candidates.states import Way
from courses import notices, queries
from courses.actions.claiming import told
from courses.models import Completion
from courses.states import NoCredit, NotYourDecision
from ledger import transitions
from ledger.states import NotPossible
from programs import policy as dates

if TYPE_CHECKING:
    from people.models import User


def accept(completion: Completion, *, actor: User, at: datetime) -> None:
    """Accept the completion: its set is achieved today (rules.md, "The six sets"), or, with one part of several, when all are accepted.

    What was sent in time is decided as if in time.

    Raises NotYourDecision for one's own, NoCredit where the dates of the course don't cover the day, the refusal of `candidates.achieve`
    where the set was meanwhile achieved in another way, and NotPossible when it was decided a moment ago.
    """
    with transaction.atomic():
        row = transitions.lock(Completion, completion.pk, "accept")
        _check_not_own(row, actor)
        verdict = queries.judge(row.offering, row.candidacy, row.completed_on, at=at)
        if not verdict.counts:
            raise NoCredit(verdict.message)
        transitions.move(row, "accept", actor=actor, at=at, person=row.person, facts=told(row), decided_at=at, decided_by=actor)
        left = queries.list_parts_left(row)
        if left:
            notices.part_accepted(row, left=left, at=at)
            return
        candidates.achieve(row.candidacy, set_code=row.set.code, on=dates.today(at), way=Way.COURSE, source=row.id, actor=actor, at=at)


def refuse(completion: Completion, *, reason: str, actor: User, at: datetime) -> None:
    """Refuse the completion and say why; the person can send better proof.

    Raises NotYourDecision for one's own, and NotPossible without a reason or when it was decided a moment ago.
    """
    if not reason.strip():
        raise NotPossible("Say what is missing, and what would help.")
    with transaction.atomic():
        row = transitions.lock(Completion, completion.pk, "refuse")
        _check_not_own(row, actor)
        transitions.move(
            row,
            "refuse",
            actor=actor,
            at=at,
            person=row.person,
            reason=reason,
            facts=told(row),
            decided_at=at,
            decided_by=actor,
            refusal_text=reason,
        )
        notices.claim_refused(row, at=at)


def _check_not_own(row: Completion, actor: User) -> None:
    if row.person_id == actor.pk:
        raise NotYourDecision("This is your own completion. Somebody else on the staff decides on it.")
