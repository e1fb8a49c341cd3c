"""What staff do with many at once in this app."""

from datetime import datetime
from uuid import UUID

from candidates import actions
from candidates.models import Application
from ledger import bulk_runs
from people.models import User


def admit(thing: UUID, *, actor: User, at: datetime) -> None:
    """Admit one applicant, not provisionally. The action reads the application under its lock; it needs no more than the key."""
    actions.admit(Application(pk=thing), actor=actor, at=at)


bulk_runs.register(
    bulk_runs.Bulk(
        name="candidates.admit",
        kind="candidates.application",
        label="Admit to the program",
        will="The person is admitted, with the full time from today.",
        act=admit,
    )
)
