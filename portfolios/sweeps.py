"""What is due by date: supplements and fees whose last day is over, unanswered invitations, resumes that no one sent."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from ledger.registry import sweep
from portfolios import actions, queries
from portfolios.models import Portfolio

log = logging.getLogger(__name__)


@sweep("portfolios.close_supplements", every="day")
def close_supplements(*, at: datetime) -> None:
    """Decide with round one's ratings where nothing more was sent by the last day."""
    _each(queries.list_supplements_over(at=at), lambda portfolio: actions.close_supplement(portfolio, at=at))


@sweep("portfolios.close_unpaid", every="day")
def close_unpaid(*, at: datetime) -> None:
    """Close sealed portfolios whose fee was not paid by the candidate's last day."""
    _each(queries.list_unpaid_over(at=at), lambda portfolio: actions.lapse(portfolio, at=at))


@sweep("portfolios.pass_on", every="day")
def pass_on(*, at: datetime) -> None:
    """Offer portfolios to someone else where an invitation was not answered by its last day."""
    for assignment in queries.list_unanswered(at=at):
        try:
            actions.pass_on(assignment, at=at)
        except Exception:
            log.exception("The invitation %s could not be passed on", assignment.id)


def _each(portfolios: Iterable[Portfolio], act: Callable[[Portfolio], None]) -> None:
    """Act on each; one that fails is reported to the operators, found again tomorrow, and stops no one."""
    for portfolio in portfolios:
        try:
            act(portfolio)
        except Exception:
            log.exception("The portfolio %s could not be closed", portfolio.id)
