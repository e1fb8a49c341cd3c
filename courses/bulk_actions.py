"""What staff do with many at once in this room."""

from datetime import datetime
from uuid import UUID

from courses import actions
from courses.actions import graduating
from courses.models import Completion, GraduateClaim
from ledger import bulk_runs
from people.models import User


def accept(thing: UUID, *, actor: User, at: datetime) -> None:
    """Accept one completion."""
    actions.accept(Completion.objects.get(pk=thing), actor=actor, at=at)


def accept_graduate(thing: UUID, *, actor: User, at: datetime) -> None:
    """Accept one graduate."""
    graduating.accept_claim(GraduateClaim.objects.get(pk=thing), actor=actor, at=at)


bulk_runs.register(
    bulk_runs.Bulk(
        name="courses.accept",
        kind="courses.completion",
        label="Accept the course completions",
        will="The course counts, and its set is achieved today.",
        act=accept,
    )
)
bulk_runs.register(
    bulk_runs.Bulk(
        name="courses.accept_graduate",
        kind="courses.graduate",
        label="Accept the graduates",
        will="The sets of the agreement are achieved today.",
        act=accept_graduate,
    )
)
