"""What is due by the clock."""

from datetime import datetime

from ledger.registry import sweep
from renewals import actions


@sweep("renewals.open", every="day")
def open_missing(*, at: datetime) -> None:
    """Open the renewals of certificates that were issued before this room was there."""
    actions.open_missing(at=at)
