"""Who is reminded of money: the contact of an institution whose invoice is not paid in full."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.urls import reverse

from billing import notices
from billing.models import Invoice
from billing.states import InvoiceState
from ledger.reminder_schedules import Due, ReminderContent, reminder_schedule


@reminder_schedule(
    "billing.invoice",
    title="Invoice due",
    counts_from="the day that payment is due",
    offsets=("-15 days", "-3 days", "1 day", "15 days", "30 days"),
    notice="billing/invoice_due",
)
def invoice_due() -> Due:
    """The contacts of open invoices. A paid or cancelled one is not open."""
    rows = Invoice.objects.filter(state=InvoiceState.OPEN)
    return Due(rows, person="order__contact", thing="id", due_date="due_on", since="dated_on")


@invoice_due.content
def say(ids: Collection[UUID], *, today: date) -> dict[UUID, ReminderContent]:
    """Give number, balance and day of each. One query."""
    rows = Invoice.objects.filter(id__in=ids).select_related("order__payer")
    return {
        row.id: ReminderContent(
            path=reverse("billing:order", args=[row.order_id]),
            context={**notices.invoice_facts(row), "payer": row.order.payer.name},
            why=f"you are paying for people at {row.order.payer.name}",
        )
        for row in rows
    }
