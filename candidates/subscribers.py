"""Events of other apps: a settled fee puts its application before staff."""

from datetime import datetime
from typing import Any

from candidates import actions
from candidates.states import PURPOSE
from ledger.registry import subscribe


@subscribe("billing.charge.settled", name="candidates.fee")
def fee_settled(event: dict[str, Any], *, at: datetime) -> None:
    """Learn that a charge is settled; only that of an application matters here."""
    if event["purpose"] == PURPOSE:
        actions.pay(event["reference"], settled_at=datetime.fromisoformat(event["settled_at"]), at=at)
