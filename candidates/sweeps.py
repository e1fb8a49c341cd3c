"""What is due each day: candidacies whose last day is over."""

from datetime import datetime

from candidates import actions
from ledger.registry import sweep


@sweep("candidates.expire", every="day")
def expire(*, at: datetime) -> None:
    """End the candidacies whose last day has passed everywhere in the United States."""
    while actions.expire_due(at=at):
        pass
