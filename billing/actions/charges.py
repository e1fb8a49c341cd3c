"""Charging people, and deciding that a charge is no longer owed or goes back."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction

from billing import policy, queries
from billing.actions import order_lines
from billing.actions.refunds import ask_refund, lock_charge, received
from billing.actions.settlement import close_checkouts, facts_of
from billing.models import Charge, Payment
from billing.states import OVER, ChargeState
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible

if TYPE_CHECKING:
    from people.models import User


def charge(
    person: "User",
    *,
    purpose: str,
    reference: UUID,
    kind: str,
    member: bool,
    on: date,
    description: str,
    return_path: str,
    actor: "User | None",
    at: datetime,
) -> Charge:
    """Charge a person the fee of the day `on`.

    A second call for the same purpose and reference returns the first charge, unless it was cancelled or refunded. Where an institution
    has paid for this person and kind, the charge comes back settled.
    Raises FeeNotSet, and ValueError for a `return_path` that is not a path of ours.
    """
    if not return_path.startswith("/") or return_path.startswith("//"):
        raise ValueError("return_path must be a path on this site")
    fee = queries.get_fee_amount(kind, on=on)
    amount = policy.price(queries.as_fee(fee), member=member)
    with transaction.atomic():
        existing = queries.get_charge(purpose=purpose, reference=reference)
        if existing is not None and existing.state != ChargeState.REFUNDED:
            return existing
        try:
            with transaction.atomic():
                charge = Charge.objects.create(
                    person=person,
                    purpose=purpose,
                    reference=reference,
                    fee=fee,
                    member=member,
                    priced_on=on,
                    description=description,
                    amount_cents=amount,
                    return_path=return_path,
                    created_at=at,
                )
        except IntegrityError:
            # Someone else charged it between our look and our insert.
            return Charge.objects.exclude(state__in=OVER).get(purpose=purpose, reference=reference)
        ledger.record("billing.charge.open", subject=charge, actor=actor, at=at, person=person, details=facts_of(charge))
        order_lines.meet(charge, at=at)
    return charge


def cancel(charge: Charge, *, actor: "User | None", at: datetime, reason: str) -> Charge:
    """Stop asking for money that was not paid. A card page that is still open is closed; money that comes all the same goes back.

    Raises NotPossible unless the charge is open.
    """
    with transaction.atomic():
        row = transitions.lock(Charge, charge.id, "cancel")
        transitions.transition(row, "cancel", actor=actor, at=at, person=row.person, reason=reason, details=facts_of(row))
        close_checkouts(row, at=at)
    return row


def refund(
    charge: Charge, *, actor: "User | None", at: datetime, reason: str, cents: int | None = None, version: str | None = None
) -> Charge:
    """Decide to give a paid charge back, all that is left of it or `cents`, in the way in which it was paid.

    A part leaves the charge settled. Raises NotPossible unless the charge is paid, for more than is left of it, and Changed where its
    money is not as the reader of `version` saw it.
    """
    with transaction.atomic():
        row = lock_charge(charge.id, version, actor)
        type(row).STATES.check(row.state, "refund")
        left_cents = row.left_cents
        cents = left_cents if cents is None else cents
        if not 0 < cents <= left_cents:
            raise NotPossible(f"You can refund up to {policy.dollars(left_cents)}. Enter an amount between $0.01 and that.")
        details = {**facts_of(row), "amount": policy.dollars(cents)}
        paid = transitions.lock(Payment, row.payments.get(settled_at__isnull=False).id, "refund")
        row.refunded_cents += cents
        if cents == left_cents:
            changes = {"refunded_cents": row.refunded_cents}
            transitions.transition(row, "refund", actor=actor, at=at, person=row.person, reason=reason, details=details, **changes)
            transitions.transition(paid, "refund", actor=actor, at=at, person=row.person, reason=reason, details=received(paid))
        else:
            row.save(update_fields=["refunded_cents"])
            ledger.record("billing.charge.refund_part", subject=row, actor=actor, at=at, person=row.person, details=details, reason=reason)
        ask_refund(paid, cents=cents, actor=actor, at=at, reason=reason)
    return row
