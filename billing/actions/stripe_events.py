"""Listening to Stripe: its messages are hints, checked, stored once, and followed by a question of our own."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from billing import gateway, policy
from billing.actions.disputes import take_dispute, take_warning
from billing.actions.payments import settle
from billing.actions.stripe_objects import take_refund
from billing.models import Payment, StripeEvent
from billing.states import EventState
from ledger import actions as ledger
from ledger import transitions

# What to choose for the endpoint in Stripe: docs/stripe.md names them, too.
CHECKOUT_EVENTS = {
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
}
REFUND_EVENTS = {"refund.created", "refund.updated", "refund.failed"}
DISPUTE_EVENTS = {
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
}
WARNING_EVENTS = {"radar.early_fraud_warning.created", "radar.early_fraud_warning.updated"}


def receive_event(payload: bytes, *, signature: str, at: datetime) -> StripeEvent:
    """Check a message from Stripe, store it once, and leave the work to the outbox. What is signed and not for us is ignored.

    Raises Forged.
    """
    event = gateway.read_event(payload, signature)
    payment = _find(event) if event.type in CHECKOUT_EVENTS else None
    # A refund or a dispute doesn't say whose it is: we must ask.
    ours = payment is not None or (event.object_id != "" and event.type in REFUND_EVENTS | DISPUTE_EVENTS | WARNING_EVENTS)
    with transaction.atomic():
        row, new = StripeEvent.objects.get_or_create(
            event=event.id[:255],
            defaults={"type": event.type[:80], "object_id": event.object_id[:255], "payment": payment, "received_at": at},
        )
        if new and ours and event.live == gateway.is_live():
            ledger.emit("billing.event.received", key=row.id, at=at, event=row.id)
        elif new:
            _end(row, "ignore", at=at)
    return row


def _find(event: gateway.Event) -> Payment | None:
    """The payment that a message about a checkout is for; none where it is another shop's."""
    known = Payment.objects.filter(session=event.object_id).first() if event.object_id else None
    ours = policy.as_uuid(event.payment)
    return known or (Payment.objects.filter(id=ours).first() if ours is not None else None)


def handle_event(event: UUID, *, at: datetime) -> None:
    """Do what a stored message hints at, by asking Stripe. Raises GatewayUnavailable, to be tried again."""
    row = StripeEvent.objects.select_related("payment").get(id=event)
    if row.state != EventState.RECEIVED:
        return
    ours = _follow(row, at=at)
    with transaction.atomic():
        row = transitions.lock(StripeEvent, event)
        if row.state == EventState.RECEIVED:
            _end(row, "handle" if ours else "ignore", at=at)


def _follow(row: StripeEvent, *, at: datetime) -> bool:
    """Ask about the thing and act; say whether it is ours."""
    if row.payment is not None:
        if not row.payment.session:
            # We were cut off before we wrote the session down; its own message brings it.
            Payment.objects.filter(id=row.payment.id, session="").update(session=row.object_id)
        settle(row.payment.id, at=at)
        return True
    if row.type in REFUND_EVENTS:
        refund = take_refund(gateway.fetch_refund(row.object_id), at=at)
        if refund is not None:
            StripeEvent.objects.filter(id=row.id).update(refund=refund)
        return refund is not None
    if row.type in DISPUTE_EVENTS:
        return take_dispute(gateway.fetch_dispute(row.object_id), at=at) is not None
    return take_warning(gateway.fetch_warning(row.object_id), at=at) is not None


def _end(row: StripeEvent, verb: str, *, at: datetime) -> None:
    handled_at = at if verb == "handle" else None
    transitions.transition(row, verb, actor=None, at=at, details={"event": row.event, "type": row.type}, handled_at=handled_at)
