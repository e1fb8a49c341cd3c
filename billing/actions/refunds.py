"""Giving money back in the way in which it came: decided once, done by the outbox or by staff, tried again or closed."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from billing import gateway, notices, policy, queries
from billing.actions import balances
from billing.models import Charge, Credit, Invoice, InvoicePayment, OrderLine, Payer, Payment, Refund
from billing.states import ChargeState, CreditSource, Method, OrderLineState, PaymentState, RefundMethod, RefundState
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible

if TYPE_CHECKING:
    from people.models import User


WAYS = {Method.CARD: RefundMethod.CARD, Method.CHECK: RefundMethod.CHECK, Method.ORDER: RefundMethod.CREDIT}


def ask_refund(payment: Payment, *, actor: "User | None", at: datetime, reason: str, cents: int | None = None) -> Refund:
    """Write down that a payment goes back, in full or `cents` of it. Belongs in the caller's transaction, which has locked the payment.

    A card's goes through the outbox; a check waits until staff have sent one; what an order line paid becomes the payer's credit at once.
    """
    by_card = payment.method == Method.CARD
    refund = Refund.objects.create(
        payment=payment,
        method=WAYS[Method(payment.method)],
        amount_cents=(payment.received_cents or 0) if cents is None else cents,
        currency=payment.currency,
        asked_at=at,
        next_look_at=policy.next_look(asked_at=at, at=at) if by_card else None,
    )
    about = about_refund(refund)
    ledger.record("billing.refund.ask", subject=refund, actor=actor, at=at, **about, reason=reason)
    if by_card:
        ledger.emit("billing.refund.asked", key=f"{refund.id}:{refund.attempt}", at=at, refund=refund.id)
    elif refund.method == RefundMethod.CREDIT:
        _credit(refund, at=at, reason=reason)
    return refund


def _credit(refund: Refund, *, at: datetime, reason: str) -> None:
    """What an institution paid goes back to it, never to the person."""
    order_line = transitions.lock(OrderLine, refund.payment.order_line_id)
    payer = order_line.order.payer
    about = about_refund(refund)
    transitions.transition(
        refund, "credit", actor=None, at=at, person=about["person"], details={**about["details"], "payer": str(payer)}, done_at=at
    )
    add_credit(payer, source=CreditSource.REFUND, cents=refund.amount_cents, refund=refund, at=at)
    if order_line.state == OrderLineState.USED and refund.payment.state != PaymentState.SUCCEEDED:
        details = {"name": order_line.name, "payer": str(payer)}
        transitions.transition(order_line, "credit_used", actor=None, at=at, person=about["person"], details=details)
    notices.send_credited(order_line, cents=refund.amount_cents, key=refund.id, at=at)


def add_credit(
    payer: Payer,
    *,
    source: CreditSource,
    cents: int,
    at: datetime,
    invoice: Invoice | None = None,
    payment: InvoicePayment | None = None,
    refund: Refund | None = None,
) -> Credit:
    """Add to what we owe an institution. Belongs in the caller's transaction; needs no lock, since credit only grows."""
    about: dict[str, Any] = {"invoice": invoice, "payment": payment, "refund": refund}
    credit = Credit.objects.create(payer=payer, source=source, cents=cents, on=queries.today(at), at=at, **about)
    details = {"payer": str(payer), "amount": policy.dollars(cents), "why": source.label.lower()}
    ledger.record("billing.credit.add", subject=payer, actor=None, at=at, details=details)
    return credit


def send_check(refund: Refund, *, number: str, sent_on: date, actor: "User", at: datetime, version: str | None = None) -> Refund:
    """Record that a check with a refund was sent. Raises NotPossible unless the refund waits for one, and Changed."""
    with transaction.atomic():
        lock_charge(refund.payment.charge_id, version, actor)
        row = transitions.lock(Refund, refund.id)
        if row.method != RefundMethod.CHECK:
            raise NotPossible("This refund is not by check.")
        about = about_refund(row)
        about["details"]["number"] = number
        transitions.transition(row, "send_check", actor=actor, at=at, **about, number=number, sent_on=sent_on, done_at=at)
        notices.send_refunded(row, at=at)
    return row


def return_payment(payment: Payment, *, actor: "User", at: datetime, reason: str, version: str | None = None) -> Refund:
    """Ask for what is left of a payment that did not match to be refunded. Raises NotPossible unless it is held, and Changed."""
    with transaction.atomic():
        lock_charge(payment.charge_id, version, actor)
        row = transitions.lock(Payment, payment.id, "return_payment")
        left_cents = balances.get_left(row)
        if left_cents <= 0:
            raise NotPossible("Nothing is left of this payment.")
        transitions.transition(row, "return_payment", actor=actor, at=at, person=row.charge.person, reason=reason, details=received(row))
        return ask_refund(row, actor=actor, at=at, reason=reason, cents=left_cents)


def close(payment: Payment, *, actor: "User", at: datetime, reason: str, version: str | None = None) -> Payment:
    """Close a payment that did not match, without giving anything back from here: it does not count for the fee.

    The person, who was asked to wait, is told where the fee is open. Raises NotPossible unless it is held, and Changed.
    """
    with transaction.atomic():
        charge = lock_charge(payment.charge_id, version, actor)
        row = transitions.lock(Payment, payment.id, "close")
        transitions.transition(row, "close", actor=actor, at=at, person=row.charge.person, reason=reason)
        if charge.state == ChargeState.OPEN and not charge.payments.filter(state=PaymentState.HELD).exists():
            notices.send_payment_closed(row, reason=reason, at=at)
    return row


