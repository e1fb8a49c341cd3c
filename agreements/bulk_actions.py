"""What staff do with many at once in this app."""

from datetime import datetime
from uuid import UUID

from agreements import actions
from agreements.models import GraduateClaim
from ledger import bulk_runs
from people.models import User


def accept_graduate(thing: UUID, *, actor: User, at: datetime) -> None:
    """Accept one graduate."""
    actions.accept_claim(GraduateClaim.objects.get(pk=thing), actor=actor, at=at)


bulk_runs.register(
    bulk_runs.Bulk(
        name="agreements.accept_graduate",
        kind="agreements.graduate",
        label="Accept the graduates",
        will="The sets of the agreement are achieved today.",
        act=accept_graduate,
    )
)
