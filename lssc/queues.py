"""What waits for staff in the project itself: what could not be delivered."""

from datetime import datetime

from django.contrib.auth import get_user_model
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Left
from django.urls import reverse

from ledger import email_failures
from ledger.queues import Link, WorkItemQuery, WorkItemRow, WorkItemText, day, queue

NAME = "Not delivered"


@queue("lssc.email", name=NAME, confided=True)
def emails(*, at: datetime) -> WorkItemQuery:
    """Emails that could not be sent, until someone sends them again or gives them up."""
    details = {"to": "to", "subject": "subject", "error": Left("last_error", 200)}
    return WorkItemQuery(email_failures.find_failed(), about="person_id", since=day("created_at"), details=details, needs_person=True)


@emails.text
def render_email(item: WorkItemRow) -> WorkItemText:
    """Say which email to whom."""
    return WorkItemText(
        title=f"Email to {item.details['to']} could not be sent",
        detail=f"“{item.details['subject']}”",
        url=reverse("failed_email", args=[item.thing]),
    )


@queue("lssc.address", name=NAME, confided=True)
def addresses(*, at: datetime) -> WorkItemQuery:
    """Addresses that take no email, until someone has looked."""
    person = get_user_model().objects.filter(email=OuterRef("email")).values("pk")[:1]
    return WorkItemQuery(
        email_failures.find_bad_addresses(),
        about=Subquery(person),
        since=day("since"),
        details={"email": "email", "reason": Left("reason", 200)},
        links=(Link("ledger.Email", 'lower("to")', "email", when={"state": "failed"}), Link("people.User", "lower(email)", "email")),
    )


@addresses.text
def render_address(item: WorkItemRow) -> WorkItemText:
    """Say which address, and why."""
    return WorkItemText(
        title=f"{item.details['email']} can’t receive email", detail=item.details["reason"], url=reverse("bad_address", args=[item.thing])
    )


@queue("lssc.delivery", name=NAME, confided=True)
def deliveries(*, at: datetime) -> WorkItemQuery:
    """Deliveries between apps that fail."""
    details = {"topic": "topic", "attempts": "attempts"}
    return WorkItemQuery(email_failures.find_stuck(), thing="thing", since=day("created_at"), details=details, needs_person=True)


@deliveries.text
def render_news(item: WorkItemRow) -> WorkItemText:
    """Say what is stuck."""
    return WorkItemText(
        title=f"A step of the program is stuck: {item.details['topic']}",
        detail=f"It was tried {item.details['attempts']} times.",
        url=reverse("stuck_event", args=[item.thing]),
    )
