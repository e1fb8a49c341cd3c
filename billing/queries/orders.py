"""Reading purchase orders: who is in them, what each costs, what is paid, and which order line is for which charge."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Sum, Value, When

from billing import policy
from billing.models import Charge, Credit, Enrollment, Invoice, InvoicePayment, OrderLine, Payer, PayerContact, PurchaseOrder
from billing.queries.charges import list_fees, today
from billing.states import ChargeState, FeeKind, InvoiceState, OrderLineState, OrderState, PayerPaymentState
from people import queries as people
from people.models import User
from people.search import Fold, matching

# INV-00001 as people type it: with or without zeros, dashes and spaces.
INVOICE_NUMBER = re.compile(r"INV[\s-]*0*([0-9]{1,9})", re.IGNORECASE)
FOUND = 25
# The reference that came with a check, alone or as it ends the number of a receipt.
REFERENCE = re.compile(r"(?:[0-9]{8}-)?([0-9a-f]{8})")
LIVE_ORDER_LINES = (OrderLineState.DUE, OrderLineState.COVERED)


@dataclass(frozen=True, kw_only=True)
class OrderedPerson:
    """One person in an order as the payer sees them: *paid* and *enrolled*, nothing else. `cents` is None where no fee is set."""

    order_line: OrderLine
    cents: int | None
    paid: bool
    enrolled: bool


def list_orders(user: AbstractBaseUser | AnonymousUser) -> QuerySet[PurchaseOrder]:
    """The orders that someone may see, the newest first, with payer and invoice, and the number of people in each."""
    people_in = OrderLine.objects.filter(order=OuterRef("pk")).order_by().values("order").annotate(number=Sum(Value(1))).values("number")
    rows = PurchaseOrder.objects.visible_to(user).select_related("payer", "contact", "invoice")
    return rows.annotate(people=Subquery(people_in)).order_by("-started_at", "-id")


def find_orders(text: str, *, limit: int = FOUND) -> list[PurchaseOrder]:
    """Orders that were sent, the newest first: by the institution's number or name, or the number of our invoice.

    One query; indexes carry it.
    """
    typed = text.replace("\0", "").strip()[:120]
    named = matching(typed)
    if named is None:
        return []
    # Each part by its own index: an OR over three tables would read all of them.
    orders = PurchaseOrder.objects.order_by().values("pk")
    ways = [orders.alias(folded=Fold("number")).filter(folded=Fold(Value(typed))), orders.filter(payer__in=Payer.objects.filter(named))]
    serial = INVOICE_NUMBER.fullmatch(typed)
    if serial:
        ways.append(orders.filter(invoice__serial=int(serial[1])))
    rows = PurchaseOrder.objects.filter(pk__in=ways[0].union(*ways[1:])).exclude(state__in=[OrderState.DRAFT, OrderState.WITHDRAWN])
    return list(rows.select_related("payer", "invoice").order_by("-started_at", "id")[:limit])


def find_by_reference(text: str) -> Charge | None:
    """The fee with this reference or receipt number, as they stand on the sheet with a check and on a receipt. One query at most."""
    typed = REFERENCE.fullmatch(text.strip().lower())
    if typed is None:
        return None
    within = (UUID(f"{typed[1]}{'0' * 24}"), UUID(f"{typed[1]}{'f' * 24}"))
    return Charge.objects.filter(id__range=within).order_by("-created_at").first()


def list_places(order: PurchaseOrder, *, on: date) -> list[OrderedPerson]:
    """The people of an order in its order. What an order without an invoice would cost is that of the day `on`. Two queries."""
    enrolled_on = Enrollment.objects.filter(person=OuterRef("charge__person")).values("on")
    order_lines = order.order_lines.order_by("position").annotate(enrolled_on=Subquery(enrolled_on)).select_related("charge")
    fees = {fee.kind: fee for fee in list_fees(on=on)}
    return [
        OrderedPerson(
            order_line=order_line,
            cents=order_line.amount_cents if order_line.state != OrderLineState.LISTED else _price(order_line, fees),
            paid=order_line.state in (OrderLineState.COVERED, OrderLineState.USED),
            enrolled=_is_enrolled(order_line, order_line.enrolled_on),
        )
        for order_line in order_lines
    ]


def _is_enrolled(order_line: OrderLine, enrolled_on: date | None) -> bool:
    """Whether the order line's person was admitted. Someone who applies again is not yet, though they were admitted once.

    Who was admitted stays so when the money for their enrollment was reversed.
    """
    if order_line.charge is None or enrolled_on is None:
        return False
    if order_line.kind != FeeKind.APPLICATION:
        return order_line.state == OrderLineState.USED
    return order_line.state in (*LIVE_ORDER_LINES, OrderLineState.USED) and today(order_line.charge.created_at) <= enrolled_on


def _price(order_line: OrderLine, fees: dict[str, policy.Fee]) -> int | None:
    fee = fees.get(order_line.kind)
    return policy.price(fee, member=order_line.member) if fee else None


def price_order_lines(places: Iterable[OrderedPerson]) -> int:
    """What all of them cost together, in cents."""
    return sum(place.cents or 0 for place in places)


def count_same_number(order: PurchaseOrder) -> int:
    """How many other orders of the institution have this number, so that no one invoices one twice."""
    others = PurchaseOrder.objects.filter(payer=order.payer_id, number=order.number).exclude(pk=order.pk)
    return others.exclude(state__in=[OrderState.DRAFT, OrderState.WITHDRAWN]).count()


def list_invoice_payments(invoice: Invoice) -> list[InvoicePayment]:
    """What came in for an invoice, in the order in which it was recorded."""
    return list(invoice.payments.select_related("recorded_by").order_by("recorded_at"))


def get_payer(person: AbstractBaseUser) -> Payer | None:
    """The institution for which someone ordered last, to begin the next order with."""
    return Payer.objects.filter(contacts__person_id=person.pk).order_by("-orders__started_at", "-created_at").first()


def is_contact(person: AbstractBaseUser, payer: Payer) -> bool:
    """Whether someone acts for this institution."""
    return PayerContact.objects.filter(person_id=person.pk, payer=payer).exists()


def get_credit(payer: Payer) -> int:
    """What we owe an institution, in cents."""
    return int(payer.credits.aggregate(cents=Sum("cents"))["cents"] or 0)


def list_credits(payer: Payer) -> QuerySet[Credit]:
    """How that came about, the newest first."""
    return payer.credits.select_related("invoice", "refund").order_by("-at", "id")


def get_covering(charge: Charge) -> OrderLine | None:
    """The order line that is to pay, or paid, this charge."""
    return (
        charge.order_lines.filter(state__in=[*LIVE_ORDER_LINES, OrderLineState.USED])
        .select_related("order__payer", "order__invoice")
        .first()
    )


def find_order_line(charge: Charge) -> OrderLine | None:
    """The order line that an institution has for a new charge: of its kind, the person's own, paid ones first."""
    theirs = Q(person=charge.person_id) | Q(person=None, email__in=people.list_confirmed_emails(charge.person))
    paid_first = Case(When(state=OrderLineState.COVERED, then=0), default=1)
    order_lines = OrderLine.objects.filter(_unpromised(), theirs, state__in=LIVE_ORDER_LINES, kind=charge.fee.kind)
    return order_lines.order_by(paid_first, "order__sent_at", "position", "id").first()


