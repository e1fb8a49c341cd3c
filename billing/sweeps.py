"""What billing does by the clock."""

from datetime import datetime

from django.conf import settings

from billing import actions, queries
from ledger import actions as ledger
from ledger.registry import sweep


@sweep("billing.look_again", every="minute")
def look_again(*, at: datetime) -> None:
    """Ask again about payments and refunds of which we heard nothing: a lost webhook is no loss."""
    actions.look_again(at=at)


@sweep("billing.match_order_lines", every="minute")
def match_order_lines(*, at: datetime) -> None:
    """Bring paid order lines and open charges together that found each other only now."""
    actions.match_order_lines(at=at)


@sweep("billing.reconcile", every="day")
def reconcile(*, at: datetime) -> None:
    """Have everything at Stripe compared that can still change: a lost message is no loss, however late."""
    if settings.STRIPE_SECRET_KEY:
        ledger.emit("billing.reconciliation.due", key=queries.today(at), at=at)
