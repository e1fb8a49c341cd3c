"""Charges, payments and their ends, made through the actions."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from billing import actions
from billing.models import Charge, Payment


def charge(person: Any, *, at: datetime, **changes: Any) -> Charge:
    """An open charge of $350 for a purpose that no room listens to, unless `changes` name one."""
    asked: dict[str, Any] = {
        "purpose": "tests.thing",
        "reference": uuid4(),
        "kind": "application",
        "member": False,
        "on": at.date(),
        "description": "Application and enrollment",
        "return_path": "/application/",
        "actor": person,
        "at": at,
    }
    return actions.charge(person, **{**asked, **changes})


def paid(person: Any, *, at: datetime, **changes: Any) -> Charge:
    """A charge that was paid, without asking any card company."""
    made = charge(person, at=at, **changes)
    settle(made, at=at)
    made.refresh_from_db()
    return made


def settle(charge: Charge, *, at: datetime) -> Payment:
    """Settle an open charge as if the card company had confirmed it."""
    from django.db import transaction

    from billing import policy
    from billing.actions import paying
    from ledger import transitions

    payment = Payment.objects.create(
        charge=charge,
        amount_cents=charge.amount_cents,
        session=f"cs_test_{uuid4().hex}",
        started_at=at,
        expires_at=at + policy.CHECKOUT_OPEN,
    )
    with transaction.atomic():
        row = transitions.lock(Charge, charge.id)
        payment = transitions.lock(Payment, payment.id)
        paying.conclude(payment, row, fetched(payment), policy.Settle(), at=at)
    return payment


def fetched(payment: Payment, **changes: Any) -> Any:
    """What the card company tells about a payment that was made as it should."""
    from billing import policy

    told: dict[str, Any] = {
        "session": payment.session,
        "mode": "payment",
        "status": "complete",
        "payment_status": "paid",
        "amount_cents": payment.amount_cents,
        "currency": "usd",
        "live": False,
        "payment": str(payment.id),
        "charge": str(payment.charge_id),
        "intent": f"pi_{payment.id.hex}",
        "url": "",
        "expires_at": payment.expires_at,
    }
    return policy.Fetched(**{**told, **changes})
