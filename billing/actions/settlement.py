"""What every way to pay has in common: the charge is settled once, other apps hear of it, other card pages are closed."""

from datetime import datetime
from typing import Any

from billing import policy
from billing.models import Charge
from billing.states import PaymentState
from ledger import actions as ledger


def announce(charge: Charge, *, at: datetime) -> None:
    """Tell the apps that a charge is settled, and close its card pages. Belongs in the transaction that settled it."""
    ledger.emit(
        "billing.charge.settled",
        key=f"{charge.id}:{at.isoformat()}",
        at=at,
        charge=charge.id,
        purpose=charge.purpose,
        reference=charge.reference,
        person=charge.person_id,
        settled_at=at,
    )
    close_checkouts(charge, at=at)


def close_checkouts(charge: Charge, *, at: datetime) -> None:
    """Let the outbox close every card page of a charge that is still open."""
    for payment in charge.payments.filter(state=PaymentState.STARTED):
        ledger.emit("billing.checkout.over", key=payment.id, at=at, payment=payment.id)


def facts_of(charge: Charge) -> dict[str, Any]:
    """What the audit says about a charge."""
    return {"amount": policy.dollars(charge.amount_cents), "description": charge.description}
