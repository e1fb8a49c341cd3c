"""Learn that a fee was paid, and that a candidate got more time."""

from datetime import datetime
from typing import Any

from ledger.registry import subscribe
from portfolios import actions
from portfolios.actions.submissions import PURPOSE


@subscribe("billing.charge.settled", name="portfolios.fee")
def fee_settled(event: dict[str, Any], *, at: datetime) -> None:
    """Take in the portfolio whose fee was paid; other payments are not ours."""
    if event["purpose"] == PURPOSE:
        actions.settle(event["reference"], settled_at=datetime.fromisoformat(event["settled_at"]), at=at)


@subscribe("candidates.candidacy.extended", name="portfolios.more_time")
def more_time(event: dict[str, Any], *, at: datetime) -> None:
    """Take in what was paid while a request for more time waited."""
    actions.settle_held(event["candidacy"], at=at)
