"""What staff do with many at once in this app."""

from datetime import datetime
from uuid import UUID

from courses import actions
from courses.models import Completion
from ledger import bulk_runs
from people.models import User


def accept(thing: UUID, *, actor: User, at: datetime) -> None:
    """Accept one completion."""
    actions.accept(Completion.objects.get(pk=thing), actor=actor, at=at)


bulk_runs.register(
    bulk_runs.Bulk(
        name="courses.accept",
        kind="courses.completion",
        label="Accept the course completions",
        will="The course counts, and its set is achieved today.",
        act=accept,
    )
)
