"""Hear that a file waits to be checked."""

from datetime import datetime
from typing import Any

from ledger.registry import hear
from people import documents


@hear("people.document.received", name="people.check")
def document_received(news: dict[str, Any], *, at: datetime) -> None:
    """Look through a file that was too large to be checked while the person waited."""
    documents.check(news["document"], at=at)
