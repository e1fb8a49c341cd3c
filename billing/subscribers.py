"""Events for billing, handled by the worker: everything that takes time or asks Stripe, and who was admitted."""

import contextlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from billing import actions, gateway
from ledger.registry import subscribe


@subscribe("billing.event.received", name="billing.event", outside=True)
def event_received(event: dict[str, Any], *, at: datetime) -> None:
    """Handle a message from Stripe."""
    actions.handle_event(UUID(event["event"]), at=at)


@subscribe("billing.refund.asked", name="billing.refund", outside=True)
def refund_asked(event: dict[str, Any], *, at: datetime) -> None:
    """Ask Stripe to give money back."""
    actions.run_refund(UUID(event["refund"]), at=at)


@subscribe("billing.checkout.over", name="billing.checkout", outside=True)
def checkout_over(event: dict[str, Any], *, at: datetime) -> None:
    """Close a card page that no one needs anymore."""
    actions.close_checkout(UUID(event["payment"]), at=at)


@subscribe("billing.payment.look", name="billing.look.payment", outside=True)
def look_at_payment(event: dict[str, Any], *, at: datetime) -> None:
    """Ask again about a payment; if no one answers, the sweep will send us again."""
    with contextlib.suppress(gateway.GatewayUnavailable):
        actions.look(UUID(event["payment"]), at=at)


@subscribe("billing.refund.look", name="billing.look.refund", outside=True)
def look_at_refund(event: dict[str, Any], *, at: datetime) -> None:
    """Ask again about a refund; if no one answers, the sweep will send us again."""
    with contextlib.suppress(gateway.GatewayUnavailable):
        actions.run_refund(UUID(event["refund"]), at=at)


@subscribe("billing.reconciliation.due", name="billing.reconcile", outside=True, lasts=timedelta(hours=1))
def reconciliation_due(event: dict[str, Any], *, at: datetime) -> None:
    """Compare with Stripe; tried again while it does not answer."""
    actions.reconcile(at=at)


@subscribe("billing.order_line.found", name="billing.order_line")
def order_line_found(event: dict[str, Any], *, at: datetime) -> None:
    """Bring an order line to the charge that it is for."""
    actions.match(UUID(event["order_line"]), at=at)


@subscribe("people.address.confirmed", name="billing.claim")
def address_confirmed(event: dict[str, Any], *, at: datetime) -> None:
    """Keep for a person what an institution has for them, whatever becomes of the address."""
    actions.claim(int(event["person"]), email=event["email"])


@subscribe("billing.invoice.dated", name="billing.draw.invoice")
def invoice_dated(event: dict[str, Any], *, at: datetime) -> None:
    """Draw an invoice and email it."""
    actions.draw_invoice(UUID(event["invoice"]), at=at)


@subscribe("billing.credit_note.dated", name="billing.draw.credit_note")
def credit_note_dated(event: dict[str, Any], *, at: datetime) -> None:
    """Draw a credit note and email it."""
    actions.draw_credit_note(UUID(event["note"]), at=at)


@subscribe("candidates.candidacy.opened", name="billing.enrolled")
def candidacy_opened(event: dict[str, Any], *, at: datetime) -> None:
    """Remember that someone is enrolled, for the institution that paid for them."""
    actions.enroll(int(event["person"]), at=at)


@subscribe("candidates.admission.withdrawn", name="billing.not_enrolled")
def admission_withdrawn(event: dict[str, Any], *, at: datetime) -> None:
    """Forget it, where the admission was a mistake."""
    actions.unenroll(int(event["person"]))
