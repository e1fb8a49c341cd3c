"""Charging people, and deciding that a charge is no longer owed or goes back."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction

from billing import policy, queries
from billing.actions.refunding import ask_refund, received
from billing.models import Charge, Payment
from billing.states import ChargeState, PaymentState
from ledger import actions as ledger
from ledger import transitions

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

    A second call for the same purpose and reference returns the first charge, unless it was cancelled.
    Raises FeeNotSet, and ValueError for a `return_path` that is not a path of ours.
    """
    if not return_path.startswith("/") or return_path.startswith("//"):
        raise ValueError("return_path must be a path on this site")
    fee = queries.get_fee_amount(kind, on=on)
    amount = policy.price(queries.as_fee(fee), member=member)
    with transaction.atomic():
        existing = queries.get_charge(purpose=purpose, reference=reference)
        if existing is not None:
            return existing
        try:
            with transaction.atomic():
                made = Charge.objects.create(
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
            # Somebody else charged it between our look and our insert.
            return Charge.objects.exclude(state=ChargeState.CANCELLED).get(purpose=purpose, reference=reference)
        ledger.record("billing.charge.open", subject=made, actor=actor, at=at, person=person, facts=facts_of(made))
    return made


def cancel(charge: Charge, *, actor: "User | None", at: datetime, reason: str) -> Charge:
    """Stop asking for money that was not paid. A card page that is still open is closed; money that comes all the same goes back.

    Raises NotPossible unless the charge is open.
    """
    with transaction.atomic():
        row = transitions.lock(Charge, charge.id, "cancel")
        transitions.move(row, "cancel", actor=actor, at=at, person=row.person, reason=reason, facts=facts_of(row))
        close_checkouts(row, at=at)
    return row


def refund(charge: Charge, *, actor: "User | None", at: datetime, reason: str) -> Charge:
    """Decide to give a paid charge back in full; the outbox asks the card company. Raises NotPossible unless the charge is paid."""
    with transaction.atomic():
        row = transitions.lock(Charge, charge.id, "refund")
        transitions.move(row, "refund", actor=actor, at=at, person=row.person, reason=reason, facts=facts_of(row))
        paid = transitions.lock(Payment, row.payments.get(settled_at__isnull=False).id, "refund")
        transitions.move(paid, "refund", actor=actor, at=at, person=row.person, reason=reason, facts=received(paid))
        ask_refund(paid, actor=actor, at=at, reason=reason)
    return row


def close_checkouts(charge: Charge, *, at: datetime) -> None:
    """Let the outbox close every card page of a charge that is still open."""
    for payment in charge.payments.filter(state=PaymentState.STARTED):
        ledger.emit("billing.checkout.over", key=payment.id, at=at, payment=payment.id)


def facts_of(charge: Charge) -> dict[str, Any]:
    """What the audit says about a charge."""
    return {"amount": policy.dollars(charge.amount_cents), "description": charge.description}
