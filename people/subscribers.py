"""Learn that someone asked for everything about themselves, and where the audit ended."""

from datetime import date, datetime
from typing import Any

from ledger.registry import subscribe
from people import data_export, notices, queries
from people.states import Role


@subscribe("people.download.asked", name="people.make_download")
def download_asked(event: dict[str, Any], *, at: datetime) -> None:
    """Gather everything about a person into one file."""
    data_export.make(event["download"], at=at)


@subscribe("ledger.head.read", name="people.tell_auditors")
def head_read(event: dict[str, Any], *, at: datetime) -> None:
    """Send the auditors where the audit's chain ended, to be kept in their mailboxes."""
    for auditor in queries.list_holders(Role.AUDITOR):
        notices.audit_head(auditor, head=event["head"], position=event["position"], day=date.fromisoformat(event["day"]), at=at)
