"""What is due by itself in this room."""

from datetime import datetime

from ledger import holding
from ledger.registry import sweep


@sweep("ledger.holds", every="day")
def drop_old_holds(*, at: datetime) -> None:
    """Let things of the inbox be nobody's that were taken long ago."""
    holding.drop_old(at=at)
