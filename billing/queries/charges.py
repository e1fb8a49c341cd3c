"""Reading fees, charges and their payments."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Value

from billing import policy
from billing.models import Charge, Dispute, FeeAmount, InvoiceTerms, Payment, Refund
from billing.states import ChargeState, FeeKind, Method
from ledger.states import NotPossible

if TYPE_CHECKING:
    from people.models import User


class FeeNotSet(NotPossible):
    """No one has set this fee for this day."""

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


def has_fee(kind: str, *, by: OuterRef | Value) -> Exists:
    """Whether someone has set a fee that counts by a day, as an expression."""
    return Exists(FeeAmount.objects.filter(kind=kind, effective_on__lte=by))


def list_fees(*, on: date) -> list[policy.Fee]:
    """Every fee in force on a day, in the order of `FeeKind`; a kind that is not set is left out. One query."""
    known = [as_fee(amount) for amount in FeeAmount.objects.filter(effective_on__lte=on)]
    picked = [policy.pick_fee([fee for fee in known if fee.kind == kind], on=on) for kind in FeeKind.values]
    return [fee for fee in picked if fee is not None]


def as_fee(amount: FeeAmount) -> policy.Fee:
    """Gather a dated row into policy's words."""
    return policy.Fee(amount.kind, amount.standard_cents, amount.member_cents, amount.effective_on)


def get_charge(*, purpose: str, reference: UUID) -> Charge | None:
    """The charge for a purpose that is not cancelled, if there is one; the newest, where earlier ones were refunded."""
    rows = Charge.objects.filter(purpose=purpose, reference=reference).exclude(state=ChargeState.CANCELLED)
    return rows.order_by("-created_at").first()


def is_settled(*, purpose: str, reference: UUID) -> bool:
    """Whether it was paid for, and the money was not refunded."""
    return Charge.objects.filter(purpose=purpose, reference=reference, state=ChargeState.SETTLED).exists()


def is_owed(*, purpose: str, by: OuterRef) -> Exists:
    """Whether a charge for a thing wants money, as an expression."""
    return Exists(Charge.objects.filter(purpose=purpose, reference=by, state=ChargeState.OPEN))


def tell_way_back(charge: Charge) -> str:
    """Say which way a paid fee goes back: as it came, and to whom it came from. One query."""
    payment = charge.payments.select_related("order_line__order__payer").get(settled_at__isnull=False)
    if payment.method == Method.ORDER and payment.order_line is not None:
        return f"to {payment.order_line.order.payer}, which paid it"
    return "to you by check" if payment.method == Method.CHECK else "to your card"


def list_charges(person: "User") -> QuerySet[Charge]:
    """What a person owes or paid, newest first, without what was cancelled."""
    return Charge.objects.filter(person_id=person.pk).exclude(state=ChargeState.CANCELLED).order_by("-created_at", "-id")


def list_payments(charge: Charge) -> list[Payment]:
    """Every try to pay a charge, newest first, each with its refunds and disputes loaded. Three queries."""
    payments = charge.payments.select_related("order_line__order__payer").order_by("-started_at")
    refunds = Prefetch("refunds", Refund.objects.order_by("asked_at"))
    return list(payments.prefetch_related(refunds, Prefetch("disputes", Dispute.objects.order_by("opened_at"))))


def list_settled_payments() -> QuerySet[Payment]:
    """The payments that settled a fee, the oldest first."""
    return Payment.objects.filter(settled_at__isnull=False).order_by("settled_at", "id")


def list_refunds() -> QuerySet[Refund]:
    """Every refund in dollars, the oldest first."""
    return Refund.objects.filter(currency=policy.CURRENCY).order_by("asked_at", "id")


def list_fee_rows() -> list[FeeAmount]:
    """Every dated fee, by kind in the order of `FeeKind`, the newest first. One query."""
    order = {kind: place for place, kind in enumerate(FeeKind.values)}
    return sorted(FeeAmount.objects.order_by("-effective_on"), key=lambda row: order[row.kind])


def get_invoice_terms(*, on: date) -> InvoiceTerms:
    """How long an institution has to pay an invoice of this day; raises InvoiceTerms.DoesNotExist before the first row."""
    return InvoiceTerms.objects.filter(effective_on__lte=on).latest("effective_on")


def list_invoice_terms() -> list[InvoiceTerms]:
    """Every dated row, the newest first."""
    return list(InvoiceTerms.objects.order_by("-effective_on"))


def today(at: datetime) -> date:
    """The day that counts for fees and deadlines at this instant."""
    return at.astimezone(ZoneInfo(settings.DEADLINE_ZONE)).date()
