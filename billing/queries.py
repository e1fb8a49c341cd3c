"""The reading door: fees, charges, what waits for staff, and the books."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import QuerySet, Sum
from django.urls import reverse

from billing import policy
from billing.models import Charge, FeeAmount, Payment, Refund
from billing.states import ChargeState, FeeKind, PaymentState, RefundState
from ledger.queries import Waiting
from ledger.states import NotPossible

if TYPE_CHECKING:
    from people.models import User

WAITING_LIMIT = 100


class FeeNotSet(NotPossible):
    """Nobody has set this fee for this day."""

    def __init__(self) -> None:
        super().__init__("The fee for this is not set yet. Please write to us, and we will help.")


def get_fee(kind: str, *, on: date) -> policy.Fee:
    """The fee of one kind on a day (rules: the day on which the application, portfolio or course is sent). Raises FeeNotSet."""
    return as_fee(get_fee_amount(kind, on=on))


def get_fee_amount(kind: str, *, on: date) -> FeeAmount:
    """The dated row behind `get_fee`, to be pinned to a charge. Raises FeeNotSet."""
    amount = FeeAmount.objects.filter(kind=kind, effective_on__lte=on).order_by("-effective_on").first()
    if amount is None:
        raise FeeNotSet
    return amount


def list_fees(*, on: date) -> list[policy.Fee]:
    """Every fee in force on a day, in the order of `FeeKind`; a kind that is not set is left out. One query."""
    known = [as_fee(amount) for amount in FeeAmount.objects.filter(effective_on__lte=on)]
    picked = [policy.pick_fee([fee for fee in known if fee.kind == kind], on=on) for kind in FeeKind.values]
    return [fee for fee in picked if fee is not None]


def as_fee(amount: FeeAmount) -> policy.Fee:
    """Gather a dated row into policy's words."""
    return policy.Fee(amount.kind, amount.standard_cents, amount.member_cents, amount.effective_on)


def get_charge(*, purpose: str, reference: UUID) -> Charge | None:
    """The charge for a purpose that is not cancelled, if there is one."""
    return Charge.objects.filter(purpose=purpose, reference=reference).exclude(state=ChargeState.CANCELLED).first()


def is_settled(*, purpose: str, reference: UUID) -> bool:
    """Whether it was paid for, and the money was not given back."""
    return Charge.objects.filter(purpose=purpose, reference=reference, state=ChargeState.SETTLED).exists()


def list_charges(person: "User") -> QuerySet[Charge]:
    """What a person owes or paid, newest first, without what was cancelled."""
    return Charge.objects.filter(person_id=person.pk).exclude(state=ChargeState.CANCELLED).order_by("-created_at", "id")


def list_payments(charge: Charge) -> list[Payment]:
    """Every try to pay a charge, newest first, each with its refund loaded. One query."""
    return list(charge.payments.select_related("refund").order_by("-started_at"))


def list_waiting(*, at: datetime) -> list[Waiting]:
    """Card payments that don't match and refunds that failed, oldest first. Two queries."""
    held = Payment.objects.filter(state=PaymentState.HELD).select_related("charge__person").order_by("started_at")
    failed = Refund.objects.filter(state=RefundState.FAILED).select_related("payment__charge__person").order_by("asked_at")
    return [
        _waiting("Payment does not match", payment.charge, detail=f"We expected {payment.trouble}.", since=payment.started_at)
        for payment in held[:WAITING_LIMIT]
    ] + [
        _waiting("Refund failed", refund.payment.charge, detail=refund.trouble, since=refund.asked_at) for refund in failed[:WAITING_LIMIT]
    ]


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


def get_books() -> policy.Books:
    """Add up charges, payments and refunds, to the cent. Four sums in the database."""
    charges = Charge.objects.values_list("state").annotate(cents=Sum("amount_cents"))
    by_state = dict(charges.order_by())
    payments = Payment.objects.filter(received_cents__isnull=False)
    waiting = payments.filter(state__in=[PaymentState.HELD, PaymentState.CLOSED])
    return policy.Books(
        received=_sum(payments, "received_cents"),
        back=_sum(Refund.objects.all(), "amount_cents"),
        held=_sum(waiting, "received_cents"),
        earned=by_state.get(ChargeState.SETTLED, 0),
        open=by_state.get(ChargeState.OPEN, 0),
    )


def _sum(rows: "QuerySet[Payment] | QuerySet[Refund]", field: str) -> int:
    return int(rows.aggregate(cents=Sum(field))["cents"] or 0)
