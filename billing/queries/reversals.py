"""Reading where the money of an invoice lies now, and what would be gone without one of its payments."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet, Sum

from billing import policy
from billing.models import Credit, Invoice, InvoicePayment, OrderLine, Payment
from billing.queries.orders import get_credit
from billing.states import CreditSource, Method, OrderLineState, PayerMethod, PaymentState

FROM_INVOICE = (CreditSource.OVERPAID, CreditSource.UNUSED, CreditSource.DIFFERENCE)


@dataclass(frozen=True, kw_only=True)
class Loss:
    """What an order line loses of its `lies` cents: `cents`; what is over stays on it. `parted`: a part of its fee went back."""

    order_line: OrderLine
    lies: int
    cents: int
    parted: bool = False

    @property
    def left(self) -> int:
        """What lies on the order line afterward."""
        return self.lies - self.cents


@dataclass(frozen=True, kw_only=True)
class TakingBack:
    """What is gone when a payment is reversed: `credit_cents`, and what order lines lose. `missing_cents` were spent."""

    credit_cents: int
    losses: tuple[Loss, ...]
    missing_cents: int

    @property
    def used(self) -> list[Loss]:
        """Those of people whose fee it paid."""
        return [loss for loss in self.losses if loss.order_line.state == OrderLineState.USED]


def plan_taking_back(payment: InvoicePayment, order_lines: Sequence[OrderLine] | None = None) -> TakingBack:
    """Say what is gone when a payment of an invoice is reversed. Five queries, four with the `order_lines` in their order.

    First the credit that came from the invoice, as far as it is there, so that as few people as possible lose their place; then what lies
    on the order lines, from the bottom up. What this payment itself brought as credit must be there.
    """
    invoice, cents = payment.invoice, payment.amount_cents
    order_lines = list(invoice.order.order_lines.order_by("position")) if order_lines is None else order_lines
    pool, own = _sum_credit(invoice), _sum(payment.credits.filter(source=CreditSource.OVERPAID))
    there = get_credit(invoice.order.payer) + (cents if payment.method == PayerMethod.CREDIT else 0)
    from_credit = max(min(cents, pool, there), 0)
    spent = max(min(own, pool) - max(there, 0), 0)
    paid = _list_paid(invoice)
    lies = [paid.get(order_line.pk, (order_line.held_cents, 0)) for order_line in order_lines]
    taken, missing = policy.unfill([all_ - back for all_, back in lies], cents - from_credit)
    losses = (
        Loss(order_line=order_line, lies=all_, cents=gone, parted=back > 0)
        for order_line, (all_, back), gone in zip(order_lines, lies, taken, strict=True)
        if gone
    )
    return TakingBack(credit_cents=from_credit, losses=tuple(losses), missing_cents=max(spent, missing))


def _sum_credit(invoice: Invoice) -> int:
    """What of the money of an invoice became credit, whatever was done with it then."""
    own = Q(invoice=invoice) & (Q(source__in=FROM_INVOICE) | Q(source=CreditSource.BOUNCED, cents__lt=0))
    return _sum(Credit.objects.filter(own | Q(refund__payment__order_line__order=invoice.order_id)))


def _list_paid(invoice: Invoice) -> dict[object, tuple[int, int]]:
    """What each used order line paid, and what of it went back as credit."""
    used = Payment.objects.filter(method=Method.ORDER, state=PaymentState.SUCCEEDED, order_line__order=invoice.order_id)
    rows = used.values_list("order_line_id", "received_cents", F("charge__refunded_cents"))
    return {order_line: (received, back) for order_line, received, back in rows}


def _sum(rows: "QuerySet[Credit]") -> int:
    return int(rows.aggregate(cents=Sum("cents"))["cents"] or 0)
