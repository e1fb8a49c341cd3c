"""The chapters of the demonstration in their order: about 140 people, each at a day of their own in the past."""

from datetime import UTC, datetime

from django.db import transaction
from django.db.models import F

from demo import (
    appeals,
    applicants,
    careers,
    cast,
    colleges,
    evaluators,
    evidence,
    holders,
    orders,
    outcomes,
    partners,
    providers,
    questions,
    webinars,
)
from demo.story import DRAWING, Story
from ledger.models import Delivery, Email, EmailState
from people.models import User

# A later one tells of people whom an earlier one brought in.
CHAPTERS = (
    careers,
    providers,
    evaluators,
    orders,
    questions,
    applicants,
    appeals,
    evidence,
    holders,
    colleges,
    webinars,
    outcomes,
    partners,
)


def is_told() -> bool:
    """Whether the demonstration is in this database."""
    return User.objects.filter(email=cast.HINTS[0].email).exists()


def tell(*, now: datetime) -> None:
    """Load the demonstration in one transaction. The same day gives the same people."""
    with transaction.atomic():
        story = Story(now=now.astimezone(UTC))
        for chapter in CHAPTERS:
            chapter.tell(story)
        story.deliver(story.now)
        Delivery.objects.filter(subscriber=DRAWING).update(due_at=story.now)
        Email.objects.filter(state=EmailState.QUEUED).update(state=EmailState.SENT, sent_at=F("created_at"))
