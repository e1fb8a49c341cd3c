"""What waits for staff: orders to invoice, money that does not match, refunds to send, invoices that no one pays."""

from datetime import datetime, timedelta

from django.db.models import DateField, ExpressionWrapper, F, QuerySet
from django.urls import reverse

from billing import policy
from billing.models import Discrepancy, Dispute, FraudWarning, OrderLine, Payment, PurchaseOrder, Refund
from billing.models.orders import number_of
from billing.queries.orders import list_open_invoices
from billing.queries.outages import list_outages
from billing.states import (
    DiscrepancyState,
    DisputeState,
    FraudWarningState,
    OrderLineState,
    OrderState,
    OutageKind,
    PaymentState,
    RefundMethod,
    RefundState,
)
from ledger.queues import WorkItemQuery, WorkItemRow, WorkItemText, begin, day, queue


@queue("billing.order", name="Purchase orders")
def orders(*, at: datetime) -> WorkItemQuery:
    """Orders to invoice."""
    return WorkItemQuery(
        PurchaseOrder.objects.filter(state=OrderState.SENT),
        since=day("sent_at"),
        details={"number": "number", "payer": "payer__name", "cents": "stated_cents"},
    )


@orders.text
def render_order(item: WorkItemRow) -> WorkItemText:
    """Say whose order."""
    return WorkItemText(
        title=f"Invoice order {item.details['number']} of {item.details['payer']}",
        detail=f"The order says {policy.dollars(item.details['cents'])}",
        url=reverse("billing:order", args=[item.thing]),
    )


@queue("billing.invoice", name="Invoices overdue")
def invoices(*, at: datetime) -> WorkItemQuery:
    """Invoices whose last day is over."""
    return WorkItemQuery(
        list_open_invoices(),
        since="due_on",
        due_on="due_on",
        visible_from=begin(ExpressionWrapper(F("due_on") + timedelta(days=1), output_field=DateField())),
        details={"serial": "serial", "payer": "order__payer__name", "cents": "balance_cents", "reversed": "reversed"},
    )


@invoices.text
def render_invoice(item: WorkItemRow) -> WorkItemText:
    """Say which invoice, and what is missing."""
    return WorkItemText(
        title=f"{number_of(item.details['serial'])}: {item.details['payer']}",
        detail=f"{policy.dollars(item.details['cents'])} to pay{', after a payment was reversed' if item.details['reversed'] else ''}",
        url=reverse("billing:invoice", args=[item.thing]),
        holder=item.details["payer"],
    )


@queue("billing.order_line", name="Payments that don’t match")
def order_lines(*, at: datetime) -> WorkItemQuery:
    """Paid order lines that can't be used."""
    return WorkItemQuery(
        OrderLine.objects.filter(state=OrderLineState.COVERED).exclude(trouble=""),
        since=day("covered_at"),
        needs_person=True,
        details={"name": "name", "serial": "order__invoice__serial", "invoice": "order__invoice__id", "trouble": "trouble"},
    )


@order_lines.text
def render_order_line(item: WorkItemRow) -> WorkItemText:
    """Say whose order line, and what is wrong."""
    return WorkItemText(
        title=f"{item.details['name']} on {number_of(item.details['serial'])}",
        detail=item.details["trouble"],
        url=reverse("billing:invoice", args=[item.details["invoice"]]),
    )


@queue("billing.check", name="Refunds by check")
def checks(*, at: datetime) -> WorkItemQuery:
    """Refunds that go out as a check."""
    return _refunds(Refund.objects.filter(state=RefundState.ASKED, method=RefundMethod.CHECK))


@checks.text
def render_check(item: WorkItemRow) -> WorkItemText:
    """Say to whom, and how much."""
    return _say(item, detail=f"Send a check of {policy.dollars(item.details['cents'])}")


@queue("billing.failed", name="Refund failed")
def failed(*, at: datetime) -> WorkItemQuery:
    """Refunds that Stripe did not pay out."""
    return _refunds(Refund.objects.filter(state=RefundState.FAILED))


@failed.text
def render_failed(item: WorkItemRow) -> WorkItemText:
    """Say what Stripe said."""
    return _say(item, detail=item.details["trouble"])


