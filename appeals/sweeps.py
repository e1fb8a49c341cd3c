"""What is due by the clock."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from appeals import actions, queries
from ledger.registry import sweep
from programs import policy as calendar

log = logging.getLogger(__name__)


@sweep("appeals.forfeit", every="day")
def forfeit(*, at: datetime) -> None:
    """Close the appeals whose grounds did not come on time."""
    _each(queries.list_forfeited(on=calendar.today(at)), actions.forfeit, at=at)


@sweep("appeals.stand_in", every="day")
def stand_in(*, at: datetime) -> None:
    """Hand on the appeals on which the first committee was silent."""
    _each(queries.list_silent(on=calendar.today(at)), actions.stand_in, at=at)


@sweep("appeals.settle", every="minute")
def settle(*, at: datetime) -> None:
    """Close the appeals whose decision was sent back and is made again."""
    _each(queries.list_sent_back(), actions.settle, at=at)


def _each(ids: Iterable[UUID], act: Callable[..., None], *, at: datetime) -> None:
    """Act on each; one that fails is reported to the operators, found again the next time, and stops no one."""
    for id in ids:
        try:
            act(id, at=at)
        except Exception:
            log.exception("The appeal %s could not be moved on", id)
