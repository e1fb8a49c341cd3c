"""What waits for staff: orders to invoice, money that does not match, refunds to send, invoices that nobody pays."""

from datetime import datetime

from django.urls import reverse

from billing import policy
from billing.models import Charge, Payment, PurchaseOrder, Refund, Seat
from billing.queries.money import today
from billing.queries.orders import list_overdue
from billing.states import OrderState, PaymentState, RefundMethod, RefundState, SeatState
from ledger.queries import Waiting

WAITING_LIMIT = 100


def list_waiting(*, at: datetime) -> list[Waiting]:
    """Everything about money that waits for staff, each queue oldest first. Six queries."""
    return [*_orders(), *_overdue(at=at), *_checks(), *_seats(), *_held(), *_failed()]


def _orders() -> list[Waiting]:
    rows = PurchaseOrder.objects.filter(state=OrderState.SENT).select_related("payer").order_by("sent_at")
    return [
        Waiting(
            queue="Purchase orders",
            title=f"Invoice order {row.number} of {row.payer}",
            detail=f"The order says {policy.dollars(row.stated_cents)}",
            url=reverse("billing:order", args=[row.id]),
            since=today(row.sent_at),
            due_on=None,
            holder="Staff",
            needs_person=False,
        )
        for row in rows[:WAITING_LIMIT]
        if row.sent_at
    ]


def _overdue(*, at: datetime) -> list[Waiting]:
    return [
        Waiting(
            queue="Invoices overdue",
            title=f"{row.number}: {row.order.payer}",
            detail=f"{policy.dollars(row.balance_cents)} to pay",
            url=reverse("billing:invoice", args=[row.id]),
            since=row.due_on,
            due_on=row.due_on,
            holder=str(row.order.payer),
            needs_person=False,
        )
        for row in list_overdue(on=today(at), limit=WAITING_LIMIT)
    ]


def _checks() -> list[Waiting]:
    rows = Refund.objects.filter(state=RefundState.ASKED, method=RefundMethod.CHECK).select_related("payment__charge__person")
    return [
        _waiting("Refunds by check", row.payment.charge, detail=f"Send a check of {policy.dollars(row.amount_cents)}", since=row.asked_at)
        for row in rows.order_by("asked_at")[:WAITING_LIMIT]
    ]


def _seats() -> list[Waiting]:
    rows = Seat.objects.filter(state=SeatState.COVERED).exclude(trouble="").select_related("order__invoice").order_by("covered_at")
    return [
        Waiting(
            queue="Seats that don’t match",
            title=f"{row.name} on {row.order.invoice}",
            detail=row.trouble,
            url=reverse("billing:invoice", args=[row.order.invoice.id]),
            since=today(row.covered_at),
            due_on=None,
            holder="Staff",
            needs_person=True,
        )
        for row in rows[:WAITING_LIMIT]
        if row.covered_at
    ]


def _held() -> list[Waiting]:
    rows = Payment.objects.filter(state=PaymentState.HELD).select_related("charge__person").order_by("started_at")
    return [
        _waiting("Payment does not match", row.charge, detail=f"We expected {row.trouble}.", since=row.started_at)
        for row in rows[:WAITING_LIMIT]
    ]


def _failed() -> list[Waiting]:
    rows = Refund.objects.filter(state=RefundState.FAILED).select_related("payment__charge__person").order_by("asked_at")
    return [_waiting("Refund failed", row.payment.charge, detail=row.trouble, since=row.asked_at) for row in rows[:WAITING_LIMIT]]


def _waiting(queue: str, charge: Charge, *, detail: str, since: datetime) -> Waiting:
    return Waiting(
        queue=queue,
        title=f"{charge.person}: {charge.description}",
        detail=detail,
        url=reverse("billing:charge", args=[charge.id]),
        since=since.date(),
        due_on=None,
        holder="Staff",
        needs_person=True,
    )
