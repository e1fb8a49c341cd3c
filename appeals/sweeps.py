"""What is due by the clock."""

from datetime import datetime

from appeals import actions, queries
from ledger.registry import sweep
from programs import policy as calendar


@sweep("appeals.forfeit", every="day")
def forfeit(*, at: datetime) -> None:
    """Close the appeals whose grounds did not come in time."""
    for id in queries.list_forfeited(on=calendar.today(at)):
        actions.forfeit(id, at=at)


@sweep("appeals.stand_in", every="day")
def stand_in(*, at: datetime) -> None:
    """Hand on the appeals on which the first committee was silent."""
    for id in queries.list_silent(on=calendar.today(at)):
        actions.stand_in(id, at=at)
