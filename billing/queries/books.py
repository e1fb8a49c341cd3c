"""Adding up: whether every cent is somewhere, and only once."""

from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from billing import policy
from billing.models import Charge, Credit, Dispute, InvoicePayment, OrderLine, Payment, Refund
from billing.states import ChargeState, CreditSource, DisputeState, Method, PayerMethod, PayerPaymentState, RefundMethod, RefundState


def get_books() -> policy.Books:
    """Add up charges, payments, refunds, disputes, order lines and credit, to the cent. Nine sums in the database.

    Money in another currency is no dollars: it is held, and only `get_card_books` counts it.
    """
    paid = Charge.objects.filter(state__in=[ChargeState.SETTLED, ChargeState.REFUNDED])
    payments = Payment.objects.filter(received_cents__isnull=False, currency=policy.CURRENCY)
    refunds = Refund.objects.filter(currency=policy.CURRENCY).exclude(state=RefundState.WITHDRAWN)
    lost = Dispute.objects.filter(state=DisputeState.LOST, currency=policy.CURRENCY)
    paid_out = Q(source=CreditSource.PAID_OUT)
    credit = Credit.objects.aggregate(all=Coalesce(Sum("cents"), 0), out=Coalesce(Sum("cents", filter=paid_out), 0))
    came_in = InvoicePayment.objects.filter(state=PayerPaymentState.RECORDED).exclude(method=PayerMethod.CREDIT)
    for_none = payments.filter(settled_at=None)
    return policy.Books(
        received=_sum(payments, "received_cents"),
        back=_sum(refunds, "amount_cents"),
        held=_sum(for_none, "received_cents") - _sum(refunds.filter(payment__settled_at=None), "amount_cents") - _net(lost, settled=False),
        earned=_sum(paid, "amount_cents") - _sum(paid, "refunded_cents") - _sum(paid, "lost_cents"),
        open=_sum(Charge.objects.filter(state=ChargeState.OPEN), "amount_cents"),
        from_payers=_sum(came_in, "amount_cents"),
        order_lines_used=_sum(payments.filter(method=Method.ORDER), "received_cents"),
        credited=_sum(refunds.filter(method=RefundMethod.CREDIT), "amount_cents"),
        on_order_lines=_sum(OrderLine.objects.all(), "held_cents"),
        credit=credit["all"],
        paid_out=-credit["out"],
        lost=_net(lost),
        written_off=_sum(lost, "written_off_cents"),
    )


def _net(lost: "QuerySet[Dispute]", *, settled: bool | None = None) -> int:
    """What banks took back, without what they took beyond the payments."""
    rows = lost if settled is None else lost.filter(payment__settled_at__isnull=not settled)
    return _sum(rows, "amount_cents") - _sum(rows, "written_off_cents")


def get_card_books(*, currency: str = policy.CURRENCY) -> policy.CardBooks:
    """Add up what lies at Stripe by our rows. Four sums in the database."""
    payments = Payment.objects.filter(method=Method.CARD, currency=currency)
    back = Refund.objects.filter(method=RefundMethod.CARD, currency=currency, state__in=[RefundState.ASKED, RefundState.DONE])
    disputes = Dispute.objects.filter(currency=currency)
    return policy.CardBooks(
        taken=_sum(payments, "received_cents"),
        back=_sum(back.exclude(stripe_id=""), "amount_cents"),
        with_banks=_sum(disputes, "withdrawn_cents"),
        fees=_sum(disputes, "fee_cents"),
    )


def _sum(rows: "QuerySet[Any]", field: str) -> int:
    return int(rows.aggregate(cents=Sum(field))["cents"] or 0)
