"""What people's room does by the clock."""

from datetime import datetime

from ledger.registry import sweep
from people import documents, exporting


@sweep("people.orphans", every="day")
def orphans(*, at: datetime) -> None:
    """Delete stored files that no row points to."""
    documents.remove_orphans(at=at)


@sweep("people.downloads", every="day")
def downloads(*, at: datetime) -> None:
    """Delete the files with everything about a person whose days are over."""
    exporting.drop_old(at=at)
