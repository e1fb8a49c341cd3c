"""Go back on a decision: another portfolio for a closed set, or a fresh panel for the same one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible
from portfolios import notices, queries
from portfolios.models import Assignment, Portfolio, Ruling
from portfolios.policy import Audience
from portfolios.states import AssignmentState, State
from programs import policy as dates

if TYPE_CHECKING:
    from people.models import User


def reopen(portfolio: Portfolio, *, reason: str, actor: User, at: datetime) -> Portfolio:
    """Let a candidate start another portfolio for a set that was not achieved. Raises NotPossible otherwise, and without a reason."""
    with transaction.atomic():
        row = transitions.lock(Portfolio, portfolio.pk, decider=actor)
        if row.state != State.NOT_ACHIEVED or row.reopened_on is not None:
            raise NotPossible("Only a set that was not achieved by portfolio can be reopened, once.")
        _check_reason(reason)
        row.reopened_on = dates.today(at)
        row.save(update_fields=["reopened_on"])
        ledger.record(
            "portfolios.portfolio.reopen",
            subject=row,
            actor=actor,
            at=at,
            person=row.candidacy.person,
            details={"set": row.set.name},
            reason=reason,
        )
        notices.reopened(row, at=at)
    return row


def remand(portfolio: Portfolio, *, actor: User, at: datetime, reason: str) -> Portfolio:
    """Send a portfolio that was not achieved back to rating, by a fresh panel: no one who was asked before is asked again.

    What the earlier panel decided is kept as a Ruling, and its ratings stay; none of it counts any more. A candidate who has used the
    one opportunity to send more has no second one: then the fresh panel's ratings go to the final rule. Raises NotPossible for a
    portfolio in another state or whose set was reopened, and without a reason; NotYourDecision for one's own.
    """
    with transaction.atomic():
        row = transitions.lock(Portfolio, portfolio.pk, "remand", decider=actor)
        if row.reopened_on is not None:
            raise NotPossible("Staff reopened this set, so the candidate may start another portfolio. This one stays as it is.")
        _check_reason(reason)
        decision = queries.get_decision(row)
        if decision is None or row.decided_on is None:
            raise NotPossible("This portfolio is not decided.")
        outcomes = {str(response.competency.number): response.outcome for response in queries.list_responses(row)}
        Ruling.objects.create(
            portfolio=row,
            panel=row.panel,
            outcomes=outcomes,
            words=decision.told(Audience.OTHERS),
            decided_on=row.decided_on,
            remanded_at=at,
            reason=reason,
        )
        for slot in row.assignments.filter(state=AssignmentState.DONE).order_by("slot"):
            _retire(slot, row, at=at)
        row.responses.update(outcome="", asked=False)
        details = {"set": row.set.name, "met": decision.met, "total": decision.total}
        person = row.candidacy.person
        transitions.transition(
            row,
            "remand",
            actor=actor,
            at=at,
            person=person,
            details=details,
            reason=reason,
            panel=row.panel + 1,
            decided_on=None,
            supplement_by=row.supplement_by if row.supplemented_at else None,
        )
        notices.remanded(row, at=at)
    return row


def _retire(slot: Assignment, row: Portfolio, *, at: datetime) -> None:
    locked = transitions.lock(Assignment, slot.pk)
    transitions.transition(locked, "retire", actor=None, at=at, person=locked.evaluator.person, details={"set": row.set.name})


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise NotPossible("Write the reason. It is kept with the decision.")