def lock_charge(id: UUID, version: str | None, decider: "User | None") -> Charge:
    """Lock a charge; raise Changed where its money is not as the reader of that version saw it. `None` is the program, who saw none.

    Raises NotYourDecision for the decider's own.
    """
    charge = transitions.lock(Charge, id, decider=decider)
    if version is not None and version != queries.get_charge_version(charge):
        raise queries.Changed
    return charge


def run_refund(refund: UUID, *, at: datetime) -> Refund:
    """Ask Stripe to give money back, or how that stands. Safe to call again: each attempt has one idempotency key, and what was
    made under it is looked for first, since Stripe forgets keys and keeps errors under them.

    Raises GatewayUnavailable. A refusal is kept on the row and waits for staff.
    """
    row = Refund.objects.select_related("payment").get(id=refund)
    if row.state in {RefundState.FAILED, RefundState.WITHDRAWN} or (row.state == RefundState.DONE and not row.stripe_id):
        return row
    key, fetched_refund = row.key, _ask_card_company(row)
    if fetched_refund is None:
        return row
    with transaction.atomic():
        charge = transitions.lock(Charge, row.payment.charge_id)
        payment = transitions.lock(Payment, row.payment_id)
        row = transitions.lock(Refund, refund)
        if row.key == key:
            learn(row, fetched_refund, at=at)
            balances.fit(payment, charge, at=at)
            row.refresh_from_db()
    return row


def learn(refund: Refund, theirs: gateway.FetchedRefund, *, at: datetime) -> None:
    """Do what Stripe says about a refund, on rows that this transaction has locked."""
    if refund.state == RefundState.DONE and not refund.stripe_id:
        return  # Staff closed it: the money went another way.
    if theirs.over:
        if refund.state in {RefundState.ASKED, RefundState.DONE}:
            _fail(refund, theirs, at=at)
    elif theirs.status == "succeeded" and refund.state != RefundState.DONE:
        changes: dict[str, Any] = {"trouble": "", "stripe_id": theirs.id, "done_at": at, "next_look_at": None}
        refund.amount_cents = theirs.amount or refund.amount_cents
        transitions.transition(refund, "finish", actor=None, at=at, **about_refund(refund), **changes, amount_cents=refund.amount_cents)
        notices.send_refunded(refund, at=at)
    elif refund.state == RefundState.ASKED and refund.stripe_id != theirs.id:
        refund.stripe_id = theirs.id
        refund.save(update_fields=["stripe_id"])


def _fail(refund: Refund, theirs: gateway.FetchedRefund, *, at: datetime) -> None:
    """Keep what Stripe said, for staff. A refund that was done can still come back from the bank."""
    answer = theirs.answer or theirs.status
    about = about_refund(refund)
    about["details"]["answer"] = answer
    changes: dict[str, Any] = {"trouble": answer[:250], "stripe_id": theirs.id, "done_at": None, "next_look_at": None}
    transitions.transition(refund, "fail", actor=None, at=at, **about, **changes)


def _ask_card_company(refund: Refund) -> gateway.FetchedRefund | None:
    """What Stripe says about a refund; None where it has nothing to say about one that it once took."""
    if refund.stripe_id:
        try:
            return gateway.fetch_refund(refund.stripe_id)
        except gateway.GatewayRefused:
            return None
    payment = refund.payment
    try:
        fetched = gateway.find_refund(intent=payment.intent, key=refund.key)
        return fetched or gateway.refund(
            intent=payment.intent,
            charge=payment.stripe_charge,
            amount_cents=refund.amount_cents,
            refund=str(refund.id),
            key=refund.key,
        )
    except gateway.GatewayRefused as no:
        return gateway.FetchedRefund(id="", status="failed", answer=no.answer)


def ask_again(refund: Refund, *, actor: "User", at: datetime, reason: str, cents: int | None = None, version: str | None = None) -> Refund:
    """Ask Stripe again for a refund that failed, of the same amount or of `cents`.

    Raises NotPossible unless it failed, for more than is left of the payment, and Changed.
    """
    with transaction.atomic():
        charge = lock_charge(refund.payment.charge_id, version, actor)
        payment = transitions.lock(Payment, refund.payment_id)
        row = transitions.lock(Refund, refund.id, "ask_again")
        left_cents = balances.get_left(payment) + row.amount_cents
        cents = row.amount_cents if cents is None else cents
        if not 0 < cents <= left_cents:
            raise NotPossible(f"{policy.money(left_cents, row.currency)} can still be refunded. Enter an amount up to that.")
        row.amount_cents = cents
        changes: dict[str, Any] = {"attempt": row.attempt + 1, "stripe_id": "", "next_look_at": policy.next_look(asked_at=at, at=at)}
        transitions.transition(row, "ask_again", actor=actor, at=at, **about_refund(row), reason=reason, **changes, amount_cents=cents)
        balances.fit(payment, charge, at=at)
        ledger.emit("billing.refund.asked", key=f"{row.id}:{row.attempt}", at=at, refund=row.id)
    return row


def close_refund(refund: Refund, *, actor: "User", at: datetime, reason: str, version: str | None = None) -> Refund:
    """Note that the money of a failed refund went back in another way. Raises NotPossible unless it failed, and Changed."""
    with transaction.atomic():
        lock_charge(refund.payment.charge_id, version, actor)
        row = transitions.lock(Refund, refund.id, "close")
        transitions.transition(row, "close", actor=actor, at=at, **about_refund(row), reason=reason, done_at=at, stripe_id="")
    return row


def received(payment: Payment) -> dict[str, Any]:
    """What the audit says about the money of a payment."""
    return {"amount": payment.received}


def about_refund(refund: Refund) -> dict[str, Any]:
    """Whose refund it is, and what the audit says about it."""
    return {"person": refund.payment.charge.person, "details": {"amount": refund.amount}}
