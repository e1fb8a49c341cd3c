"""Listening to the card company: its messages are hints, checked, stored once, and followed by a question of our own."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from billing import gateway
from billing.actions.paying import settle
from billing.actions.refunding import run_refund
from billing.models import Payment, Refund, StripeEvent
from billing.states import EventState
from ledger import actions as ledger
from ledger import transitions

CHECKOUT_EVENTS = {
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
}
REFUND_EVENTS = {"refund.created", "refund.updated", "refund.failed"}


class WrongMode(ValueError):
    """A message about test money where we take real money, or the other way round."""


class NotKnownYet(LookupError):
    """A message about one of our payments that we have no row for: the card company should try again later."""


def receive_event(payload: bytes, *, signature: str, at: datetime) -> StripeEvent:
    """Check a message from the card company, store it once, and leave the work to the outbox.

    Raises Forged, WrongMode, and NotKnownYet for a payment of ours that we have no row for.
    """
    event = gateway.read_event(payload, signature)
    if event.live != gateway.is_live():
        raise WrongMode(event.id)
    payment, refund, ours = _find(event)
    if ours and payment is None and refund is None:
        raise NotKnownYet(event.object_id)
    with transaction.atomic():
        row, new = StripeEvent.objects.get_or_create(
            event=event.id,
            defaults={"type": event.type[:80], "object_id": event.object_id, "payment": payment, "refund": refund, "received_at": at},
        )
        if new and ours:
            ledger.emit("billing.event.received", key=row.id, at=at, event=row.id)
        elif new:
            transitions.move(row, "ignore", actor=None, at=at, facts={"event": row.event, "type": row.type})
    return row


def _find(event: gateway.Event) -> tuple[Payment | None, Refund | None, bool]:
    """The payment or refund that a message is about, and whether it carries a number that only we give."""
    if event.type in CHECKOUT_EVENTS:
        ours = _is_uuid(event.payment)
        known = Payment.objects.filter(session=event.object_id).first()
        if known is None and ours:
            known = Payment.objects.filter(id=event.payment).first()
        return known, None, ours or known is not None
    if event.type in REFUND_EVENTS and _is_uuid(event.refund):
        return None, Refund.objects.filter(id=event.refund).first(), True
    return None, None, False


def handle_event(event: UUID, *, at: datetime) -> None:
    """Do what a stored message hints at, by asking the card company. Raises GatewayUnavailable, to be tried again."""
    row = StripeEvent.objects.select_related("payment").get(id=event)
    if row.state != EventState.RECEIVED:
        return
    if row.payment is not None:
        if not row.payment.session:
            # We were cut off before we wrote the session down; its own message brings it.
            Payment.objects.filter(id=row.payment.id, session="").update(session=row.object_id)
        settle(row.payment.id, at=at)
    elif row.refund_id is not None:
        run_refund(row.refund_id, at=at)
    with transaction.atomic():
        row = transitions.lock(StripeEvent, event)
        if row.state == EventState.RECEIVED:
            transitions.move(row, "handle", actor=None, at=at, facts={"event": row.event, "type": row.type}, handled_at=at)


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False
