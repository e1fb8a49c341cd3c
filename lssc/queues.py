"""What waits for staff in the house itself: what could not be delivered."""

from datetime import datetime

from django.contrib.auth import get_user_model
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Left
from django.urls import reverse

from ledger import email_failures
from ledger.queues import WorkItemQuery, WorkItemRow, WorkItemText, day, queue

NAME = "Not delivered"


@queue("lssc.email", name=NAME, confided=True)
def emails(*, at: datetime) -> WorkItemQuery:
    """Emails that could not be sent, until somebody sends them again or gives them up."""
    facts = {"to": "to", "subject": "subject", "error": Left("last_error", 200)}
    return WorkItemQuery(email_failures.find_failed(), about="person_id", since=day("created_at"), facts=facts, needs_person=True)


@emails.words
def say_email(item: WorkItemRow) -> WorkItemText:
    """Say which email to whom."""
    return WorkItemText(
        title=f"Email to {item.facts['to']} could not be sent",
        detail=f"“{item.facts['subject']}”",
        url=reverse("failed_email", args=[item.thing]),
    )


@queue("lssc.address", name=NAME, confided=True)
def addresses(*, at: datetime) -> WorkItemQuery:
    """Addresses that take no email, until somebody has looked."""
    person = get_user_model().objects.filter(email=OuterRef("email")).values("pk")[:1]
    return WorkItemQuery(
        email_failures.find_bad_addresses(),
        about=Subquery(person),
        since=day("since"),
        facts={"email": "email", "reason": Left("reason", 200)},
    )


@addresses.words
def say_address(item: WorkItemRow) -> WorkItemText:
    """Say which address, and why."""
    return WorkItemText(
        title=f"{item.facts['email']} takes no email", detail=item.facts["reason"], url=reverse("bad_address", args=[item.thing])
    )


@queue("lssc.news", name=NAME, confided=True)
def news(*, at: datetime) -> WorkItemQuery:
    """News between parts of the program that does not get through."""
    facts = {"topic": "topic", "attempts": "attempts"}
    return WorkItemQuery(email_failures.find_stuck(), thing="thing", since=day("created_at"), facts=facts, needs_person=True)


@news.words
def say_news(item: WorkItemRow) -> WorkItemText:
    """Say what is stuck."""
    return WorkItemText(
        title=f"A step of the program is stuck: {item.facts['topic']}",
        detail=f"It was tried {item.facts['attempts']} times.",
        url=reverse("stuck_news", args=[item.thing]),
    )
