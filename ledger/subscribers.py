"""Learn where the audit's chain ended, and note it in a file."""

from datetime import datetime
from typing import Any

from django.conf import settings

from ledger import audit_heads
from ledger.registry import subscribe


@subscribe("ledger.head.read", name="ledger.head_file")
def head_read(event: dict[str, Any], *, at: datetime) -> None:
    """Add the head to the file that AUDIT_HEAD_FILE names."""
    if settings.AUDIT_HEAD_FILE:
        audit_heads.keep(settings.AUDIT_HEAD_FILE, audit_heads.Head.parse(event["head"]), at=at)
