"""Paying by card or check: settled once, whatever is lost, late or repeated in between.

Locks are always taken in the order charge, order line, payment, refund; Stripe is asked before they are taken.
"""

import contextlib
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from billing import gateway, notices, policy, queries
from billing.actions.refunds import ask_refund
from billing.actions.settlement import announce, facts_of
from billing.models import Charge, Payment, Refund
from billing.states import ChargeState, Method, PaymentState
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible

if TYPE_CHECKING:
    from people.models import User

Row = TypeVar("Row", Payment, Refund)


class OnItsWay(NotPossible):
    """A payment by bank account was ordered and has not arrived; paying again would pay twice."""

    def __init__(self) -> None:
        super().__init__(
            "Your payment is on its way from your bank. It can take a few days. Don’t pay again. We will email you when we receive it."
        )


UNDECIDED = {PaymentState.STARTED, PaymentState.EXPIRED}
SWEEP_BATCH = 200


class AlreadyPaid(NotPossible):
    """The charge is settled; paying again would pay twice."""

    def __init__(self) -> None:
        super().__init__("This is already paid. Nothing more was charged.")


class BeingLookedInto(NotPossible):
    """Money came in that did not match; paying again would pay twice."""

    def __init__(self) -> None:
        super().__init__("A card payment did not match what was owed. Our staff are looking into it. Please don’t pay again.")


def start_checkout(charge: Charge, *, actor: "User", at: datetime) -> Payment:
    """Open Stripe's page for a charge and return the payment, whose `url` leads there. Two tabs share one page.

    The payment is committed before Stripe hears of it, and its id is the idempotency key, so that a crash in between is
    healed by the next try. Raises AlreadyPaid, BeingLookedInto, OnItsWay, NotPossible, GatewayUnavailable and GatewayRefused.
    """
    payment = _start(charge, actor=actor, at=at)
    if payment.session:
        payment = settle(payment.id, at=at)
        if payment.state != PaymentState.STARTED or not payment.url:
            # It has expired, and there is a new one; or there was money, or it is on its way, and we hear why there is none.
            payment = _start(charge, actor=actor, at=at)
    if not payment.session:
        try:
            payment = _open(payment, at=at)
        except gateway.GatewayConflict:
            # What we ask for under its number is not what we asked for before: the address changed in between, or a new release did.
            # No one got the old page, so a new payment takes its place.
            _give_up(payment, at=at)
            payment = _open(_start(charge, actor=actor, at=at), at=at)
    return payment


def _give_up(payment: Payment, *, at: datetime) -> None:
    with transaction.atomic():
        charge = transitions.lock(Charge, payment.charge_id)
        row = transitions.lock(Payment, payment.id)
        if row.state == PaymentState.STARTED and not row.session:
            transitions.transition(row, "expire", actor=None, at=at, person=charge.person, details=facts_of(charge), next_look_at=None)


def _start(charge: Charge, *, actor: "User", at: datetime) -> Payment:
    """Find the payment that can still be used, or commit a new one."""
    with transaction.atomic(durable=True):
        row = transitions.lock(Charge, charge.id)
        if row.state in {ChargeState.SETTLED, ChargeState.REFUNDED}:
            raise AlreadyPaid
        type(row).STATES.check(row.state, "settle")
        if row.payments.filter(state=PaymentState.HELD).exists():
            raise BeingLookedInto
        if row.payments.filter(state=PaymentState.STARTED, url="").exclude(session="").exists():
            raise OnItsWay
        started = row.payments.filter(state=PaymentState.STARTED).order_by("-started_at").first()
        if started is not None and policy.can_reuse(expires_at=started.expires_at, opened=bool(started.session), at=at):
            return started
        payment = Payment.objects.create(
            charge=row,
            amount_cents=row.amount_cents,
            started_at=at,
            expires_at=at + policy.CHECKOUT_OPEN,
            next_look_at=policy.next_look(asked_at=at, at=at),
        )
        ledger.record("billing.payment.start", subject=payment, actor=actor, at=at, person=row.person, details=facts_of(row))
    return payment


def _open(payment: Payment, *, at: datetime) -> Payment:
    """Ask Stripe for the page; whoever asks again under the same id gets the same page."""
    charge = payment.charge
    page = urljoin(settings.PUBLIC_URL + "/", reverse("billing:charge", args=[charge.id]))
    opened = gateway.create_checkout(
        payment=str(payment.id),
        charge=str(charge.id),
        amount_cents=payment.amount_cents,
        description=charge.description,
        email=charge.person.email,
        success_url=f"{page}?back=paid",
        cancel_url=f"{page}?back=cancelled",
        expires_at=payment.expires_at,
    )
    Payment.objects.filter(id=payment.id).update(session=opened.session, url=opened.url)
    payment.session, payment.url = opened.session, opened.url
    return payment


