"""What we write about money, to whom, and with which context."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from billing import policy, queries
from billing.models import Charge, CreditNote, Dispute, Invoice, InvoicePayment, OrderLine, Payer, Payment, PurchaseOrder, Refund
from billing.states import InvoiceState
from ledger import actions as ledger
from people.templatetags.words import longdate


def send_receipt(charge: Charge, payment: Payment, *, at: datetime) -> None:
    """Tell the payer that the money is here; once each time that a payment settles."""
    ledger.queue_email(
        charge.person,
        "billing/receipt",
        key=f"{payment.id}:{charge.settled_at}",
        at=at,
        path=reverse("billing:receipt", args=[charge.id]),
        why="you paid a program fee",
        context={
            "amount": policy.dollars(charge.amount_cents),
            "description": charge.description,
            "number": charge.receipt_number,
            "paid_on": charge.paid_on,
        },
    )


def send_refunded(refund: Refund, *, at: datetime) -> None:
    """Tell the payer that money is on its way back to the card; once per attempt that worked."""
    charge = refund.payment.charge
    ledger.queue_email(
        charge.person,
        "billing/refunded",
        key=f"{refund.id}:{refund.attempt}",
        at=at,
        path=reverse("billing:charge", args=[charge.id]),
        why="you paid a program fee",
        context={
            "amount": refund.amount,
            "description": charge.description,
            "twice": refund.payment.settled_at is None,
            "check": refund.number,
        },
    )


def send_lost(dispute: Dispute, charge: Charge, *, at: datetime) -> None:
    """Tell the payer that their bank took the money back, and that the fee is open again; once per lost dispute."""
    ledger.queue_email(
        charge.person,
        "billing/lost",
        key=f"{dispute.id}:{dispute.ended_at}",
        at=at,
        path=reverse("billing:charge", args=[charge.id]),
        why="you paid a program fee",
        context={"taken": dispute.amount, "amount": policy.dollars(charge.amount_cents), "description": charge.description},
    )


def send_bounced(payment: Payment, *, reason: str, at: datetime) -> None:
    """Tell a person that their check did not count after all, why, and that the fee is due again; once per check."""
    charge = payment.charge
    ledger.queue_email(
        charge.person,
        "billing/bounced",
        key=payment.id,
        at=at,
        path=reverse("billing:charge", args=[charge.id]),
        why="you paid a program fee",
        context={
            "amount": policy.dollars(charge.amount_cents),
            "description": charge.description,
            "check": payment.number,
            "reason": reason,
        },
    )


def send_payment_closed(payment: Payment, *, reason: str, at: datetime) -> None:
    """Tell a person that money which did not match does not count, why, and that the fee is still to pay; once per payment."""
    charge = payment.charge
    ledger.queue_email(
        charge.person,
        "billing/payment_closed",
        key=payment.id,
        at=at,
        path=reverse("billing:charge", args=[charge.id]),
        why="you paid a program fee",
        context={
            "received": payment.received,
            "amount": policy.dollars(charge.amount_cents),
            "description": charge.description,
            "reason": reason,
        },
    )


def send_covered(charge: Charge, *, payer: Payer, at: datetime) -> None:
    """Tell a person that an institution paid their fee; once each time that it does."""
    ledger.queue_email(
        charge.person,
        "billing/covered",
        key=f"{charge.id}:{charge.settled_at}",
        at=at,
        path=charge.return_path,
        why="an institution paid a program fee for you",
        context={"amount": policy.dollars(charge.amount_cents), "description": charge.description, "payer": payer.name},
    )


def send_order_line_waits(order_line: OrderLine, *, payer: Payer, at: datetime) -> None:
    """Tell someone that their fee is paid before they owe it: they need this address, and no money. Once each time that it is paid."""
    person = queries.get_person_of(order_line)
    ledger.queue_email(
        person,
        "billing/order_line_waits",
        to="" if person else order_line.email,
        key=f"{order_line.id}:{order_line.covered_at}",
        at=at,
        path=reverse("billing:list") if person else reverse("account_signup"),
        why="an institution paid a program fee for you",
        context={
            "payer": payer.name,
            "kind": order_line.get_kind_display(),
            "email": person.email if person else order_line.email,
            "known": person is not None,
        },
    )


def send_not_covered(order_line: OrderLine, payment: InvoicePayment, *, at: datetime) -> None:
    """Tell someone that the money for their fee was reversed, and that the institution owes it, not they. Once per payment."""
    person = queries.get_person_of(order_line)
    ledger.queue_email(
        person,
        "billing/not_covered",
        to="" if person else order_line.email,
        key=f"{payment.id}:{order_line.id}",
        at=at,
        path=reverse("billing:list") if person else reverse("account_signup"),
        why="an institution is paying a program fee for you",
        context={"payer": order_line.order.payer.name, "kind": order_line.get_kind_display(), "known": person is not None},
    )


def send_order_line_gone(order_line: OrderLine, *, payer: Payer, key: UUID, at: datetime) -> None:
    """Tell someone that their fee is no longer paid for them, and how they can pay it. Once per credit note."""
    person = queries.get_person_of(order_line)
    ledger.queue_email(
        person,
        "billing/order_line_gone",
        to="" if person else order_line.email,
        key=f"{key}:{order_line.id}",
        at=at,
        path=reverse("billing:list") if person else reverse("account_signup"),
        why="an institution planned to pay a program fee for you",
        context={"payer": payer.name, "kind": order_line.get_kind_display(), "known": person is not None},
    )


def send_order_received(order: PurchaseOrder, *, count: int, at: datetime) -> None:
    """Confirm to the payer contact that staff have the order; once per sending."""
    _contact(order, "order_received", key=f"{order.id}:{at.isoformat()}", at=at, count=count)


def send_order_back(order: PurchaseOrder, *, at: datetime) -> None:
    """Tell the payer contact what to correct."""
    _contact(order, "order_back", key=f"{order.id}:{at.isoformat()}", at=at, reason=order.returned_reason)


def send_invoice(invoice: Invoice, *, at: datetime) -> None:
    """Send the invoice's link to the payer contact, with its last day for the calendar; once per invoice."""
    calendar = (invoice.due_on, f"Pay invoice {invoice.number} (LSSC)")
    _contact(invoice.order, "invoice", key=invoice.id, at=at, calendar=calendar, **invoice_facts(invoice))


