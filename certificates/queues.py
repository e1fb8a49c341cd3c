"""What waits for staff in this app."""

from datetime import datetime

from django.urls import reverse

from certificates import queries
from ledger.queues import WorkItemQuery, WorkItemRow, WorkItemText, day, queue
from people.templatetags.words import longdate


@queue("certificates.certificate", name="Certificates")
def asked(*, at: datetime) -> WorkItemQuery:
    """Certificates to issue."""
    return WorkItemQuery(
        queries.list_asked(),
        about="person_id",
        since=day("asked_at"),
        details={"name": "person__name", "provisional": "provisional", "completed_on": "completed_on"},
    )


@asked.text
def render_asked(item: WorkItemRow) -> WorkItemText:
    """Say whose certificate, and since when it is earned."""
    return WorkItemText(
        title=f"Issue the {'provisional ' if item.details['provisional'] else ''}certificate: {item.details['name']}",
        detail=f"Completed the program on {longdate(item.day('completed_on'))}",
        url=reverse("certificates:waiting"),
    )


@queue("certificates.revocation", name="Certificates")
def revocations(*, at: datetime) -> WorkItemQuery:
    """Revocations that wait for a second person."""
    return WorkItemQuery(
        queries.list_proposed(),
        about="certificate__person_id",
        since=day("proposed_at"),
        needs_person=True,
        details={"name": "certificate__printed_name", "by": "proposed_by__name", "certificate": "certificate_id"},
    )


@revocations.text
def render_revocation(item: WorkItemRow) -> WorkItemText:
    """Say whose certificate, and who proposed it."""
    return WorkItemText(
        title=f"Confirm a revocation: {item.details['name']}",
        detail=f"Proposed by {item.details['by']}; someone else must decide",
        url=reverse("certificates:certificate", args=[item.details["certificate"]]),
    )
