"""Billing's own news, done by the worker: everything that asks the card company for something and is not a person's click."""

import contextlib
from datetime import datetime
from typing import Any
from uuid import UUID

from billing import actions, gateway
from ledger.registry import hear


@hear("billing.event.received", name="billing.event")
def event_received(news: dict[str, Any], *, at: datetime) -> None:
    """Handle a message from the card company."""
    actions.handle_event(UUID(news["event"]), at=at)


@hear("billing.refund.asked", name="billing.refund")
def refund_asked(news: dict[str, Any], *, at: datetime) -> None:
    """Ask the card company to give money back."""
    actions.run_refund(UUID(news["refund"]), at=at)


@hear("billing.checkout.over", name="billing.checkout")
def checkout_over(news: dict[str, Any], *, at: datetime) -> None:
    """Close a card page that nobody needs anymore."""
    actions.close_checkout(UUID(news["payment"]), at=at)


@hear("billing.payment.look", name="billing.look.payment")
def look_at_payment(news: dict[str, Any], *, at: datetime) -> None:
    """Ask again about a payment; if nobody answers, the sweep will send us again."""
    with contextlib.suppress(gateway.GatewayUnavailable):
        actions.look(UUID(news["payment"]), at=at)


@hear("billing.refund.look", name="billing.look.refund")
def look_at_refund(news: dict[str, Any], *, at: datetime) -> None:
    """Ask again about a refund; if nobody answers, the sweep will send us again."""
    with contextlib.suppress(gateway.GatewayUnavailable):
        actions.run_refund(UUID(news["refund"]), at=at)
