"""News from other rooms: a file was looked through."""

from datetime import datetime
from typing import Any

from appeals import actions
from ledger.registry import hear


@hear("people.document.checked", name="appeals.file")
def file_checked(news: dict[str, Any], *, at: datetime) -> None:
    """Tell whoever added a file that we looked through later and can't take; the pages show all others."""
    if news["state"] == "refused":
        actions.tell_refused(news["document"], at=at)
