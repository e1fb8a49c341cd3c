"""Giving money back in the way in which it came: decided once, done by the outbox or by staff, tried again or closed."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from billing import gateway, notices, policy, queries
from billing.models import Credit, Invoice, Payer, Payment, Refund, Seat
from billing.states import CreditSource, Method, PaymentState, RefundMethod, RefundState, SeatState
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible

if TYPE_CHECKING:
    from people.models import User


WAYS = {Method.CARD: RefundMethod.CARD, Method.CHECK: RefundMethod.CHECK, Method.ORDER: RefundMethod.CREDIT}


def ask_refund(payment: Payment, *, actor: "User | None", at: datetime, reason: str, cents: int | None = None) -> Refund:
    """Write down that a payment goes back, in full or `cents` of it. Belongs in the caller's transaction, which has locked the payment.

    A card's goes through the outbox; a check waits until staff have sent one; what a seat paid becomes the payer's credit here and now.
    """
    by_card = payment.method == Method.CARD
    refund = Refund.objects.create(
        payment=payment,
        method=WAYS[Method(payment.method)],
        amount_cents=(payment.received_cents or 0) if cents is None else cents,
        asked_at=at,
        next_look_at=policy.next_look(asked_at=at, at=at) if by_card else None,
    )
    about = _about(refund)
    ledger.record("billing.refund.ask", subject=refund, actor=actor, at=at, **about, reason=reason)
    if by_card:
        ledger.emit("billing.refund.asked", key=f"{refund.id}:{refund.attempt}", at=at, refund=refund.id)
    elif refund.method == RefundMethod.CREDIT:
        _credit(refund, at=at, reason=reason)
    return refund


def _credit(refund: Refund, *, at: datetime, reason: str) -> None:
    """What an institution paid goes back to it, never to the person."""
    seat = transitions.lock(Seat, refund.payment.seat_id)
    payer = seat.order.payer
    about = _about(refund)
    transitions.move(refund, "credit", actor=None, at=at, person=about["person"], facts={**about["facts"], "payer": str(payer)}, done_at=at)
    add_credit(payer, source=CreditSource.REFUND, cents=refund.amount_cents, refund=refund, at=at)
    if seat.state == SeatState.USED and refund.payment.state != PaymentState.SUCCEEDED:
        facts = {"name": seat.name, "payer": str(payer)}
        transitions.move(seat, "give_back", actor=None, at=at, person=about["person"], facts=facts)
    notices.send_credited(seat, cents=refund.amount_cents, key=refund.id, at=at)


def add_credit(
    payer: Payer, *, source: CreditSource, cents: int, at: datetime, invoice: Invoice | None = None, refund: Refund | None = None
) -> Credit:
    """Add to what we owe an institution. Belongs in the caller's transaction; needs no lock, since credit only grows."""
    made = Credit.objects.create(payer=payer, source=source, cents=cents, invoice=invoice, refund=refund, on=queries.today(at), at=at)
    facts = {"payer": str(payer), "amount": policy.dollars(cents), "why": source.label.lower()}
    ledger.record("billing.credit.add", subject=payer, actor=None, at=at, facts=facts)
    return made


def send_check(refund: Refund, *, number: str, sent_on: date, actor: "User", at: datetime) -> Refund:
    """Record that a check with a refund was sent. Raises NotPossible unless the refund waits for one."""
    if refund.payment.charge.person_id == actor.pk:
        raise NotPossible("This is your own refund. Somebody else on the staff must record it.")
    with transaction.atomic():
        row = transitions.lock(Refund, refund.id)
        if row.method != RefundMethod.CHECK:
            raise NotPossible("This refund does not go by check.")
        about = _about(row)
        about["facts"]["number"] = number
        transitions.move(row, "send_check", actor=actor, at=at, **about, number=number, sent_on=sent_on, done_at=at)
        notices.send_refunded(row, at=at)
    return row


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
