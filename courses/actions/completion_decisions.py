"""Decide on a completion."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from candidates import actions as candidates
from candidates import queries as candidacies
from candidates.states import Way
from courses import notices, queries
from courses.actions.completions import accept_by, told
from courses.models import Completion
from courses.states import AlreadyAchieved, AlreadyClaimed, NoCredit
from ledger import transitions
from ledger.states import NotPossible
from people.decisions import check_not_again, send_back
from programs import policy as dates

if TYPE_CHECKING:
    from people.models import User


def accept(completion: Completion, *, actor: User, at: datetime) -> None:
    """Accept the completion: its set is achieved today (rules.md, "The six sets"), or, with one part of several, when all are accepted.

    What was sent on time is decided as if on time. Locks the candidacy first, so that of two parts that are accepted at once the later one
    sees the other.

    Raises NotYourDecision for one's own, NoCredit where the dates of the course don't cover the day, the refusal of `candidates.achieve`
    where the set was meanwhile achieved in another way, and NotPossible when it was decided a moment ago.
    """
    with transaction.atomic():
        transitions.lock(type(completion.candidacy), completion.candidacy_id)
        row = transitions.lock(Completion, completion.pk, "accept", decider=actor)
        check_not_again(row, actor)
        verdict = queries.judge(row.offering, row.candidacy, row.completed_on, at=at)
        if not verdict.counts:
            raise NoCredit(verdict.message)
        transitions.transition(row, "accept", actor=actor, at=at, person=row.person, details=told(row), decided_at=at, decided_by=actor)
        parts_left = queries.list_parts_left(row)
        if parts_left:
            notices.part_accepted(row, left=parts_left, at=at)
            return
        candidates.achieve(row.candidacy, set_code=row.set.code, on=dates.today(at), way=Way.COURSE, source=row.id, actor=actor, at=at)


def refuse(completion: Completion, *, reason: str, actor: User, at: datetime) -> None:
    """Refuse the completion and say why; the person can send better proof.

    Raises NotYourDecision for one's own, and NotPossible without a reason or when it was decided a moment ago.
    """
    if not reason.strip():
        raise NotPossible("Explain what is missing, and what would help.")
    with transaction.atomic():
        row = transitions.lock(Completion, completion.pk, "refuse", decider=actor)
        check_not_again(row, actor)
        transitions.transition(
            row,
            "refuse",
            actor=actor,
            at=at,
            person=row.person,
            reason=reason,
            details=told(row),
            decided_at=at,
            decided_by=actor,
            refusal_text=reason,
        )
        notices.claim_refused(row, at=at)


def remand(completion: Completion, *, reason: str, actor: User, at: datetime) -> None:
    """Put a refused completion before staff again as it was sent, after an appeal; it counts as sent on its first day.

    Raises AlreadyAchieved or AlreadyClaimed where there is nothing left to decide about it.
    """
    with transaction.atomic():
        candidacy = transitions.lock(type(completion.candidacy), completion.candidacy_id)
        row = transitions.lock(Completion, completion.pk, "remand", decider=actor)
        if any(achieved_set.code == row.set.code for achieved_set in candidacies.list_achievements(candidacy)):
            raise AlreadyAchieved(f"{row.person} achieved {row.set.name} since then. There is nothing to decide again.")
        if row.part not in queries.list_open_parts(candidacy, row.offering):
            raise AlreadyClaimed(f"{row.person} sent another proof for {row.set.name} since then. Staff will decide on that one instead.")
        due = accept_by(row, at=at)
        send_back(row, reason=reason, actor=actor, at=at, person=row.person, details=told(row), accept_by=due, refusal_text="")
