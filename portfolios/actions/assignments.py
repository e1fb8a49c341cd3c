"""Invite evaluators to a portfolio, record their answers, and find someone else where one is gone or stands too near."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible
from people.permissions import is_evaluator
from portfolios import notices, queries
from portfolios.models import Assignment, DeclaredConflict, Evaluator, Portfolio
from portfolios.queries import panels
from portfolios.states import LIVE, RATING, AssignmentState, Conflict, ConflictKind, State
from programs import policy as dates

if TYPE_CHECKING:
    from people.models import User

ELSEWHERE = "A conflict of interest became known."


def assign(portfolio: Portfolio, *, evaluators: Sequence[Evaluator], actor: User, at: datetime) -> list[Assignment]:
    """Invite one evaluator for every assignment that is open: two at first, later replacements or a third evaluator.

    Raises Conflict where one of them may not rate this portfolio, NotPossible for a wrong number or a state that needs no one.
    """
    with transaction.atomic():
        row = transitions.lock(Portfolio, portfolio.pk, decider=actor)
        slots = queries.list_open_slots(row)
        if not slots:
            raise NotPossible("This portfolio needs no evaluator now. A colleague may have done it already.")
        if len({evaluator.pk for evaluator in evaluators}) != len(slots) or len(evaluators) != len(slots):
            raise NotPossible(f"Choose {'two different evaluators' if len(slots) == 2 else 'one evaluator'}.")
        _check_free(row, evaluators, at=at)
        if row.state == State.SUBMITTED:
            transitions.transition(row, "assign", actor=actor, at=at, person=row.candidacy.person, details={"set": row.set.name})
            notices.in_rating(row, at=at)
        return [_invite(row, evaluator, slot, actor=actor, at=at) for slot, evaluator in zip(slots, evaluators, strict=True)]


def _check_free(row: Portfolio, evaluators: Sequence[Evaluator], *, at: datetime) -> None:
    options = {option.evaluator.pk: option for option in panels.propose(row, at=at).options}
    for evaluator in evaluators:
        option = options.get(evaluator.pk)
        if option is None or not option.possible:
            why = " ".join(option.conflicts) if option else "No longer an evaluator."
            raise Conflict(f"{evaluator.person} can’t rate this portfolio. {why}")


def _invite(row: Portfolio, evaluator: Evaluator, slot: int, *, actor: User | None, at: datetime) -> Assignment:
    today = dates.today(at)
    days = queries.get_terms(row).accept_days
    assignment = Assignment.objects.create(
        portfolio=row, evaluator=evaluator, panel=row.panel, slot=slot, invited_on=today, accept_by=today + timedelta(days=days)
    )
    ledger.record(
        "portfolios.assignment.invite",
        subject=assignment,
        actor=actor,
        at=at,
        person=evaluator.person,
        details={"set": row.set.name, "accept_by": assignment.accept_by},
    )
    notices.invited(assignment, at=at)
    return assignment


def accept(assignment: Assignment, *, actor: User, at: datetime) -> Assignment:
    """Accept an invitation; the time to rate counts from this day.

    Raises NotPossible when it was answered or went to someone else, Conflict where the evaluator may not rate this candidate.
    """
    with transaction.atomic():
        row = transitions.lock(Assignment, assignment.pk, "accept")
        if not is_evaluator(row.evaluator.person):
            raise NotPossible("You are no longer an evaluator, so you can’t accept. Write to us if that is wrong.")
        check_conflicts(row)
        if row.evaluator.trained_on is None:
            raise NotPossible("Finish the training first. It takes about an hour, and we save your place.")
        rate_by = _rate_by(row.portfolio, at=at)
        transitions.transition(
            row,
            "accept",
            actor=actor,
            at=at,
            person=row.evaluator.person,
            details={"set": row.portfolio.set.name, "rate_by": rate_by},
            accepted_on=dates.today(at),
            rate_by=rate_by,
        )
        notices.accepted(row, at=at)
    return row


def check_conflicts(assignment: Assignment) -> None:
    """Raise Conflict where, as things are known now, this evaluator may not rate this candidate; it does not say why."""
    if panels.list_conflicts(assignment):
        raise Conflict("You have a conflict of interest, so you can’t rate this portfolio. Please decline, or report the conflict.")


def _rate_by(portfolio: Portfolio, *, at: datetime) -> date:
    return dates.today(at) + timedelta(days=queries.get_terms(portfolio).rate_days)


def decline(assignment: Assignment, *, reason: str, actor: User, at: datetime) -> Assignment:
    """Decline an invitation, or give an accepted portfolio back; the assignment is open again. Raises NotPossible when it is too late."""
    with transaction.atomic():
        row = transitions.lock(Assignment, assignment.pk, "decline")
        transitions.transition(
            row, "decline", actor=actor, at=at, person=row.evaluator.person, details={"set": row.portfolio.set.name}, reason=reason
        )
    return row


def report_conflict(assignment: Assignment, *, reason: str, actor: User, at: datetime) -> Assignment:
    """Step back because of a conflict of interest with the candidate, which is kept for every later portfolio of theirs.

    Ratings that this round still waits with no longer count; what an earlier round decided stands. Raises NotPossible once it is decided.
    """
    with transaction.atomic():
        portfolio = transitions.lock(Portfolio, assignment.portfolio_id)
        row = transitions.lock(Assignment, assignment.pk, "recuse")
        person = portfolio.candidacy.person
        known = DeclaredConflict.objects.visible_to(row.evaluator.person).filter(kind=ConflictKind.PERSON, email=person.email)
        _recuse(row, portfolio, actor=actor, at=at, reason=reason)
        if not known.exists():
            DeclaredConflict.objects.create(
                declared_by=row.evaluator.person, kind=ConflictKind.PERSON, name=person.name, email=person.email, declared_at=at
            )
    return row


def _recuse(row: Assignment, portfolio: Portfolio, *, actor: User | None, at: datetime, reason: str) -> None:
    """Needs the portfolio and the assignment locked."""
    if portfolio.state not in {*RATING, State.ASKED}:
        raise NotPossible("This portfolio is decided. Write to staff about the conflict, and they will look into it.")
    if row.state == AssignmentState.DONE and portfolio.state in {State.ROUND_ONE, State.ROUND_TWO}:
        row.ratings.filter(round=queries.get_round(portfolio)).update(sent_at=None)
    details = {"set": portfolio.set.name}
    transitions.transition(row, "recuse", actor=actor, at=at, person=row.evaluator.person, details=details, reason=reason)


def release_conflicted(*, people: Collection[Any], at: datetime) -> list[Assignment]:
    """Take portfolios back where a conflict of interest between evaluator and candidate is known now, and one of them is in `people`.

    What a portfolio that is decided came to stands.
    """
    open_states = sorted({*RATING, State.ASKED})
    rows = Assignment.objects.filter(state__in=sorted(LIVE), portfolio__state__in=open_states).select_related(
        "evaluator__person", "portfolio__candidacy__person", "portfolio__set"
    )
    keys = [person.pk for person in people]
    touched = [*rows.filter(evaluator__person__in=keys), *rows.filter(portfolio__candidacy__person__in=keys)]
    released = []
    for assignment in sorted((row for row in touched if row.pk in panels.find_conflicts(touched)), key=lambda row: row.pk):
        with transaction.atomic():
            portfolio = transitions.lock(Portfolio, assignment.portfolio_id)
            row = transitions.lock(Assignment, assignment.pk)
            if row.state not in LIVE or portfolio.state not in open_states:
                continue
            _recuse(row, portfolio, actor=None, at=at, reason=ELSEWHERE)
            notices.replaced(row, at=at)
            released.append(row)
    return released


def pass_on(assignment: Assignment, *, at: datetime) -> Assignment | None:
    """Offer a portfolio to the next free evaluator when no one answered by the last day; returns the new invitation.

    Where no one is free, the old invitation stays open and staff see it in their inbox. Does nothing while there is time.
    """
    with transaction.atomic():
        portfolio = transitions.lock(Portfolio, assignment.portfolio_id)
        row = transitions.lock(Assignment, assignment.pk)
        if row.state != AssignmentState.INVITED or dates.in_time(row.accept_by, at=at) or portfolio.state not in RATING:
            return None
        free = [option for option in panels.propose(portfolio, at=at).options if option.judged.free]
        if not free:
            return None
        details = {"set": portfolio.set.name, "accept_by": row.accept_by}
        transitions.transition(row, "lapse", actor=None, at=at, person=row.evaluator.person, details=details)
        notices.passed_on(row, at=at)
        return _invite(portfolio, free[0].evaluator, row.slot, actor=None, at=at)


def replace(assignment: Assignment, *, reason: str, actor: User, at: datetime) -> Assignment:
    """Take a portfolio back from an evaluator who did not answer or is late. Raises NotPossible for one who is done."""
    with transaction.atomic():
        row = transitions.lock(Assignment, assignment.pk, "replace", decider=actor)
        transitions.transition(
            row, "replace", actor=actor, at=at, person=row.evaluator.person, details={"set": row.portfolio.set.name}, reason=reason
        )
        notices.replaced(row, at=at)
    return row


def ask_again(portfolio: Portfolio, *, at: datetime) -> None:
    """Give both evaluators a portfolio back, with a new date, because the candidate sent more. Needs the portfolio locked."""
    rows = portfolio.assignments.select_for_update(of=("self",)).filter(state=AssignmentState.DONE, slot__in=[1, 2])
    for row in rows.order_by("slot"):
        rate_by = _rate_by(portfolio, at=at)
        transitions.transition(
            row,
            "again",
            actor=None,
            at=at,
            person=row.evaluator.person,
            details={"set": portfolio.set.name, "rate_by": rate_by},
            accepted_on=dates.today(at),
            rate_by=rate_by,
            finished_at=None,
        )
        notices.again(row, at=at)