def invoice_facts(invoice: Invoice) -> dict[str, Any]:
    """The context of emails about one invoice."""
    return {
        "invoice": invoice.number,
        "amount": policy.dollars(invoice.amount_cents),
        "balance": policy.dollars(invoice.balance_cents),
        "open": invoice.balance_cents > 0,
        "due_on": longdate(invoice.due_on),
    }


def send_overdue(invoice: Invoice, *, today: date, at: datetime) -> None:
    """Remind the payer contact of an invoice that is overdue, because staff asked for it; once a day."""
    context = {**invoice_facts(invoice), "payer": invoice.order.payer.name, "days": (invoice.due_on - today).days}
    _contact(invoice.order, "invoice_due", key=f"{invoice.id}:asked:{today}", at=at, **context)


def send_payment_received(payment: InvoicePayment, *, at: datetime) -> None:
    """Tell the payer contact that money is here, and what is still to pay; once per payment."""
    invoice = payment.invoice
    context = {**invoice_facts(invoice), "received": policy.dollars(payment.amount_cents)}
    _contact(invoice.order, "payment_received", key=payment.id, at=at, **context)


def send_payment_reversed(payment: InvoicePayment, *, reason: str, credit: int | None, at: datetime) -> None:
    """Tell the payer contact that money does not count after all, and why; what is to pay, and a changed credit. Once per payment."""
    invoice = payment.invoice
    context = {
        **invoice_facts(invoice),
        "taken": policy.dollars(payment.amount_cents),
        "method": payment.get_method_display(),
        "reference": payment.number,
        "reason": reason,
        "cancelled": invoice.state == InvoiceState.CANCELLED,
        "credit": "" if credit is None else policy.dollars(credit),
    }
    _contact(invoice.order, "payment_reversed", key=payment.id, at=at, **context)


def send_credit_note(note: CreditNote, *, at: datetime) -> None:
    """Tell the payer contact what was taken off an invoice, and why; once per note."""
    context = {**invoice_facts(note.invoice), "note": note.number, "taken": policy.dollars(note.amount_cents), "reason": note.reason}
    _contact(note.invoice.order, "credit_note", key=note.id, at=at, **context)


def send_credited(order_line: OrderLine, *, cents: int, key: UUID, at: datetime) -> None:
    """Tell the payer contact that a fee went back to their institution; once per refund."""
    _contact(order_line.order, "credited", key=key, at=at, amount=policy.dollars(cents), name=order_line.name)


def _contact(
    order: PurchaseOrder, notice: str, *, key: object, at: datetime, calendar: tuple[date, str] | None = None, **context: Any
) -> None:
    ledger.queue_email(
        order.contact,
        f"billing/{notice}",
        key=key,
        at=at,
        path=reverse("billing:order", args=[order.id]),
        why=f"you are paying for people at {order.payer.name}",
        calendar=calendar,
        context={"number": order.number, "payer": order.payer.name, **context},
    )
