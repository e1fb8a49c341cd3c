"""Seats meet charges: what an institution paid for somebody settles that person's fee, once, whichever comes first.

Locks are taken in the order charge, seat, payment, refund. Money that reaches an invoice only covers seats
(`billing.actions.invoice_payments`); the outbox and a sweep bring each covered seat to its charge here, one transaction each.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from billing import notices, policy, queries
from billing.actions.refunds import add_credit, ask_refund
from billing.actions.settlement import announce, facts_of
from billing.models import Charge, Payment, Seat
from billing.states import ChargeState, CreditSource, Method, SeatState
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible

if TYPE_CHECKING:
    from people.models import User

SWEEP_BATCH = 200


def meet(charge: Charge, *, at: datetime) -> None:
    """Keep the seat that an institution has for this new charge, and let it pay when it is paid itself. In the caller's transaction."""
    found = queries.find_seat(charge)
    if found is None:
        return
    seat = transitions.lock(Seat, found.id)
    if seat.state in queries.LIVE_SEATS and _is_free(seat, charge):
        _join(seat, charge, at=at)


def claim(person: int, *, email: str) -> None:
    """Make the places for an address the person's who confirmed it; they stay theirs when the address is removed.

    Places that are somebody's already are left alone. Safe to call again.
    """
    Seat.objects.filter(email=email.lower(), person=None, state__in=[SeatState.LISTED, *queries.LIVE_SEATS]).update(person=person)


def claim_known() -> None:
    """Make places their person's where the address was confirmed before the place was written down. One statement."""
    unknown = Seat.objects.filter(person=None, state__in=[SeatState.LISTED, *queries.LIVE_SEATS]).annotate(owner=queries.owner_of())
    unknown.filter(owner__isnull=False).update(person=queries.owner_of())


def match(seat: UUID, *, at: datetime) -> Seat:
    """Find what a seat is for, and let it pay when it is paid itself. Safe to call at any time, any number of times."""
    row = Seat.objects.get(id=seat)
    charge = queries.find_charge(row)
    if charge is None or row.state not in queries.LIVE_SEATS:
        return row
    with transaction.atomic():
        locked = transitions.lock(Charge, charge.id)
        row = transitions.lock(Seat, seat)
        if row.state in queries.LIVE_SEATS and _is_free(row, locked):
            _join(row, locked, at=at)
    return row


def _is_free(seat: Seat, charge: Charge) -> bool:
    """Whether this seat may be for this charge: neither is promised to another."""
    mine = seat.charge_id in (None, charge.id) or (seat.charge is not None and seat.charge.state == ChargeState.CANCELLED)
    return mine and not charge.seats.filter(state__in=[*queries.LIVE_SEATS, SeatState.USED]).exclude(id=seat.id).exists()


def _join(seat: Seat, charge: Charge, *, at: datetime) -> None:
    if seat.charge_id != charge.id and charge.state == ChargeState.OPEN:
        seat.charge, seat.trouble = charge, ""  # What was wrong was about another charge.
        seat.person = charge.person
        seat.save(update_fields=["charge", "person", "trouble"])
    if seat.state == SeatState.COVERED and seat.charge_id == charge.id and (not seat.trouble or charge.state != ChargeState.OPEN):
        _spend(seat, charge, at=at)


def _spend(seat: Seat, charge: Charge, *, at: datetime) -> None:
    """Pay an open charge with a covered seat; where it was paid in another way meanwhile, the money becomes the payer's credit."""
    invoice = seat.order.invoice
    about: dict[str, Any] = {"actor": None, "at": at, "person": charge.person}
    facts = {"payer": str(seat.order.payer), "invoice": invoice.number, "name": seat.name, "kind": seat.get_kind_display()}
    if charge.state == ChargeState.CANCELLED:
        return
    if charge.state != ChargeState.OPEN:
        payment = _pay(seat, charge, cents=seat.amount_cents, at=at)
        told: dict[str, Any] = {**facts, "amount": policy.dollars(seat.amount_cents)}
        transitions.move(payment, "cover_double", **about, facts=told, received_cents=seat.amount_cents)
        transitions.move(seat, "double", **about, facts=facts, held_cents=0)
        ask_refund(payment, actor=None, at=at, reason="Paid, though it was no longer owed.")
        return
    if seat.fee is None:
        raise LookupError(f"The seat {seat.id} is covered and has no fee")
    match policy.spend(seat.amount_cents, queries.as_fee(seat.fee), member=charge.member):
        case policy.Short(price=price):
            seat.trouble = f"The fee is {policy.dollars(price)}, and the seat paid {policy.dollars(seat.amount_cents)}"
            seat.save(update_fields=["trouble"])
        case policy.Spent(price=price, left=left):
            charge.fee, charge.priced_on, charge.amount_cents = seat.fee, invoice.dated_on, price
            payment = _pay(seat, charge, cents=price, at=at)
            told = {**facts, **facts_of(charge)}
            transitions.move(payment, "cover", **about, facts=told, received_cents=price, settled_at=at)
            changes: dict[str, Any] = {"fee": seat.fee, "priced_on": invoice.dated_on, "amount_cents": price, "settled_at": at}
            transitions.move(charge, "cover", **about, facts=told, **changes)
            transitions.move(seat, "use", **about, facts=facts, held_cents=0)
            announce(charge, at=at)
            notices.send_covered(charge, payer=seat.order.payer, at=at)
            if left:
                add_credit(seat.order.payer, source=CreditSource.DIFFERENCE, cents=left, invoice=invoice, at=at)


def _pay(seat: Seat, charge: Charge, *, cents: int, at: datetime) -> Payment:
    return Payment.objects.create(charge=charge, method=Method.ORDER, seat=seat, amount_cents=cents, started_at=at, expires_at=at)


def accept_seat(seat: Seat, *, actor: "User", at: datetime, reason: str) -> Seat:
    """Take what a seat paid as the person's fee, though it is the member price and they did not say that they are a member.

    Raises NotPossible unless the seat waits for this decision, and for one's own fee.
    """
    with transaction.atomic():
        charge = transitions.lock(Charge, seat.charge_id)
        row = transitions.lock(Seat, seat.id)
        if row.state != SeatState.COVERED or not row.trouble or charge.state != ChargeState.OPEN:
            raise NotPossible("This seat does not wait for a decision anymore.")
        if charge.person_id == actor.pk:
            raise NotPossible("This is your own fee. Somebody else on the staff must decide.")
        charge.member, row.trouble = True, ""
        charge.save(update_fields=["member"])
        row.save(update_fields=["trouble"])
        facts = {"amount": policy.dollars(row.amount_cents), "invoice": row.order.invoice.number}
        ledger.record("billing.seat.accept", subject=row, actor=actor, at=at, person=charge.person, facts=facts, reason=reason)
        _spend(row, charge, at=at)
    return row


def match_seats(*, at: datetime) -> None:
    """Put seats and charges that have found each other only now into the outbox: somebody confirmed another address, or two missed."""
    claim_known()
    for seat, pair in queries.list_meetings(limit=SWEEP_BATCH):
        ledger.emit("billing.seat.found", key=pair, at=at, seat=seat)
