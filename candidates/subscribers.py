"""Events of other apps: a settled fee puts its application before staff."""

from datetime import datetime
from typing import Any

from candidates import actions
from candidates.states import PURPOSE
from ledger.registry import subscribe


@subscribe("billing.charge.settled", name="candidates.fee")
def fee_settled(news: dict[str, Any], *, at: datetime) -> None:
    """Learn that a charge is settled; only that of an application matters here."""
    if news["purpose"] == PURPOSE:
        actions.pay(news["reference"], settled_at=datetime.fromisoformat(news["settled_at"]), at=at)
