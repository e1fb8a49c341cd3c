"""What staff do with many at once in this app."""

from datetime import datetime
from uuid import UUID

from certificates import actions
from certificates.models import Certificate
from certificates.notices import preview_ready
from ledger import bulk_runs
from people.models import User


def issue(thing: UUID, *, actor: User, at: datetime) -> None:
    """Issue one certificate."""
    actions.issue(Certificate.objects.get(pk=thing), actor=actor, at=at)


def foresee(thing: UUID) -> list[bulk_runs.Later]:
    """The email that goes out when the PDF is made."""
    row = Certificate.objects.select_related("person", "terms").get(pk=thing)
    return [bulk_runs.Later(row.person.email, preview_ready(row).subject)]


bulk_runs.register(
    bulk_runs.Bulk(
        name="certificates.issue",
        kind="certificates.certificate",
        label="Issue the certificates",
        will="The certificate gets a number, and the system prepares its PDF. From then on, anyone can check it.",
        act=issue,
        later=foresee,
        tells=False,
    )
)
