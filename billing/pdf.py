"""Invoices, credit notes and receipts: what stands on them, and their drawing as tagged PDF."""

from email.utils import parseaddr
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from billing.models import Charge, CreditNote, Invoice, Payment
from billing.states import Method
from people.pdf import Stylesheet

STYLE = Path(__file__).parent / "assets" / "paper.css"


def draw_invoice(invoice: Invoice) -> bytes:
    """Draw an invoice as it was dated. Three queries."""
    order = invoice.order
    return render(
        "invoice",
        {
            "number": invoice.number,
            "payer": order.payer.name,
            "address": order.payer.address,
            "order": order.number,
            "dated_on": invoice.dated_on,
            "due_on": invoice.due_on,
            "net_days": invoice.terms.net_days,
            "cents": invoice.amount_cents,
            "order_lines": order.order_lines.order_by("position"),
            **office(),
        },
    )


def draw_credit_note(note: CreditNote) -> bytes:
    """Draw a credit note. Three queries."""
    order = note.invoice.order
    return render(
        "credit_note",
        {
            "number": note.number,
            "invoice": note.invoice.number,
            "payer": order.payer.name,
            "address": order.payer.address,
            "dated_on": note.dated_on,
            "reason": note.reason,
            "cents": note.amount_cents,
            "order_lines": note.order_lines.order_by("position"),
            **office(),
        },
    )


def draw_receipt(charge: Charge, payment: Payment) -> bytes:
    """Draw a receipt as things stand now; its refunds stand on it, so it is not kept."""
    return render(
        "receipt",
        {
            "number": charge.receipt_number,
            "person": charge.person,
            "description": charge.description,
            "cents": charge.amount_cents,
            "paid_on": charge.paid_on,
            "how": how_paid(payment),
            "refunds": payment.refunds.order_by("asked_at"),
            **office(),
        },
    )


def how_paid(payment: Payment) -> str:
    """Say how money came: by card, check number 1042, by a purchase order of whom."""
    match Method(payment.method):
        case Method.CARD:
            return f"by card ({payment.intent})" if payment.intent else "by card"
        case Method.CHECK:
            return f"by check number {payment.number}"
        case Method.ORDER:
            return (
                f"by {payment.order_line.order.payer.name}, invoice {payment.order_line.order.invoice.number}"
                if payment.order_line
                else "by purchase order"
            )


def office() -> dict[str, Any]:
    """Where checks go, and whom to ask."""
    return {"pay_to": settings.PAY_TO.replace("; ", "\n"), "contact": parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}


def render(paper: str, facts: dict[str, Any]) -> bytes:
    """Draw `templates/billing/pdf/<paper>.html`: US Letter, tagged as PDF/UA-1."""
    return _stylesheet().draw(render_to_string(f"billing/pdf/{paper}.html", facts))


@cache
def _stylesheet() -> Stylesheet:
    return Stylesheet(STYLE.read_text())
