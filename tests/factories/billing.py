"""Charges, payments and their ends, made through the actions."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from billing import actions, gateway, policy
from billing.actions import payments, refunds
from billing.models import Charge, Payment, Refund
from ledger import transitions


def charge(person: Any, *, at: datetime, **changes: Any) -> Charge:
    """An open charge of $350 for a purpose that no app listens to, unless `changes` name one."""
    asked: dict[str, Any] = {
        "purpose": "tests.thing",
        "reference": uuid4(),
        "kind": "application",
        "member": False,
        "on": at.date(),
        "description": "Application and enrollment",
        "return_path": "/application/",
        "actor": person,
        "at": at,
    }
    return actions.charge(person, **{**asked, **changes})


def paid(person: Any, *, at: datetime, **changes: Any) -> Charge:
    """A charge that was paid, without asking any card company."""
    made = charge(person, at=at, **changes)
    settle(made, at=at)
    made.refresh_from_db()
    return made


def settle(charge: Charge, *, at: datetime) -> Payment:
    """Settle an open charge as if the card company had confirmed it."""
    return _conclude(charge, policy.Settle(), at=at)


def held(charge: Charge, *, at: datetime) -> Payment:
    """A payment of the whole fee that does not match what was owed, and waits for staff."""
    return _conclude(charge, policy.Mismatch("$349"), at=at)


def _conclude(charge: Charge, verdict: policy.Verdict, *, at: datetime) -> Payment:
    payment = Payment.objects.create(
        charge=charge,
        amount_cents=charge.amount_cents,
        session=f"cs_test_{uuid4().hex}",
        started_at=at,
        expires_at=at + policy.CHECKOUT_OPEN,
    )
    with transaction.atomic():
        row = transitions.lock(Charge, charge.id)
        payment = transitions.lock(Payment, payment.id)
        payments.conclude(payment, row, fetched(payment), verdict, at=at)
    return payment


def failed_refund(charge: Charge, *, at: datetime, staff: Any) -> Refund:
    """A refund of $100 of a paid charge, which the card company did not make."""
    actions.refund(charge, cents=10000, reason="A part.", actor=staff, at=at)
    with transaction.atomic():
        row = transitions.lock(Refund, Refund.objects.get(payment__charge=charge).id)
        refunds.learn(row, gateway.FetchedRefund(id="re_test", status="failed", answer="expired_or_canceled_card"), at=at)
    return row


def fetched(payment: Payment, **changes: Any) -> Any:
    """What the card company tells about a payment that was made as it should."""
    charge = policy.TheirCharge(
        id=f"ch_{payment.id.hex}",
        intent=f"pi_{payment.id.hex}",
        payment=str(payment.id),
        amount=payment.amount_cents,
        currency="usd",
        at=payment.started_at,
    )
    told: dict[str, Any] = {
        "charges": (charge,),
        "session": payment.session,
        "mode": "payment",
        "status": "complete",
        "payment_status": "paid",
        "amount_cents": payment.amount_cents,
        "currency": "usd",
        "live": False,
        "payment": str(payment.id),
        "charge": str(payment.charge_id),
        "intent": f"pi_{payment.id.hex}",
        "url": "",
        "expires_at": payment.expires_at,
    }
    return policy.Fetched(**{**told, **changes})


def order(contact: Any, *, at: datetime, people: Any = None, number: str = "PO-1", cents: int = 70000, payer: str = "Prairie") -> Any:
    """A purchase order that is being written, for two people's enrollment unless `people` names others (name, email, kind, member)."""
    from tests.factories.people import release, upload

    if people is None:
        people = [("Ann Field", "ann@prairie.example", "application", False), ("Ben Hill", "ben@prairie.example", "application", False)]
    details = actions.Details(payer=payer, address="1 Main Street\nPrairie, KS 66000", number=number, stated_cents=cents)
    made = actions.start_order(details, contact=contact, actor=contact, at=at, document=upload("order.pdf"))
    release()
    for name, email, kind, member in people:
        actions.add_people(made, [(name, email)], kind=kind, member=member, actor=contact, at=at)
    return made


def sent_order(contact: Any, *, at: datetime, **asked: Any) -> Any:
    """A purchase order that is with staff."""
    return actions.send_order(order(contact, at=at, **asked), actor=contact, at=at)


def invoiced(contact: Any, *, at: datetime, staff: Any, **asked: Any) -> Any:
    """An invoice, drawn."""
    made = actions.invoice(sent_order(contact, at=at, **asked), actor=staff, at=at)
    return actions.draw_invoice(made.id, at=at)


def received(invoice: Any, cents: int, *, at: datetime, staff: Any, number: str = "1001") -> Any:
    """A check for an invoice, whose assignments have met their charges."""
    made = actions.record_payment(invoice, method="check", number=number, received_on=at.date(), cents=cents, actor=staff, at=at)
    for order_line in invoice.order.order_lines.filter(state="covered"):
        actions.match(order_line.id, at=at)
    invoice.refresh_from_db()
    return made


def credit_note(invoice: Any, *, at: datetime, staff: Any) -> Any:
    """A credit note for the first assignment of an invoice, drawn."""
    order_lines = [invoice.order.order_lines.order_by("position")[0].id]
    made = actions.credit_note(invoice, order_lines=order_lines, actor=staff, at=at, reason="She left the library.")
    invoice.refresh_from_db()
    return actions.draw_credit_note(made.id, at=at)


def puzzle(contact: Any, person: Any, *, at: datetime, staff: Any) -> Any:
    """An assignment at the member price, for somebody who did not say that they are a member."""
    charge(person, at=at)
    order_line = (person.name, person.email, "application", True)
    made = invoiced(contact, at=at, staff=staff, people=[order_line], number="PO-member", cents=32500)
    received(made, 32500, at=at, staff=staff)
    return made.order.order_lines.get()


def coming_fee(*, at: datetime, staff: Any) -> Any:
    """A higher fee for portfolios from next year on."""
    from datetime import date

    return actions.add_fee(
        kind="portfolio", standard_cents=7000, member_cents=6000, effective_on=date(at.year + 1, 1, 1), actor=staff, at=at
    )
