"""Invoices and credit notes: numbered without gaps, priced at the fees of their day, drawn once, order lines canceled with a reason."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from billing import notices, pdf, policy, queries
from billing.actions.invoice_payments import fill, lock_invoice
from billing.actions.orders import check_not_own
from billing.actions.refunds import add_credit
from billing.models import Counter, CreditNote, Invoice, PurchaseOrder
from billing.states import CreditSource, InvoiceState, OrderLineState
from ledger import actions as ledger
from ledger import queries as told
from ledger import transitions
from ledger.states import NotPossible

if TYPE_CHECKING:
    from people.models import User

FOLDER = "billing"


def invoice(order: PurchaseOrder, *, actor: "User", at: datetime) -> Invoice:
    """Invoice an order, at the fees of today, under the next number; a worker draws it and emails the payer contact.

    Raises NotPossible unless the order is with staff, FeeNotSet, and NotPossible for one's own institution.
    """
    with transaction.atomic():
        row = transitions.lock(PurchaseOrder, order.id, "invoice")
        check_not_own(row, actor)
        on = queries.today(at)
        terms = queries.get_invoice_terms(on=on)
        priced = [(order_line, queries.get_fee_amount(order_line.kind, on=on)) for order_line in row.order_lines.order_by("position")]
        amounts = [policy.price(queries.as_fee(fee), member=order_line.member) for order_line, fee in priced]
        invoice = Invoice.objects.create(
            order=row,
            serial=next_number("invoice"),
            terms=terms,
            dated_on=on,
            due_on=policy.pay_by(on, net_days=terms.net_days),
            amount_cents=sum(amounts),
            balance_cents=sum(amounts),
        )
        details = {"number": row.number, "payer": row.payer.name}
        transitions.transition(row, "invoice", actor=actor, at=at, person=row.contact, details=details)
        for (order_line, fee), cents in zip(priced, amounts, strict=True):
            line_details = {
                "invoice": invoice.number,
                "amount": policy.dollars(cents),
                "name": order_line.name,
                "kind": order_line.get_kind_display(),
            }
            transitions.transition(order_line, "invoice", actor=actor, at=at, details=line_details, fee=fee, amount_cents=cents)
            ledger.emit("billing.order_line.found", key=f"{order_line.id}:invoiced", at=at, order_line=order_line.id)
        ledger.emit("billing.invoice.dated", key=invoice.id, at=at, invoice=invoice.id)
        return invoice


def next_number(series: str) -> int:
    """Take the next number of a series. The row stays locked until the caller's transaction ends, so that no number is ever missing."""
    Counter.objects.get_or_create(name=series)
    counter = Counter.objects.select_for_update().get(name=series)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def draw_invoice(invoice: UUID, *, at: datetime) -> Invoice:
    """Draw an invoice as a PDF, store it under its own fingerprint, and email it. Done once; safe to run again."""
    with transaction.atomic():
        row = lock_invoice(invoice)
        if not row.stored:
            _store(row, pdf.draw_invoice(row), name=row.number)
            notices.send_invoice(row, at=at)
        return row


def draw_credit_note(note: UUID, *, at: datetime) -> CreditNote:
    """Draw a credit note, store it and email it. Done once; safe to run again."""
    with transaction.atomic():
        row = CreditNote.objects.select_for_update().get(id=note)
        if not row.stored:
            _store(row, pdf.draw_credit_note(row), name=row.number)
            notices.send_credit_note(row, at=at)
        return row


def _store(row: Invoice | CreditNote, content: bytes, *, name: str) -> None:
    """Keep a file once; half of one that a cut-off run left under the same name is written anew."""
    row.sha256 = hashlib.sha256(content).hexdigest()
    stored = f"{FOLDER}/{name}-{row.sha256[:16]}.pdf"
    default_storage.delete(stored)
    row.stored = default_storage.save(stored, ContentFile(content))
    row.save(update_fields=["sha256", "stored"])


def remind(invoice: Invoice, *, actor: "User", at: datetime) -> None:
    """Write to the payer contact once more, beside its reminders; once a day. Raises NotPossible for what is not overdue."""
    with transaction.atomic():
        row = lock_invoice(invoice.id)
        check_not_own(row.order, actor)
        today = queries.today(at)
        if row.state != InvoiceState.OPEN or row.due_on >= today:
            raise NotPossible("This invoice is not overdue.")
        if told.get_facts("billing.invoice.remind", subject=row).get("on") == today.isoformat():
            raise NotPossible("Someone already reminded them of this invoice today.")
        details = {"number": row.number, "payer": row.order.payer.name, "open": policy.dollars(row.balance_cents), "on": today}
        ledger.record("billing.invoice.remind", subject=row, actor=actor, at=at, person=row.order.contact, details=details)
        notices.send_overdue(row, today=today, at=at)


def credit_note(invoice: Invoice, *, order_lines: Sequence[UUID], actor: "User", at: datetime, reason: str) -> CreditNote:
    """Remove order lines from an invoice: their money first fills what else it asks for, and the rest becomes credit. Who was told that
    the fee is paid is told that it is not.

    An invoice that has no order line left is cancelled. Raises NotPossible without order lines, for one that is used, and for one's own
    institution.
    """
    with transaction.atomic():
        row = lock_invoice(invoice.id)
        check_not_own(row.order, actor)
        taken = list(row.order.order_lines.select_for_update(of=("self",)).filter(id__in=order_lines).order_by("position"))
        if not taken:
            raise NotPossible("Choose at least one person to remove from the invoice.")
        told_of = [order_line for order_line in taken if order_line.state == OrderLineState.COVERED or order_line.charge_id is not None]
        pool, amount = sum(order_line.held_cents for order_line in taken), sum(order_line.amount_cents for order_line in taken)
        for order_line in taken:
            details = {"name": order_line.name, "invoice": row.number}
            transitions.transition(order_line, "credit", actor=actor, at=at, details=details, reason=reason, held_cents=0, trouble="")
        note = CreditNote.objects.create(
            invoice=row, serial=next_number("credit note"), dated_on=queries.today(at), amount_cents=amount, reason=reason
        )
        note.order_lines.set(taken)
        payer = row.order.payer
        note_details: dict[str, Any] = {"note": note.number, "amount": policy.dollars(amount), "number": row.number, "payer": payer.name}
        about: dict[str, Any] = {"subject": row, "actor": actor, "at": at, "person": row.order.contact}
        ledger.record("billing.invoice.credit_note", **about, details=note_details, reason=reason)
        if row.order.order_lines.exclude(state=OrderLineState.CREDITED).exists():
            fill(row, pool, source=CreditSource.UNUSED, at=at)
        else:
            if pool:
                add_credit(payer, source=CreditSource.UNUSED, cents=pool, invoice=row, at=at)
            details = {"number": row.number, "payer": payer.name}
            transitions.transition(
                row, "cancel", actor=actor, at=at, person=row.order.contact, reason=reason, details=details, balance_cents=0
            )
        for order_line in told_of:
            notices.send_order_line_gone(order_line, payer=payer, key=note.id, at=at)
        ledger.emit("billing.credit_note.dated", key=note.id, at=at, note=note.id)
        return note
