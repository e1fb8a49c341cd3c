"""Money from institutions: recorded by staff, spread over the order lines in the invoice's order, what is over becomes credit.

Locks are taken in the order payer, invoice, order lines. Those of payer and invoice leave alone what points to them, so that a line which
is being spent at the same time waits for no one.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from billing import notices, policy, queries
from billing.actions.orders import check_not_own
from billing.actions.refunds import add_credit
from billing.models import Credit, Invoice, InvoicePayment, OrderLine, Payer
from billing.states import CreditSource, InvoiceState, OrderLineState, PayerMethod, PayerPaymentState
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible

if TYPE_CHECKING:
    from people.models import User


def record_payment(
    invoice: Invoice, *, method: str, number: str, received_on: date, cents: int, actor: "User", at: datetime
) -> InvoicePayment:
    """Record a check or a transfer for an invoice. It fills the order lines in order; what is over becomes the payer's credit.

    Raises NotPossible for a cancelled invoice, a number that is recorded already, and one's own institution.
    """
    with transaction.atomic():
        row = lock_invoice(invoice.id)
        return _receive(row, method=method, number=number, received_on=received_on, cents=cents, actor=actor, at=at)


def use_credit(invoice: Invoice, *, actor: "User", at: datetime, version: str | None = None) -> InvoicePayment:
    """Pay an invoice from the payer's credit, as far as it goes. Raises Changed, and NotPossible without credit or debt."""
    with transaction.atomic():
        payer = lock_payer(invoice.order.payer_id)
        if version is not None and version != queries.get_payer_version(payer):
            raise queries.Changed
        row = lock_invoice(invoice.id)
        cents = min(queries.get_credit(payer), row.balance_cents)
        if cents <= 0:
            raise NotPossible("There is no credit to use, or nothing to pay with it.")
        on = queries.today(at)
        Credit.objects.create(payer=payer, source=CreditSource.USED, cents=-cents, invoice=row, on=on, at=at)
        return _receive(row, method=PayerMethod.CREDIT, number="", received_on=on, cents=cents, actor=actor, at=at)


def pay_out(payer: Payer, *, number: str, sent_on: date, cents: int, actor: "User", at: datetime, version: str | None = None) -> Credit:
    """Record a check by which credit was paid back.

    Raises NotPossible for more than there is, a check that is recorded already, and one's own institution; Changed where the credit is not
    as the reader of `version` saw it.
    """
    with transaction.atomic():
        row = lock_payer(payer.id)
        if row.credits.filter(source=CreditSource.PAID_OUT, number=number).exists():
            raise NotPossible(f"Check {number} was already recorded. Nothing was recorded twice.")
        if version is not None and version != queries.get_payer_version(row):
            raise queries.Changed
        if queries.is_contact(actor, row):
            raise NotPossible("This is your own institution. Another staff member must do this.")
        there = queries.get_credit(row)
        if not 0 < cents <= there:
            raise NotPossible(f"The credit is {policy.dollars(there)}. Enter an amount between $0.01 and that.")
        credit = Credit.objects.create(payer=row, source=CreditSource.PAID_OUT, cents=-cents, number=number, on=sent_on, at=at)
        details = {"amount": policy.dollars(cents), "payer": row.name, "number": number}
        ledger.record("billing.credit.pay_out", subject=row, actor=actor, at=at, details=details)
        return credit


def _receive(row: Invoice, *, method: str, number: str, received_on: date, cents: int, actor: "User", at: datetime) -> InvoicePayment:
    order = row.order
    check_not_own(order, actor)
    if row.state == InvoiceState.CANCELLED:
        raise NotPossible("This invoice is canceled. Return the money, or record it for another invoice.")
    if number and row.payments.filter(method=method, number=number, state=PayerPaymentState.RECORDED).exists():
        raise NotPossible(f"{PayerMethod(method).label} {number} was already recorded. Nothing was recorded twice.")
    payment = InvoicePayment.objects.create(
        invoice=row, method=method, number=number, received_on=received_on, amount_cents=cents, recorded_by=actor, recorded_at=at
    )
    details = {
        "amount": policy.dollars(cents),
        "payer": order.payer.name,
        "number": row.number,
        "method": PayerMethod(method).label.lower(),
        "reference": number,
    }
    ledger.record("billing.invoice.pay", subject=row, actor=actor, at=at, person=order.contact, details=details)
    fill(row, cents, source=CreditSource.OVERPAID, payment=payment, at=at)
    notices.send_payment_received(payment, at=at)
    return payment


def fill(invoice: Invoice, cents: int, *, source: CreditSource, at: datetime, payment: InvoicePayment | None = None) -> None:
    """Spread money over the unpaid order lines of an invoice that this transaction has locked; the outbox brings them to charges."""
    payer = invoice.order.payer
    owed = list(invoice.order.order_lines.select_for_update(of=("self",)).filter(state=OrderLineState.DUE).order_by("position"))
    shares, left_cents = policy.fill([order_line.amount_cents - order_line.held_cents for order_line in owed], cents)
    for order_line, got in zip(owed, shares, strict=True):
        _put(order_line, got, payer=payer, at=at)
    if left_cents:
        add_credit(payer, source=source, cents=left_cents, invoice=invoice, payment=payment, at=at)
    invoice.balance_cents = sum(order_line.amount_cents - order_line.held_cents for order_line in owed)
    if invoice.state == InvoiceState.OPEN and not invoice.balance_cents:
        details = {"number": invoice.number, "payer": payer.name}
        contact = invoice.order.contact
        transitions.transition(invoice, "settle", actor=None, at=at, person=contact, details=details, balance_cents=0)
    else:
        invoice.save(update_fields=["balance_cents"])


def _put(order_line: OrderLine, cents: int, *, payer: Payer, at: datetime) -> None:
    """Lay money on an order line; one that is covered goes to its charge, or waits for it."""
    if not cents:
        return
    held = order_line.held_cents + cents
    if held < order_line.amount_cents:
        order_line.held_cents = held
        order_line.save(update_fields=["held_cents"])
        return
    person = order_line.charge.person if order_line.charge else None
    details = {"payer": payer.name, "amount": policy.dollars(held), "name": order_line.name, "kind": order_line.get_kind_display()}
    transitions.transition(order_line, "cover", actor=None, at=at, person=person, details=details, held_cents=held, covered_at=at)
    ledger.emit("billing.order_line.found", key=f"{order_line.id}:{at.isoformat()}", at=at, order_line=order_line.id)
    if order_line.charge is None:
        notices.send_order_line_waits(order_line, payer=payer, at=at)


def lock_invoice(id: UUID) -> Invoice:
    """Lock an invoice against others who count its money, but not against rows that point to it. Needs a transaction."""
    return Invoice.objects.select_for_update(of=("self",), no_key=True).get(id=id)


def lock_payer(id: UUID) -> Payer:
    """Lock an institution against others who spend its credit, but not against new credit. Needs a transaction."""
    return Payer.objects.select_for_update(of=("self",), no_key=True).get(id=id)
