"""News for billing, done by the worker: everything that takes time or asks the card company, and who was admitted."""

import contextlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from billing import actions, gateway
from ledger.registry import hear


@hear("billing.event.received", name="billing.event", outside=True)
def event_received(news: dict[str, Any], *, at: datetime) -> None:
    """Handle a message from the card company."""
    actions.handle_event(UUID(news["event"]), at=at)


@hear("billing.refund.asked", name="billing.refund", outside=True)
def refund_asked(news: dict[str, Any], *, at: datetime) -> None:
    """Ask the card company to give money back."""
    actions.run_refund(UUID(news["refund"]), at=at)


@hear("billing.checkout.over", name="billing.checkout", outside=True)
def checkout_over(news: dict[str, Any], *, at: datetime) -> None:
    """Close a card page that nobody needs anymore."""
    actions.close_checkout(UUID(news["payment"]), at=at)


@hear("billing.payment.look", name="billing.look.payment", outside=True)
def look_at_payment(news: dict[str, Any], *, at: datetime) -> None:
    """Ask again about a payment; if nobody answers, the sweep will send us again."""
    with contextlib.suppress(gateway.GatewayUnavailable):
        actions.look(UUID(news["payment"]), at=at)


@hear("billing.refund.look", name="billing.look.refund", outside=True)
def look_at_refund(news: dict[str, Any], *, at: datetime) -> None:
    """Ask again about a refund; if nobody answers, the sweep will send us again."""
    with contextlib.suppress(gateway.GatewayUnavailable):
        actions.run_refund(UUID(news["refund"]), at=at)


@hear("billing.reconciliation.due", name="billing.reconcile", outside=True, lasts=timedelta(hours=1))
def reconciliation_due(news: dict[str, Any], *, at: datetime) -> None:
    """Compare with the card company; tried again while it does not answer."""
    actions.reconcile(at=at)


@hear("billing.seat.found", name="billing.seat")
def seat_found(news: dict[str, Any], *, at: datetime) -> None:
    """Bring a seat to the charge that it is for."""
    actions.match(UUID(news["seat"]), at=at)


@hear("people.address.confirmed", name="billing.claim")
def address_confirmed(news: dict[str, Any], *, at: datetime) -> None:
    """Keep for a person what an institution has for them, whatever becomes of the address."""
    actions.claim(int(news["person"]), email=news["email"])


@hear("billing.invoice.dated", name="billing.draw.invoice")
def invoice_dated(news: dict[str, Any], *, at: datetime) -> None:
    """Draw an invoice and mail it."""
    actions.draw_invoice(UUID(news["invoice"]), at=at)


@hear("billing.credit_note.dated", name="billing.draw.credit_note")
def credit_note_dated(news: dict[str, Any], *, at: datetime) -> None:
    """Draw a credit note and mail it."""
    actions.draw_credit_note(UUID(news["note"]), at=at)


@hear("candidates.candidacy.opened", name="billing.enrolled")
def candidacy_opened(news: dict[str, Any], *, at: datetime) -> None:
    """Remember that somebody is enrolled, for the institution that paid for them."""
    actions.enroll(int(news["person"]), at=at)


@hear("candidates.admission.taken_back", name="billing.not_enrolled")
def admission_taken_back(news: dict[str, Any], *, at: datetime) -> None:
    """Forget it, where the admission was a mistake."""
    actions.unenroll(int(news["person"]))
