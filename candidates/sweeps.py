"""What is due each day: candidacies whose last day is over."""

from datetime import datetime

from candidates import actions, queries
from ledger.registry import sweep
from programs import policy as dates


@sweep("candidates.expire", every="day")
def expire(*, at: datetime) -> None:
    """End the candidacies whose last day has passed everywhere in the United States."""
    for candidacy in queries.list_expiring(on=dates.today(at)).iterator(chunk_size=500):
        actions.expire(candidacy, at=at)