def get_person_of(order_line: OrderLine) -> User | None:
    """Whose place it is: the person who was known by its address once, else the one who is known by it now."""
    return order_line.person or people.get_confirmed_person(order_line.email)


def find_charge(order_line: OrderLine) -> Charge | None:
    """What an order line is for: the charge that it is promised to, else the oldest open one of its person and kind that none is for."""
    if order_line.charge is not None and order_line.charge.state != ChargeState.CANCELLED:
        return order_line.charge
    person = get_person_of(order_line)
    if person is None:
        return None
    taken = OrderLine.objects.filter(charge=OuterRef("pk"), state__in=[*LIVE_ORDER_LINES, OrderLineState.USED]).exclude(pk=order_line.pk)
    charges = Charge.objects.filter(~Exists(taken), person=person, state=ChargeState.OPEN, fee__kind=order_line.kind)
    return charges.order_by("created_at", "id").first()


def _unpromised() -> Q:
    return Q(charge=None) | Q(charge__state=ChargeState.CANCELLED)


def owner_of() -> Subquery:
    """The person who has confirmed the address of a place, as an expression."""
    return Subquery(EmailAddress.objects.filter(email=OuterRef("email"), verified=True).values("user")[:1])


def list_meetings(*, limit: int) -> list[tuple[UUID, str]]:
    """Live order lines that could be for an open charge, and paid ones whose charge was paid otherwise; each with a key for the pair."""
    taken = OrderLine.objects.filter(charge=OuterRef("pk"), state__in=[*LIVE_ORDER_LINES, OrderLineState.USED])
    open_charges = Charge.objects.filter(~Exists(taken), person=OuterRef("person"), state=ChargeState.OPEN, fee__kind=OuterRef("kind"))
    free = OrderLine.objects.filter(_unpromised(), state__in=LIVE_ORDER_LINES, person__isnull=False)
    matched = free.annotate(wanted=Subquery(open_charges.order_by("created_at").values("id")[:1])).filter(wanted__isnull=False)
    double = OrderLine.objects.filter(state=OrderLineState.COVERED, charge__state__in=[ChargeState.SETTLED, ChargeState.REFUNDED])
    met = [(order_line, f"{order_line}:{charge}") for order_line, charge in matched.values_list("id", "wanted")[:limit]]
    return met + [(order_line, f"{order_line}:{charge}:paid") for order_line, charge in double.values_list("id", "charge_id")[:limit]]


def list_open_invoices() -> QuerySet[Invoice]:
    """Open invoices, the oldest first; each says whether money for it was `reversed`."""
    reversals = InvoicePayment.objects.filter(invoice=OuterRef("pk"), state=PayerPaymentState.BOUNCED)
    rows = Invoice.objects.filter(state=InvoiceState.OPEN).select_related("order__payer")
    return rows.annotate(reversed=Exists(reversals)).order_by("due_on", "serial")
