"""What we write about money, to whom, and with which facts."""

from datetime import datetime

from django.urls import reverse

from billing import policy
from billing.models import Charge, Refund
from ledger import actions as ledger


def send_receipt(charge: Charge, *, at: datetime) -> None:
    """Tell the payer that the money is here; once per charge."""
    ledger.mail(
        charge.person,
        "billing/receipt",
        key=charge.id,
        at=at,
        path=reverse("billing:receipt", args=[charge.id]),
        why="you paid a fee of the program",
        facts={
            "amount": policy.dollars(charge.amount_cents),
            "description": charge.description,
            "number": charge.receipt_number,
            "paid_at": charge.settled_at,
        },
    )


def send_refunded(refund: Refund, *, at: datetime) -> None:
    """Tell the payer that money is on its way back to the card; once per attempt that worked."""
    charge = refund.payment.charge
    ledger.mail(
        charge.person,
        "billing/refunded",
        key=f"{refund.id}:{refund.attempt}",
        at=at,
        path=reverse("billing:charge", args=[charge.id]),
        why="you paid a fee of the program",
        facts={
            "amount": policy.dollars(refund.amount_cents),
            "description": charge.description,
            "twice": refund.payment.settled_at is None,
        },
    )
