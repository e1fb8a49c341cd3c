"""What waits for staff in this app."""

from datetime import datetime

from django.db.models.functions import Left
from django.urls import reverse

from ledger.queues import WorkItemQuery, WorkItemRow, WorkItemText, day, queue
from people.models import Inquiry
from people.states import InquiryState, Topic


@queue("people.inquiry", name="Questions")
def inquiries(*, at: datetime) -> WorkItemQuery:
    """Questions to the program that no one has answered."""
    return WorkItemQuery(
        Inquiry.objects.filter(state=InquiryState.WAITING),
        about="person_id",
        since=day("asked_at"),
        details={"name": "name", "topic": "topic", "text": Left("text", 400)},
    )


@inquiries.text
def render_inquiry(item: WorkItemRow) -> WorkItemText:
    """Say who asks about what, with the first words."""
    return WorkItemText(
        title=f"{item.details['name']}: {Topic(item.details['topic']).label}",
        detail=" ".join(item.details["text"].split())[:120],
        url=reverse("people:inquiry", args=[item.thing]),
    )
