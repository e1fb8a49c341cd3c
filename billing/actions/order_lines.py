"""Order lines meet charges: what an institution paid for someone settles that person's fee, once, whichever comes first.

Locks are taken in the order charge, order line, payment, refund. Money that reaches an invoice only covers order lines
(`billing.actions.invoice_payments`); the outbox and a sweep bring each covered order line to its charge here, one transaction each.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from billing import notices, policy, queries
from billing.actions.refunds import add_credit, ask_refund
from billing.actions.settlement import announce, facts_of
from billing.models import Charge, OrderLine, Payment
from billing.states import ChargeState, CreditSource, Method, OrderLineState
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible

if TYPE_CHECKING:
    from people.models import User

SWEEP_BATCH = 200


def meet(charge: Charge, *, at: datetime) -> None:
    """Keep an institution's order line for this new charge, and let it pay when it is paid itself. In the caller's transaction."""
    unlocked = queries.find_order_line(charge)
    if unlocked is None:
        return
    order_line = transitions.lock(OrderLine, unlocked.id)
    if order_line.state in queries.LIVE_ORDER_LINES and _is_free(order_line, charge):
        _join(order_line, charge, at=at)


def claim(person: int, *, email: str) -> None:
    """Make the places for an address the person's who confirmed it; they stay theirs when the address is removed.

    Places that are someone's already are left alone. Safe to call again.
    """
    OrderLine.objects.filter(email=email.lower(), person=None, state__in=[OrderLineState.LISTED, *queries.LIVE_ORDER_LINES]).update(
        person=person
    )


def claim_known() -> None:
    """Make places their person's where the address was confirmed before the place was written down. One statement."""
    unknown = OrderLine.objects.filter(person=None, state__in=[OrderLineState.LISTED, *queries.LIVE_ORDER_LINES]).annotate(
        owner=queries.owner_of()
    )
    unknown.filter(owner__isnull=False).update(person=queries.owner_of())


def match(order_line: UUID, *, at: datetime) -> OrderLine:
    """Find what an order line is for, and let it pay when it is paid itself. Safe to call at any time, any number of times."""
    row = OrderLine.objects.get(id=order_line)
    charge = queries.find_charge(row)
    if charge is None or row.state not in queries.LIVE_ORDER_LINES:
        return row
    with transaction.atomic():
        locked = transitions.lock(Charge, charge.id)
        row = transitions.lock(OrderLine, order_line)
        if row.state in queries.LIVE_ORDER_LINES and _is_free(row, locked):
            _join(row, locked, at=at)
    return row


def _is_free(order_line: OrderLine, charge: Charge) -> bool:
    """Whether this order line may be for this charge: neither is promised to another."""
    mine = order_line.charge_id in (None, charge.id) or (order_line.charge is not None and order_line.charge.state == ChargeState.CANCELLED)
    return (
        mine
        and not charge.order_lines.filter(state__in=[*queries.LIVE_ORDER_LINES, OrderLineState.USED]).exclude(id=order_line.id).exists()
    )


def _join(order_line: OrderLine, charge: Charge, *, at: datetime) -> None:
    if order_line.charge_id != charge.id and charge.state == ChargeState.OPEN:
        order_line.charge, order_line.trouble = charge, ""  # What was wrong was about another charge.
        order_line.person = charge.person
        order_line.save(update_fields=["charge", "person", "trouble"])
    if (
        order_line.state == OrderLineState.COVERED
        and order_line.charge_id == charge.id
        and (not order_line.trouble or charge.state != ChargeState.OPEN)
    ):
        _spend(order_line, charge, at=at)


def _spend(order_line: OrderLine, charge: Charge, *, at: datetime) -> None:
    """Pay an open charge with a covered order line; where it was paid in another way meanwhile, the money becomes the payer's credit."""
    invoice = order_line.order.invoice
    about: dict[str, Any] = {"actor": None, "at": at, "person": charge.person}
    details = {
        "payer": str(order_line.order.payer),
        "invoice": invoice.number,
        "name": order_line.name,
        "kind": order_line.get_kind_display(),
    }
    if charge.state == ChargeState.CANCELLED:
        return
    if charge.state != ChargeState.OPEN:
        payment = _pay(order_line, charge, cents=order_line.amount_cents, at=at)
        paid_details: dict[str, Any] = {**details, "amount": policy.dollars(order_line.amount_cents)}
        transitions.transition(payment, "cover_double", **about, details=paid_details, received_cents=order_line.amount_cents)
        transitions.transition(order_line, "double", **about, details=details, held_cents=0)
        ask_refund(payment, actor=None, at=at, reason="Paid, though it was no longer owed.")
        return
    if order_line.fee is None:
        raise LookupError(f"The payment for {order_line.id} is covered and has no fee")
    match policy.spend(order_line.amount_cents, queries.as_fee(order_line.fee), member=charge.member):
        case policy.Short(price=price):
            order_line.trouble = f"The fee is {policy.dollars(price)}, and the order paid {policy.dollars(order_line.amount_cents)}"
            order_line.save(update_fields=["trouble"])
        case policy.Spent(price=price, left=left_cents):
            charge.fee, charge.priced_on, charge.amount_cents = order_line.fee, invoice.dated_on, price
            payment = _pay(order_line, charge, cents=price, at=at)
            paid_details = {**details, **facts_of(charge)}
            transitions.transition(payment, "cover", **about, details=paid_details, received_cents=price, settled_at=at)
            changes: dict[str, Any] = {"fee": order_line.fee, "priced_on": invoice.dated_on, "amount_cents": price, "settled_at": at}
            transitions.transition(charge, "cover", **about, details=paid_details, **changes)
            transitions.transition(order_line, "use", **about, details=details, held_cents=0)
            announce(charge, at=at)
            notices.send_covered(charge, payer=order_line.order.payer, at=at)
            if left_cents:
                add_credit(order_line.order.payer, source=CreditSource.DIFFERENCE, cents=left_cents, invoice=invoice, at=at)


def _pay(order_line: OrderLine, charge: Charge, *, cents: int, at: datetime) -> Payment:
    return Payment.objects.create(
        charge=charge, method=Method.ORDER, order_line=order_line, amount_cents=cents, started_at=at, expires_at=at
    )


def accept_order_line(order_line: OrderLine, *, actor: "User", at: datetime, reason: str) -> OrderLine:
    """Take what an order line paid as the person's fee, though it is the member price and they did not say that they are a member.

    Raises NotPossible unless the order line waits for this decision, and for one's own fee.
    """
    with transaction.atomic():
        charge = transitions.lock(Charge, order_line.charge_id, decider=actor)
        row = transitions.lock(OrderLine, order_line.id)
        if row.state != OrderLineState.COVERED or not row.trouble or charge.state != ChargeState.OPEN:
            raise NotPossible("This payment is no longer waiting for a decision.")
        charge.member, row.trouble = True, ""
        charge.save(update_fields=["member"])
        row.save(update_fields=["trouble"])
        details = {"amount": policy.dollars(row.amount_cents), "invoice": row.order.invoice.number}
        ledger.record("billing.order_line.accept", subject=row, actor=actor, at=at, person=charge.person, details=details, reason=reason)
        _spend(row, charge, at=at)
    return row


def match_order_lines(*, at: datetime) -> None:
    """Put order lines and charges that found each other only now into the outbox: someone confirmed another address, or two missed."""
    claim_known()
    for order_line, pair in queries.list_meetings(limit=SWEEP_BATCH):
        ledger.emit("billing.order_line.found", key=pair, at=at, order_line=order_line)
