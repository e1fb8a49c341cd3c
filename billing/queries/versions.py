"""Versions: what someone saw of the money when they opened a page, so that a second press, or an old page, moves none."""

import hashlib

from django.db.models import Count, Sum

from billing.models import Charge, Invoice, Payer, Refund
from ledger.states import NotPossible


class Changed(NotPossible):
    """The money is not where it was when the page was opened."""

    def __init__(self) -> None:
        super().__init__(
            "This payment changed after you opened the page. You may have pressed the button twice. Nothing was done now. "
            "Check the page before you press again."
        )


def get_charge_version(charge: Charge) -> str:
    """Tell apart every state of a charge, its payments and its refunds. Two queries."""
    payments = charge.payments.order_by("id").values_list("id", "state", "received_cents")
    refunds = Refund.objects.filter(payment__charge=charge).order_by("id").values_list("id", "state", "amount_cents", "attempt", "number")
    values = [charge.state, charge.amount_cents, charge.refunded_cents, charge.lost_cents, *payments, *refunds]
    return hashlib.sha256(repr([str(value) for value in values]).encode()).hexdigest()[:16]


def get_invoice_version(invoice: Invoice) -> str:
    """Tell apart every state of an invoice, its payments and its order lines, and of the payer's credit. Three queries."""
    payments = invoice.payments.order_by("id").values_list("id", "state")
    order_lines = invoice.order.order_lines.order_by("id").values_list("id", "state", "held_cents")
    values = [invoice.state, invoice.balance_cents, *payments, *order_lines, get_payer_version(invoice.order.payer)]
    return hashlib.sha256(repr([str(value) for value in values]).encode()).hexdigest()[:16]


def get_payer_version(payer: Payer) -> str:
    """Tell apart every state of an institution's credit: it only ever gets more rows. One query."""
    credit = payer.credits.aggregate(rows=Count("id"), cents=Sum("cents"))
    return f"{credit['rows']}.{credit['cents'] or 0}"