def settle(payment: UUID, *, at: datetime) -> Payment:
    """Ask Stripe how a payment stands and act on it: settle, expire, refund or hold.

    Safe to call at any time, any number of times. Raises GatewayUnavailable and GatewayRefused.
    Asks first, then locks the charge and the payment in one short transaction.
    """
    row = Payment.objects.select_related("charge__person").get(id=payment)
    if not row.session or row.state not in UNDECIDED:
        return row
    fetched = gateway.fetch_checkout(row.session)
    if policy.is_under_way(fetched) and gateway.has_failed(row.session):
        fetched = replace(fetched, status="expired")
    with transaction.atomic():
        charge = transitions.lock(Charge, row.charge_id)
        row = transitions.lock(Payment, payment)
        if row.state in UNDECIDED:
            owed = policy.Owed(
                payment=row.id,
                charge=charge.id,
                amount_cents=row.amount_cents,
                live=gateway.is_live(),
                open=charge.state == ChargeState.OPEN,
            )
            conclude(row, charge, fetched, policy.judge(fetched, owed=owed), at=at)
            if row.state == PaymentState.STARTED and policy.is_under_way(fetched):
                row.url = ""
                row.save(update_fields=["url"])
        for extra in fetched.charges[1:]:
            hold_extra(row, charge, extra, at=at)
    return row


def hold_extra(payment: Payment, charge: Charge, extra: policy.TheirCharge, *, at: datetime) -> Payment | None:
    """Hold money that came beside the payment that it was for, once; staff decide. On rows that this transaction has locked."""
    if Payment.objects.filter(stripe_charge=extra.id).exists():
        return None
    held = Payment.objects.create(
        charge=charge,
        amount_cents=extra.amount,
        currency=extra.currency,
        intent=extra.intent,
        stripe_charge=extra.id,
        started_at=extra.at,
        expires_at=extra.at,
    )
    trouble = f"one charge for this payment, found a second one, {extra.id}"
    details = {**facts_of(charge), "expected": trouble}
    transitions.transition(
        held, "hold", actor=None, at=at, person=charge.person, details=details, received_cents=extra.amount, trouble=trouble[:250]
    )
    return held


def conclude(payment: Payment, charge: Charge, fetched: policy.Fetched, verdict: policy.Verdict, *, at: datetime) -> None:
    """Do what the verdict says, on rows that this transaction has locked."""
    about: dict[str, Any] = {"actor": None, "at": at, "person": charge.person, "details": facts_of(charge)}
    taken = fetched.taken
    paid: dict[str, Any] = {
        "received_cents": taken.amount if taken else 0,
        "currency": taken.currency if taken else policy.CURRENCY,
        "intent": fetched.intent,
        "stripe_charge": taken.id if taken else "",
        "next_look_at": None,
    }
    match verdict:
        case policy.Settle():
            transitions.transition(payment, "settle", **about, **paid, settled_at=at)
            transitions.transition(charge, "settle", **about, settled_at=at)
            announce(charge, at=at)
            notices.send_receipt(charge, payment, at=at)
        case policy.Duplicate():
            transitions.transition(payment, "double", **about, **paid)
            ask_refund(payment, actor=None, at=at, reason="Paid, though it was no longer owed.")
        case policy.Mismatch(reason):
            about["details"]["expected"] = reason
            transitions.transition(payment, "hold", **about, **paid, trouble=reason[:250])
        case policy.NotYet(over=True) if payment.state == PaymentState.STARTED:
            transitions.transition(payment, "expire", **about, next_look_at=None)


