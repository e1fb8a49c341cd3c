"""Adding up: whether every cent is somewhere, and only once."""

from datetime import datetime

from django.db.models import Model, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from billing import policy
from billing.models import Charge, Credit, InvoicePayment, Payment, Refund, Seat
from billing.states import ChargeState, CreditSource, Method, PayerMethod, PaymentState, RefundMethod, RefundState


def get_books() -> policy.Books:
    """Add up charges, payments, refunds, seats and credit, to the cent. Seven sums in the database."""
    settled = Charge.objects.filter(state=ChargeState.SETTLED)
    payments = Payment.objects.filter(received_cents__isnull=False)
    refunds = Refund.objects.all()
    paid_out = Q(source=CreditSource.PAID_OUT)
    credit = Credit.objects.aggregate(all=Coalesce(Sum("cents"), 0), out=Coalesce(Sum("cents", filter=paid_out), 0))
    return policy.Books(
        received=_sum(payments, "received_cents"),
        back=_sum(refunds, "amount_cents"),
        held=_sum(payments.filter(state__in=[PaymentState.HELD, PaymentState.CLOSED]), "received_cents"),
        earned=_sum(settled, "amount_cents") - _sum(settled, "refunded_cents"),
        open=_sum(Charge.objects.filter(state=ChargeState.OPEN), "amount_cents"),
        from_payers=_sum(InvoicePayment.objects.exclude(method=PayerMethod.CREDIT), "amount_cents"),
        seats_used=_sum(payments.filter(method=Method.ORDER), "received_cents"),
        credited=_sum(refunds.filter(method=RefundMethod.CREDIT), "amount_cents"),
        on_seats=_sum(Seat.objects.all(), "held_cents"),
        credit=credit["all"],
        paid_out=-credit["out"],
    )


def _sum(rows: "QuerySet[Model]", field: str) -> int:
    return int(rows.aggregate(cents=Sum(field))["cents"] or 0)


def list_card_payments(*, since: datetime) -> list[policy.OurPayment]:
    """Our card payments that were started since an instant and reached the card company, with what went back. One query.

    The made-up payments of a demonstration never were there.
    """
    back = Sum("refunds__amount_cents", filter=Q(refunds__state=RefundState.DONE) & ~Q(refunds__stripe_id=""))
    rows = (
        Payment.objects.filter(method=Method.CARD, started_at__gte=since)
        .exclude(session="")
        .exclude(session__startswith="cs_demo_")
        .annotate(back=Coalesce(back, 0))
    )
    return [
        policy.OurPayment(
            payment=str(row.id),
            session=row.session,
            started_at=row.started_at,
            received_cents=row.received_cents or 0,
            refunded_cents=row.back,
        )
        for row in rows
    ]
