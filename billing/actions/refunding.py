"""Giving money back: decided once, done by the outbox, tried again or closed by staff."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from billing import gateway, notices, policy
from billing.models import Payment, Refund
from billing.states import RefundState
from ledger import actions as ledger
from ledger import transitions

if TYPE_CHECKING:
    from people.models import User


def ask_refund(payment: Payment, *, actor: "User | None", at: datetime, reason: str) -> Refund:
    """Write down that a payment goes back in full, and let the outbox ask the card company. Belongs in the caller's transaction."""
    refund = Refund.objects.create(
        payment=payment,
        amount_cents=payment.received_cents or 0,
        asked_at=at,
        next_look_at=policy.next_look(asked_at=at, at=at),
    )
    person = payment.charge.person
    ledger.record("billing.refund.ask", subject=refund, actor=actor, at=at, person=person, facts=received(payment), reason=reason)
    ledger.emit("billing.refund.asked", key=f"{refund.id}:{refund.attempt}", at=at, refund=refund.id)
    return refund


def give_back(payment: Payment, *, actor: "User", at: datetime, reason: str) -> Refund:
    """Ask for a payment that did not match to be given back in full. Raises NotPossible unless it is held."""
    with transaction.atomic():
        row = transitions.lock(Payment, payment.id, "give_back")
        transitions.move(row, "give_back", actor=actor, at=at, person=row.charge.person, reason=reason, facts=received(row))
        return ask_refund(row, actor=actor, at=at, reason=reason)


def close(payment: Payment, *, actor: "User", at: datetime, reason: str) -> Payment:
    """Close a payment that did not match, without giving anything back from here. Raises NotPossible unless it is held."""
    with transaction.atomic():
        row = transitions.lock(Payment, payment.id, "close")
        transitions.move(row, "close", actor=actor, at=at, person=row.charge.person, reason=reason)
    return row


def run_refund(refund: UUID, *, at: datetime) -> Refund:
    """Ask the card company to give money back, or how that stands. Safe to call again: each attempt has one idempotency key.

    Raises GatewayUnavailable. A refusal is kept on the row and waits for staff.
    """
    row = Refund.objects.select_related("payment").get(id=refund)
    if row.state == RefundState.FAILED or (row.state == RefundState.DONE and not row.stripe_id):
        return row
    attempt, told = row.attempt, _ask_card_company(row)
    with transaction.atomic():
        row = transitions.lock(Refund, refund)
        if told is None or row.attempt != attempt:
            return row
        if told.status in {"failed", "canceled"}:
            _fail(row, told, at=at)
        elif row.state == RefundState.ASKED and told.status == "succeeded":
            changes: dict[str, Any] = {"trouble": "", "stripe_id": told.id, "done_at": at, "next_look_at": None}
            transitions.move(row, "finish", actor=None, at=at, **_about(row), **changes)
            notices.send_refunded(row, at=at)
        elif row.state == RefundState.ASKED:
            Refund.objects.filter(id=row.id).update(stripe_id=told.id)
    return row


def _fail(refund: Refund, told: gateway.FetchedRefund, *, at: datetime) -> None:
    """Keep what the card company said, for staff. A refund that was done can still come back from the bank."""
    if refund.state == RefundState.FAILED:
        return
    answer = told.answer or told.status
    about = _about(refund)
    about["facts"]["answer"] = answer
    changes: dict[str, Any] = {"trouble": answer[:250], "stripe_id": told.id, "done_at": None, "next_look_at": None}
    transitions.move(refund, "fail", actor=None, at=at, **about, **changes)


def _ask_card_company(refund: Refund) -> gateway.FetchedRefund | None:
    """What the card company says about a refund; None where it has nothing to say about one that it once took."""
    if refund.stripe_id:
        try:
            return gateway.fetch_refund(refund.stripe_id)
        except gateway.GatewayRefused:
            return None
    try:
        return gateway.refund(
            intent=refund.payment.intent, amount_cents=refund.amount_cents, refund=str(refund.id), key=f"{refund.id}-{refund.attempt}"
        )
    except gateway.GatewayRefused as no:
        return gateway.FetchedRefund(id="", status="failed", answer=no.answer)


def ask_again(refund: Refund, *, actor: "User", at: datetime, reason: str) -> Refund:
    """Ask the card company once more for a refund that failed. Raises NotPossible unless it failed."""
    with transaction.atomic():
        row = transitions.lock(Refund, refund.id, "ask_again")
        changes: dict[str, Any] = {"attempt": row.attempt + 1, "stripe_id": "", "next_look_at": policy.next_look(asked_at=at, at=at)}
        transitions.move(row, "ask_again", actor=actor, at=at, **_about(row), reason=reason, **changes)
        ledger.emit("billing.refund.asked", key=f"{row.id}:{row.attempt}", at=at, refund=row.id)
    return row


def close_refund(refund: Refund, *, actor: "User", at: datetime, reason: str) -> Refund:
    """Note that the money of a failed refund went back in another way. Raises NotPossible unless it failed."""
    with transaction.atomic():
        row = transitions.lock(Refund, refund.id, "close")
        transitions.move(row, "close", actor=actor, at=at, **_about(row), reason=reason, done_at=at, stripe_id="")
    return row


def received(payment: Payment) -> dict[str, Any]:
    """What the audit says about the money of a payment."""
    return {"amount": policy.dollars(payment.received_cents or 0)}


def _about(refund: Refund) -> dict[str, Any]:
    return {"person": refund.payment.charge.person, "facts": {"amount": policy.dollars(refund.amount_cents)}}
