"""What happened at Stripe and not from here: whose payment it is about, refunds made there, charges that we did not hear of."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from billing import gateway, policy
from billing.actions import balances
from billing.actions.payments import hold_extra, settle
from billing.actions.refunds import about_refund, learn
from billing.models import Charge, Payment, Refund
from ledger import actions as ledger
from ledger import transitions


def find_payment(*, charge: str, intent: str, at: datetime) -> Payment | None:
    """Our payment behind a charge of Stripe; None for another shop's.

    One of ours whose own message was lost is settled first. Raises GatewayUnavailable.
    """
    payment = _known(charge, intent)
    if payment is None and charge:
        try:
            payment = take_charge(gateway.fetch_charge(charge), at=at)
        except gateway.GatewayRefused:
            return None
    return payment


def _known(charge: str, intent: str) -> Payment | None:
    payment = Payment.objects.filter(stripe_charge=charge).first() if charge else None
    if payment is None and intent:
        payment = Payment.objects.filter(Q(stripe_charge="") | Q(stripe_charge=charge), intent=intent).first()
    return payment


def take_charge(theirs: policy.TheirCharge, *, at: datetime) -> Payment | None:
    """Find our payment for money that was taken; settle it where that was not heard of, and hold what came beside it.

    None for another shop's, and for a number of ours without a row. Raises GatewayUnavailable and GatewayRefused.
    """
    ours = policy.as_uuid(theirs.payment)
    payment = Payment.objects.filter(id=ours).first() if ours is not None else None
    if payment is None:
        return None
    if not payment.stripe_charge:
        if not payment.session and (session := gateway.find_checkout(intent=theirs.intent)):
            # We were cut off before we wrote the session down.
            Payment.objects.filter(id=payment.id, session="").update(session=session)
        payment = settle(payment.id, at=at)
    if payment.stripe_charge in {"", theirs.id}:
        return payment if payment.stripe_charge else None
    with transaction.atomic():
        charge = transitions.lock(Charge, payment.charge_id)
        return hold_extra(payment, charge, theirs, at=at) or Payment.objects.get(stripe_charge=theirs.id)


def take_refund(theirs: gateway.FetchedRefund, *, at: datetime) -> Refund | None:
    """Bring our row of a refund to what Stripe says; one that was made in Stripe gets a row. None for another shop's.

    Safe to call again. Raises GatewayUnavailable.
    """
    payment = find_payment(charge=theirs.charge, intent=theirs.intent, at=at)
    if payment is None:
        return None
    with transaction.atomic():
        charge = transitions.lock(Charge, payment.charge_id)
        payment = transitions.lock(Payment, payment.id)
        row = _find(theirs, payment)
        if row is None and theirs.over:
            return None
        if row is None:
            row = Refund.objects.create(
                payment=payment,
                amount_cents=theirs.amount,
                currency=theirs.currency,
                outside=True,
                stripe_id=theirs.id,
                asked_at=theirs.at or at,
                next_look_at=policy.next_look(asked_at=at, at=at),
            )
            ledger.record("billing.refund.outside", subject=row, actor=None, at=at, **about_refund(row))
        learn(row, theirs, at=at)
        balances.fit(payment, charge, at=at)
        row.refresh_from_db()
    return row


def _find(theirs: gateway.FetchedRefund, payment: Payment) -> Refund | None:
    """Our row of a refund: by its number, or by the key under which we asked for it."""
    rows = Refund.objects.select_for_update().filter(payment=payment)
    known = rows.filter(stripe_id=theirs.id).first()
    ours = policy.as_uuid(theirs.refund)
    if known is None and ours is not None:
        known = next((row for row in rows.filter(id=ours) if row.key == theirs.key), None)
    return known