def record_check(charge: Charge, *, number: str, received_on: date, cents: int, actor: "User", at: datetime) -> Payment:
    """Record a check that one person sent for one charge. One for a charge that wants no money anymore is to be sent back.

    Raises NotPossible for another amount than is owed, a check that is recorded already, and one's own charge.
    """
    with transaction.atomic():
        row = transitions.lock(Charge, charge.id, decider=actor)
        if row.payments.filter(method=Method.CHECK, number=number).exclude(state=PaymentState.BOUNCED).exists():
            raise NotPossible(f"Check {number} was already recorded. Nothing was recorded twice.")
        is_open = row.state == ChargeState.OPEN
        if is_open and cents != row.amount_cents:
            raise NotPossible(
                f"The fee is {policy.dollars(row.amount_cents)}. Return a check for any other amount, and ask for the right one."
            )
        payment = Payment.objects.create(
            charge=row, method=Method.CHECK, number=number, received_on=received_on, amount_cents=cents, started_at=at, expires_at=at
        )
        details = {**facts_of(row), "amount": policy.dollars(cents), "number": number}
        about: dict[str, Any] = {"actor": actor, "at": at, "person": row.person, "details": details}
        if is_open:
            transitions.transition(payment, "record", **about, received_cents=cents, settled_at=at)
            transitions.transition(row, "settle", **about, settled_at=at)
            announce(row, at=at)
            notices.send_receipt(row, payment, at=at)
        else:
            transitions.transition(payment, "record_double", **about, received_cents=cents)
            ask_refund(payment, actor=actor, at=at, reason="Paid, though it was no longer owed.")
    return payment


def bounce(payment: Payment, *, actor: "User", at: datetime, reason: str, version: str | None = None) -> Payment:
    """Reverse a check that bounced, or that was recorded by mistake: no money came, and the fee is due again. The person is told why.

    What the fee had set going stays as it is: staff decide about it. Raises NotPossible for anything but a check that counts, where a
    part of the fee went back already, and for one's own; Changed where its money is not as the reader of that version saw it.
    """
    if payment.method != Method.CHECK:
        raise NotPossible("Only a check can be reversed here.")
    with transaction.atomic():
        charge = transitions.lock(Charge, payment.charge_id, "bounce", decider=actor)
        if version is not None and version != queries.get_charge_version(charge):
            raise queries.Changed
        row = transitions.lock(Payment, payment.id, "bounce")
        if charge.refunded_cents:
            raise NotPossible("Part of this fee was already refunded. Record what was received and refunded another way.")
        details = {**facts_of(charge), "number": row.number}
        about: dict[str, Any] = {"actor": actor, "at": at, "person": charge.person, "reason": reason, "details": details}
        transitions.transition(row, "bounce", **about, received_cents=0, settled_at=None)
        transitions.transition(charge, "bounce", **about, settled_at=None)
        notices.send_bounced(row, reason=reason, at=at)
    return row


def look(payment: UUID, *, at: datetime) -> None:
    """Ask again about a payment of which we heard nothing, and give up on one that Stripe never knew or has forgotten.

    Raises GatewayUnavailable.
    """
    row = Payment.objects.get(id=payment)
    try:
        row = settle(payment, at=at)
        unknown = not row.session
    except gateway.GatewayRefused:
        unknown = True
    if unknown and at > row.expires_at:
        with transaction.atomic():
            charge = transitions.lock(Charge, row.charge_id)
            row = transitions.lock(Payment, payment)
            if row.state == PaymentState.STARTED:
                transitions.transition(row, "expire", actor=None, at=at, person=charge.person, details=facts_of(charge), next_look_at=None)


def close_checkout(payment: UUID, *, at: datetime) -> None:
    """Close the card page of a payment that no one needs anymore; one that was paid meanwhile is refunded. Raises GatewayUnavailable."""
    row = Payment.objects.get(id=payment)
    if not row.session or row.state != PaymentState.STARTED:
        return
    # A refusal means: paid or closed already. What it is now, settle finds out.
    with contextlib.suppress(gateway.GatewayRefused):
        gateway.expire_checkout(row.session)
    settle(payment, at=at)


def look_again(*, at: datetime) -> None:
    """Put what we heard nothing of into the outbox, a bounded batch at a time, each with its next date ever further away."""
    with transaction.atomic():
        payments = list(_due(Payment.objects.all(), at=at))
        for payment in payments:
            ledger.emit("billing.payment.look", key=f"{payment.id}:{payment.next_look_at}", at=at, payment=payment.id)
            payment.next_look_at = policy.next_look(asked_at=payment.started_at, at=at)
        Payment.objects.bulk_update(payments, ["next_look_at"])
        refunds = list(_due(Refund.objects.all(), at=at))
        for refund in refunds:
            ledger.emit("billing.refund.look", key=f"{refund.id}:{refund.next_look_at}", at=at, refund=refund.id)
            refund.next_look_at = policy.next_look(asked_at=refund.asked_at, at=at)
        Refund.objects.bulk_update(refunds, ["next_look_at"])


def _due(rows: QuerySet[Row], *, at: datetime) -> QuerySet[Row]:
    return rows.select_for_update(skip_locked=True).filter(next_look_at__lte=at).order_by("next_look_at")[:SWEEP_BATCH]
