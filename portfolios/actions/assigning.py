"""Approve evaluators, invite them to a portfolio, and record their answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible
from people import actions as people
from people.states import Role
from portfolios import notices, queries
from portfolios.models import Assignment, Evaluator, EvaluatorSet, Portfolio
from portfolios.states import AssignmentState, Conflict, State
from programs import policy as dates
from programs import queries as programs

if TYPE_CHECKING:
    from people.models import User


def approve_evaluator(
    person: Any, *, set_codes: Collection[str], actor: User | None, at: datetime, capacity_per_year: int = 4
) -> Evaluator:
    """Approve a person as evaluator for sets, add them to the group, and note how many portfolios a year they take.

    Sets that were approved before keep their day. Raises NotPossible without a set, or when people approve themselves.
    """
    if not set_codes:
        raise NotPossible("Choose one set or more.")
    if actor is not None and actor.pk == person.pk:
        raise NotPossible("Nobody approves themselves. Ask a colleague.")
    with transaction.atomic():
        people.give_role(person, Role.EVALUATOR, actor=actor, at=at)
        evaluator, _ = Evaluator.objects.update_or_create(person=person, defaults={"capacity_per_year": capacity_per_year})
        sets = [one for one in programs.list_sets() if one.code in set_codes]
        new = [EvaluatorSet(evaluator=evaluator, set=one, approved_on=dates.today(at)) for one in sets]
        EvaluatorSet.objects.bulk_create(new, ignore_conflicts=True)
        ledger.record(
            "portfolios.evaluator.approve",
            subject=evaluator,
            actor=actor,
            at=at,
            person=person,
            facts={"sets": [one.name for one in sets]},
        )
    return evaluator


def assign(portfolio: Portfolio, *, evaluators: Sequence[Evaluator], actor: User, at: datetime) -> list[Assignment]:
    """Invite one evaluator for every seat that is open: two at first, later replacements or a third evaluator.

    Raises Conflict where one of them may not rate this portfolio, NotPossible for a wrong number or a state that needs nobody.
    """
    with transaction.atomic():
        row = transitions.lock(Portfolio, portfolio.pk)
        seats = queries.list_open_seats(row)
        if not seats:
            raise NotPossible("This portfolio needs no evaluator now. Perhaps a colleague was faster.")
        if len({one.pk for one in evaluators}) != len(seats) or len(evaluators) != len(seats):
            raise NotPossible(f"Choose {'two different evaluators' if len(seats) == 2 else 'one evaluator'}.")
        if actor.pk == row.candidacy.person_id:
            raise Conflict("Nobody decides on their own portfolio. A colleague has to assign it.")
        _check_free(row, evaluators, at=at)
        if row.state == State.SUBMITTED:
            transitions.move(row, "assign", actor=actor, at=at, person=row.candidacy.person, facts={"set": row.set.name})
            notices.in_rating(row, at=at)
        return [_invite(row, one, seat, actor=actor, at=at) for seat, one in zip(seats, evaluators, strict=True)]


def _check_free(row: Portfolio, evaluators: Sequence[Evaluator], *, at: datetime) -> None:
    proposals = {proposal.evaluator.pk: proposal for proposal in queries.propose(row, at=at)}
    for one in evaluators:
        proposal = proposals.get(one.pk)
        if proposal is None or not proposal.possible:
            why = " ".join(proposal.conflicts) if proposal else "Already at this portfolio."
            raise Conflict(f"{one.person} can’t rate this portfolio. {why}")


def _invite(row: Portfolio, evaluator: Evaluator, seat: int, *, actor: User, at: datetime) -> Assignment:
    today = dates.today(at)
    days = queries.get_terms(row).accept_days
    assignment = Assignment.objects.create(
        portfolio=row, evaluator=evaluator, seat=seat, invited_on=today, accept_by=today + timedelta(days=days)
    )
    ledger.record(
        "portfolios.assignment.invite",
        subject=assignment,
        actor=actor,
        at=at,
        person=evaluator.person,
        facts={"set": row.set.name, "accept_by": assignment.accept_by},
    )
    notices.invited(assignment, at=at)
    return assignment


def accept(assignment: Assignment, *, actor: User, at: datetime) -> Assignment:
    """Accept an invitation; the time to rate counts from this day. Raises NotPossible when it was answered or went to somebody else."""
    with transaction.atomic():
        row = transitions.lock(Assignment, assignment.pk, "accept")
        rate_by = _rate_by(row.portfolio, at=at)
        transitions.move(
            row,
            "accept",
            actor=actor,
            at=at,
            person=row.evaluator.person,
            facts={"set": row.portfolio.set.name, "rate_by": rate_by},
            accepted_on=dates.today(at),
            rate_by=rate_by,
        )
        notices.accepted(row, at=at)
    return row


def _rate_by(portfolio: Portfolio, *, at: datetime) -> date:
    return dates.today(at) + timedelta(days=queries.get_terms(portfolio).rate_days)


def decline(assignment: Assignment, *, reason: str, actor: User, at: datetime) -> Assignment:
    """Decline an invitation, or give an accepted portfolio back; the seat is open again. Raises NotPossible when it is too late."""
    with transaction.atomic():
        row = transitions.lock(Assignment, assignment.pk, "decline")
        transitions.move(
            row, "decline", actor=actor, at=at, person=row.evaluator.person, facts={"set": row.portfolio.set.name}, reason=reason
        )
    return row


def replace(assignment: Assignment, *, reason: str, actor: User, at: datetime) -> Assignment:
    """Take a portfolio back from an evaluator who did not answer or is late. Raises NotPossible for one who is done."""
    with transaction.atomic():
        row = transitions.lock(Assignment, assignment.pk, "replace")
        if actor.pk == row.portfolio.candidacy.person_id:
            raise Conflict("Nobody decides on their own portfolio. A colleague has to do this.")
        transitions.move(
            row, "replace", actor=actor, at=at, person=row.evaluator.person, facts={"set": row.portfolio.set.name}, reason=reason
        )
        notices.replaced(row, at=at)
    return row


def ask_again(portfolio: Portfolio, *, at: datetime) -> None:
    """Give both evaluators a portfolio back, with a new date, because the candidate sent more. Needs the portfolio locked."""
    rows = portfolio.assignments.select_for_update(of=("self",)).filter(state=AssignmentState.DONE, seat__in=[1, 2])
    for row in rows.order_by("seat"):
        rate_by = _rate_by(portfolio, at=at)
        facts = {"set": portfolio.set.name, "rate_by": rate_by}
        transitions.move(row, "again", actor=None, at=at, person=row.evaluator.person, facts=facts, rate_by=rate_by, finished_at=None)
        notices.again(row, at=at)


def reopen(portfolio: Portfolio, *, reason: str, actor: User, at: datetime) -> Portfolio:
    """Let a candidate start another portfolio for a set that was not achieved. Raises NotPossible otherwise, and without a reason."""
    with transaction.atomic():
        row = transitions.lock(Portfolio, portfolio.pk)
        if row.state != State.NOT_ACHIEVED or row.reopened_on is not None:
            raise NotPossible("Only a set that was not achieved by portfolio can be reopened, once.")
        if actor.pk == row.candidacy.person_id:
            raise Conflict("Nobody decides on their own portfolio. A colleague has to do this.")
        if not reason.strip():
            raise NotPossible("Write the reason. It is kept with the decision.")
        row.reopened_on = dates.today(at)
        row.save(update_fields=["reopened_on"])
        ledger.record(
            "portfolios.portfolio.reopen",
            subject=row,
            actor=actor,
            at=at,
            person=row.candidacy.person,
            facts={"set": row.set.name},
            reason=reason,
        )
        notices.reopened(row, at=at)
    return row
