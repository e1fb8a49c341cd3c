"""What is left of a card payment when money goes back in several ways: refunds from here and in Stripe, and banks that take it back."""

from datetime import datetime
from typing import Any

from django.db.models import Sum

from billing import policy
from billing.actions.settlement import facts_of
from billing.models import Charge, Dispute, Payment, Refund
from billing.states import ChargeState, DisputeState, PaymentState, RefundMethod, RefundState
from ledger import actions as ledger
from ledger import transitions


def get_left(payment: Payment) -> int:
    """What of a payment neither went back, nor is to go back, nor was taken by a bank. Below 0 where more was."""
    lost = payment.disputes.filter(state=DisputeState.LOST).aggregate(all=Sum("amount_cents"))["all"] or 0
    return (payment.received_cents or 0) - _get_back(payment) - lost


def _get_back(payment: Payment) -> int:
    return payment.refunds.exclude(state=RefundState.WITHDRAWN).aggregate(all=Sum("amount_cents"))["all"] or 0


def fit(payment: Payment, charge: Charge, *, at: datetime) -> None:
    """Bring refunds, payment and charge to what is true after money left in a way that we did not decide.

    A refund of ours that Stripe can't have made, since more is gone than would be left, shrinks or is withdrawn. What lost
    disputes take beyond all of it is written off. On rows that the caller's transaction has locked.
    """
    over = -get_left(payment)
    waiting = payment.refunds.select_for_update().filter(method=RefundMethod.CARD, state__in=[RefundState.FAILED, RefundState.ASKED])
    for refund in waiting.order_by("-asked_at"):
        if over > 0 and not (refund.state == RefundState.ASKED and refund.stripe_id):
            over -= _shrink(refund, charge, by=min(over, refund.amount_cents), at=at)
    for dispute in payment.disputes.select_for_update().filter(state=DisputeState.LOST).order_by("-opened_at"):
        off = min(max(over, 0), dispute.amount_cents)
        over -= off
        Dispute.objects.filter(id=dispute.id).update(written_off_cents=off)
    _carry(payment, charge, at=at)


def _shrink(refund: Refund, charge: Charge, *, by: int, at: datetime) -> int:
    """Take something off a refund that was not made; nothing is left of it: withdraw it."""
    details = {"amount": policy.money(refund.amount_cents - by, refund.currency)}
    if by == refund.amount_cents:
        withdrawal: dict[str, Any] = {"amount": refund.amount}
        transitions.transition(refund, "withdraw", actor=None, at=at, person=charge.person, details=withdrawal, next_look_at=None)
        return by
    refund.amount_cents -= by
    if refund.state == RefundState.ASKED:
        # Another amount is another request, under a key of its own.
        refund.attempt += 1
        ledger.emit("billing.refund.asked", key=f"{refund.id}:{refund.attempt}", at=at, refund=refund.id)
    refund.save(update_fields=["amount_cents", "attempt"])
    ledger.record("billing.refund.fit", subject=refund, actor=None, at=at, person=charge.person, details=details)
    return by


def _carry(payment: Payment, charge: Charge, *, at: datetime) -> None:
    """Let payment and charge say what is left: paid, refunded, or open again because a bank reversed it."""
    about: dict[str, Any] = {"actor": None, "at": at, "person": charge.person, "details": {**facts_of(charge), "amount": payment.received}}
    if payment.settled_at is None:
        if payment.state in {PaymentState.HELD, PaymentState.CLOSED} and _get_back(payment) >= (payment.received_cents or 0):
            transitions.transition(payment, "refund_outside", **about)
        return
    sums = payment.disputes.filter(state=DisputeState.LOST).aggregate(all=Sum("amount_cents"), off=Sum("written_off_cents"))
    lost = (sums["all"] or 0) - (sums["off"] or 0)
    more = lost - charge.lost_cents
    charge.refunded_cents, charge.lost_cents = _get_back(payment), lost
    if charge.state == ChargeState.SETTLED and charge.left_cents <= 0 and lost:
        owed = charge.amount_cents - charge.refunded_cents
        transitions.transition(payment, "lose", **about, settled_at=None)
        about["details"] = {**facts_of(charge), "amount": policy.dollars(owed)}
        changes: dict[str, Any] = {"amount_cents": owed, "refunded_cents": 0, "lost_cents": 0, "settled_at": None}
        transitions.transition(charge, "reopen", **about, **changes)
    elif charge.state == ChargeState.SETTLED and charge.left_cents <= 0:
        transitions.transition(payment, "refund_outside", **about)
        transitions.transition(charge, "refund_outside", **about, refunded_cents=charge.refunded_cents, lost_cents=lost)
    else:
        charge.save(update_fields=["refunded_cents", "lost_cents"])
        if more > 0 and charge.state == ChargeState.SETTLED:
            details = {**facts_of(charge), "amount": policy.dollars(more)}
            ledger.record("billing.charge.lose_part", subject=charge, actor=None, at=at, person=charge.person, details=details)
