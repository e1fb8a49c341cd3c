"""What people's room does by the clock."""

from datetime import datetime

from ledger.registry import sweep
from people import documents


@sweep("people.orphans", every="day")
def orphans(*, at: datetime) -> None:
    """Delete stored files that no row points to."""
    documents.remove_orphans(at=at)
