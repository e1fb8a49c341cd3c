"""Hear that a file waits to be checked, and that somebody asked for everything about themselves."""

from datetime import datetime
from typing import Any

from ledger.registry import hear
from people import documents, exporting


@hear("people.document.received", name="people.check")
def document_received(news: dict[str, Any], *, at: datetime) -> None:
    """Look through a file that was too large to be checked while the person waited."""
    documents.check(news["document"], at=at)


@hear("people.download.asked", name="people.make_download")
def download_asked(news: dict[str, Any], *, at: datetime) -> None:
    """Gather everything about a person into one file."""
    exporting.make(news["download"], at=at)