@queue("billing.held", name="Payment does not match")
def held(*, at: datetime) -> WorkItemQuery:
    """Payments with another amount or currency than was asked for."""
    return WorkItemQuery(
        Payment.objects.filter(state=PaymentState.HELD),
        about="charge__person_id",
        since=day("started_at"),
        needs_person=True,
        details={"name": "charge__person__name", "what": "charge__description", "charge": "charge_id", "trouble": "trouble"},
    )


@held.text
def render_held(item: WorkItemRow) -> WorkItemText:
    """Say what was expected."""
    return _say(item, detail=f"We expected {item.details['trouble']}.")


@queue("billing.dispute", name="Disputes")
def disputes(*, at: datetime) -> WorkItemQuery:
    """Disputes and inquiries that want an answer."""
    return WorkItemQuery(
        Dispute.objects.filter(state__in=[DisputeState.INQUIRY, DisputeState.NEEDS_RESPONSE]),
        about="payment__charge__person_id",
        since=day("opened_at"),
        due_on=day("due_by"),
        needs_person=True,
        details={
            "name": "payment__charge__person__name",
            "what": "payment__charge__description",
            "amount": "amount_cents",
            "currency": "currency",
            "state": "state",
        },
    )


@disputes.text
def render_dispute(item: WorkItemRow) -> WorkItemText:
    """Say whose bank wants what."""
    amount = policy.money(item.details["amount"], item.details["currency"])
    asks = item.details["state"] == DisputeState.INQUIRY
    return WorkItemText(
        title=f"{item.details['name']}: {item.details['what']}",
        detail=f"The bank {'asks about' if asks else 'took back'} {amount}. Answer in Stripe.",
        url=reverse("billing:dispute", args=[item.thing]),
    )


@queue("billing.fraud", name="Fraud warnings")
def fraud_warnings(*, at: datetime) -> WorkItemQuery:
    """Warnings about which someone must decide."""
    return WorkItemQuery(
        FraudWarning.objects.filter(state=FraudWarningState.OPEN),
        about="payment__charge__person_id",
        since=day("warned_at"),
        needs_person=True,
        details={"name": "payment__charge__person__name", "what": "payment__charge__description", "charge": "payment__charge_id"},
    )


@fraud_warnings.text
def render_fraud_warning(item: WorkItemRow) -> WorkItemText:
    """Say what to decide."""
    return _say(item, detail="Stripe warns of fraud. Refund the payment, or close the warning")


@queue("billing.discrepancy", name="Stripe and our books")
def discrepancies(*, at: datetime) -> WorkItemQuery:
    """Differences that the nightly comparison could not mend."""
    return WorkItemQuery(
        Discrepancy.objects.filter(state=DiscrepancyState.OPEN),
        about="payment__charge__person_id",
        since=day("found_at"),
        needs_person=True,
        details={"what": "what"},
    )


@discrepancies.text
def render_discrepancy(item: WorkItemRow) -> WorkItemText:
    """Say what differs."""
    return WorkItemText(
        title="Stripe and our books differ", detail=item.details["what"], url=reverse("billing:discrepancy", args=[item.thing])
    )


@queue("billing.outage", name="Cards can’t be taken")
def outages(*, at: datetime) -> WorkItemQuery:
    """A key that Stripe does not take, and a silence that lasts."""
    details = {"kind": "kind", "answer": "answer"}
    return WorkItemQuery(list_outages(), since=day("began_at"), needs_person=True, visible_from="told_at", details=details)


@outages.text
def render_outage(item: WorkItemRow) -> WorkItemText:
    """Say what is wrong, and what to do."""
    return WorkItemText(
        title=OutageKind(item.details["kind"]).label,
        detail=f"No one can pay by card. It said: {item.details['answer']}",
        url=reverse("billing:fees"),
    )


def _refunds(rows: QuerySet[Refund]) -> WorkItemQuery:
    return WorkItemQuery(
        rows,
        about="payment__charge__person_id",
        since=day("asked_at"),
        needs_person=True,
        details={
            "name": "payment__charge__person__name",
            "what": "payment__charge__description",
            "charge": "payment__charge_id",
            "cents": "amount_cents",
            "trouble": "trouble",
        },
    )


def _say(item: WorkItemRow, *, detail: str) -> WorkItemText:
    return WorkItemText(
        title=f"{item.details['name']}: {item.details['what']}", detail=detail, url=reverse("billing:charge", args=[item.details["charge"]])
    )
