"""What staff do with many at once in this app."""

from datetime import datetime
from uuid import UUID

from billing import actions
from billing.models import Invoice
from ledger import bulk_runs
from people.models import User


def remind(thing: UUID, *, actor: User, at: datetime) -> None:
    """Remind one institution."""
    actions.remind(Invoice.objects.get(pk=thing), actor=actor, at=at)


bulk_runs.register(
    bulk_runs.Bulk(
        name="billing.remind",
        kind="billing.invoice",
        label="Remind of the invoices",
        will="The institution gets one more email about the invoice.",
        act=remind,
    )
)
