"""What waits for staff in this app: completions, courses, contacts and course requests."""

from datetime import datetime

from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from courses import queries
from courses.queries import reviews
from courses.states import ApplicationKind, ReviewState
from ledger.queues import WorkItemQuery, WorkItemRow, WorkItemText, day, queue


@queue("courses.completion", name="Completions")
def completions(*, at: datetime) -> WorkItemQuery:
    """Completions to accept."""
    return WorkItemQuery(
        queries.list_to_decide(),
        about="person_id",
        since=day("claimed_at"),
        due_on="accept_by",
        details={"set": "set__name", "name": "person__name"},
    )


@completions.text
def render_completion(item: WorkItemRow) -> WorkItemText:
    """Say whose set."""
    return WorkItemText(
        title="Accept a course completion",
        detail=f"{item.details['set']}, {item.details['name']}",
        url=reverse("courses:completion", args=[item.thing]),
    )


@queue("courses.application", name="Courses")
def applications(*, at: datetime) -> WorkItemQuery:
    """Courses in review."""
    rows = reviews.list_in_review().annotate(
        held=Count("reviews", filter=Q(reviews__state__in=reviews.HELD)),
        done=Count("reviews", filter=Q(reviews__state=ReviewState.DONE)),
    )
    return WorkItemQuery(
        rows,
        since=Coalesce("paid_on", day("started_at")),
        due_on="decide_by",
        needs_person=Q(kind=ApplicationKind.NEW, held__lt=len(reviews.SLOTS)),
        details={"kind": "kind", "held": "held", "done": "done", "title": "title", "provider": "provider__name"},
    )


@applications.text
def render_application(item: WorkItemRow) -> WorkItemText:
    """Say what it waits for, and who has it."""
    title, holder = reviews.describe_stage(item.details["kind"], held=item.details["held"], done=item.details["done"])
    return WorkItemText(
        title=title,
        detail=f"{item.details['title']}, {item.details['provider']}",
        url=reverse("courses:review_course", args=[item.thing]),
        holder=holder,
    )


@queue("courses.contact", name="Providers")
def contacts(*, at: datetime) -> WorkItemQuery:
    """Requests to speak for a provider."""
    return WorkItemQuery(
        reviews.list_requests(),
        about="person_id",
        since=day("asked_at"),
        due_on="answer_by",
        details={"name": "person__name", "provider": Coalesce("provider__name", "new_name")},
    )


@contacts.text
def render_contact(item: WorkItemRow) -> WorkItemText:
    """Say who, for whom."""
    return WorkItemText(
        title="Confirm a provider’s contact",
        detail=f"{item.details['name']} for {item.details['provider']}",
        url=reverse("courses:contact", args=[item.thing]),
    )


@queue("courses.course_request", name="Course requests")
def course_requests(*, at: datetime) -> WorkItemQuery:
    """Requests for a course nearby."""
    return WorkItemQuery(
        reviews.list_course_requests(),
        about="person_id",
        since=day("asked_at"),
        due_on="answer_by",
        details={"set": "set__name", "place": "place"},
    )


@course_requests.text
def render_course_request(item: WorkItemRow) -> WorkItemText:
    """Say which set, and where."""
    return WorkItemText(
        title="Answer a course request",
        detail=f"{item.details['set'] or 'Any set'}, {item.details['place']}",
        url=reverse("courses:answer_course_request", args=[item.thing]),
    )
