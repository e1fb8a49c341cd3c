"""Events of other apps: a settled fee puts its course before those who decide."""

from datetime import datetime
from typing import Any

from courses import actions
from courses.queries.applications import PURPOSE
from ledger.registry import subscribe


@subscribe("billing.charge.settled", name="courses.fee")
def fee_settled(event: dict[str, Any], *, at: datetime) -> None:
    """Learn that a charge is settled; only that of a course matters here."""
    if event["purpose"] == PURPOSE:
        actions.pay_course(event["reference"], settled_at=datetime.fromisoformat(event["settled_at"]), at=at)
