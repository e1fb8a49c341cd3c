"""Disputes, inquiries and fraud warnings, as Stripe tells them: what they mean for a payment and its fee."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from billing import gateway, notices
from billing.actions import balances
from billing.actions.refunds import lock_charge
from billing.actions.settlement import announce, facts_of
from billing.actions.stripe_objects import find_payment
from billing.models import Charge, Dispute, FraudWarning, Payment
from billing.states import ChargeState, DisputeState, FraudWarningState, PaymentState
from ledger import actions as ledger
from ledger import transitions

if TYPE_CHECKING:
    from people.models import User

# Stripe's words for the state of a dispute, and ours; and the transition by which it gets there.
STANDS = {
    "warning_needs_response": DisputeState.INQUIRY,
    "warning_under_review": DisputeState.UNDER_REVIEW,
    "warning_closed": DisputeState.CLOSED,
    "needs_response": DisputeState.NEEDS_RESPONSE,
    "under_review": DisputeState.UNDER_REVIEW,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
    "prevented": DisputeState.CLOSED,
}
TRANSITIONS = {
    DisputeState.NEEDS_RESPONSE: "escalate",
    DisputeState.UNDER_REVIEW: "review",
    DisputeState.WON: "win",
    DisputeState.LOST: "lose",
    DisputeState.CLOSED: "close",
}
ENDED = {DisputeState.WON, DisputeState.LOST, DisputeState.CLOSED}


def take_dispute(theirs: gateway.FetchedDispute, *, at: datetime) -> Dispute | None:
    """Bring our row of a dispute, and the fee behind it, to what Stripe says. None for another shop's.

    Safe to call again. Raises GatewayUnavailable.
    """
    payment = find_payment(charge=theirs.charge, intent=theirs.intent, at=at)
    if payment is None:
        return None
    with transaction.atomic():
        charge = transitions.lock(Charge, payment.charge_id)
        payment = transitions.lock(Payment, payment.id)
        row = _open(theirs, payment, charge, at=at)
        row.withdrawn_cents, row.fee_cents = theirs.withdrawn, theirs.fee
        row.due_by = theirs.due_by
        row.save(update_fields=["withdrawn_cents", "fee_cents", "due_by"])
        to = STANDS.get(theirs.status)
        if to is None or to == row.state or to not in TRANSITIONS or not Dispute.STATES.allows(row.state, TRANSITIONS[to]):
            return row
        was_lost = row.state == DisputeState.LOST
        about: dict[str, Any] = {"actor": None, "at": at, "person": charge.person, "details": _facts(row)}
        changes: dict[str, Any] = {"ended_at": at if to in ENDED else None, "written_off_cents": 0, "amount_cents": theirs.amount}
        transitions.transition(row, TRANSITIONS[to], **about, **changes)
        if to == DisputeState.LOST:
            balances.fit(payment, charge, at=at)
            row.refresh_from_db()
            if charge.state == ChargeState.OPEN and payment.state == PaymentState.LOST:
                notices.send_lost(row, charge, at=at)
        elif was_lost:
            _regain(payment, charge, at=at)
    return row


def _open(theirs: gateway.FetchedDispute, payment: Payment, charge: Charge, *, at: datetime) -> Dispute:
    row = Dispute.objects.select_for_update().filter(stripe_id=theirs.id).first()
    if row is None:
        row = Dispute.objects.create(
            payment=payment,
            stripe_id=theirs.id,
            reason=theirs.reason[:80],
            amount_cents=theirs.amount,
            currency=theirs.currency,
            opened_at=theirs.at,
            due_by=theirs.due_by,
        )
        ledger.record("billing.dispute.open", subject=row, actor=None, at=at, person=charge.person, details=_facts(row))
        _close_warnings(payment, charge, at=at)
    return row


def _facts(row: Dispute) -> dict[str, Any]:
    return {"amount": row.amount, "why": row.why}


def _regain(payment: Payment, charge: Charge, *, at: datetime) -> None:
    """A bank gave back what it had taken: the fee is paid again, or, where it was paid anew, the money waits for staff."""
    if payment.state != PaymentState.LOST:
        balances.fit(payment, charge, at=at)
        return
    about: dict[str, Any] = {"actor": None, "at": at, "person": charge.person, "details": {**facts_of(charge), "amount": payment.received}}
    if charge.state != ChargeState.OPEN or balances.get_left(payment) != charge.amount_cents:
        trouble = "no more money, since the bank had taken it, and found it back"
        transitions.transition(payment, "regain_double", **about, trouble=trouble)
        return
    back = (payment.received_cents or 0) - charge.amount_cents
    transitions.transition(payment, "regain", **about, settled_at=at)
    changes: dict[str, Any] = {"amount_cents": payment.amount_cents, "refunded_cents": back, "settled_at": at}
    transitions.transition(charge, "regain", **about, **changes)
    announce(charge, at=at)
    notices.send_receipt(charge, payment, at=at)


def take_warning(theirs: gateway.FetchedWarning, *, at: datetime) -> FraudWarning | None:
    """Put a fraud warning before staff while a refund can still avoid a dispute. None for another shop's. Raises GatewayUnavailable."""
    payment = find_payment(charge=theirs.charge, intent=theirs.intent, at=at)
    if payment is None:
        return None
    with transaction.atomic():
        charge = transitions.lock(Charge, payment.charge_id)
        row = FraudWarning.objects.select_for_update().filter(stripe_id=theirs.id).first()
        if row is None:
            row = FraudWarning.objects.create(payment=payment, stripe_id=theirs.id, fraud_type=theirs.fraud_type[:80], warned_at=theirs.at)
            details = {"amount": payment.received, "why": row.why}
            ledger.record("billing.fraud_warning.open", subject=row, actor=None, at=at, person=charge.person, details=details)
        if not theirs.actionable and row.state == FraudWarningState.OPEN:
            _close_warnings(payment, charge, at=at)
            row.refresh_from_db()
    return row


def _close_warnings(payment: Payment, charge: Charge, *, at: datetime) -> None:
    for row in payment.fraud_warnings.select_for_update().filter(state=FraudWarningState.OPEN):
        transitions.transition(row, "close", actor=None, at=at, person=charge.person, details={"amount": payment.received})


def dismiss_warning(warning: FraudWarning, *, actor: "User", at: datetime, reason: str, version: str | None = None) -> FraudWarning:
    """Close a fraud warning without a refund. Raises NotPossible unless it is open, and Changed."""
    with transaction.atomic():
        lock_charge(warning.payment.charge_id, version, actor)
        row = transitions.lock(FraudWarning, warning.id, "dismiss")
        details = {"amount": row.payment.received}
        transitions.transition(row, "dismiss", actor=actor, at=at, person=row.payment.charge.person, reason=reason, details=details)
    return row
