"""What waits for staff in this room: completions, courses, contacts, wishes, agreements and graduates."""

from datetime import datetime, timedelta

from django.db.models import Count, DateField, ExpressionWrapper, F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from courses import queries
from courses.queries import agreements, reviews
from courses.states import ApplicationKind, ReviewState
from ledger.queues import WorkItemQuery, WorkItemRow, WorkItemText, day, queue
from programs import policy as dates


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


@completions.words
def say_completion(item: WorkItemRow) -> WorkItemText:
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


@applications.words
def say_application(item: WorkItemRow) -> WorkItemText:
    """Say what it waits for, and who has it."""
    title, holder = reviews.say_where(item.details["kind"], held=item.details["held"], done=item.details["done"])
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


@contacts.words
def say_contact(item: WorkItemRow) -> WorkItemText:
    """Say who, for whom."""
    return WorkItemText(
        title="Confirm a provider’s contact",
        detail=f"{item.details['name']} for {item.details['provider']}",
        url=reverse("courses:contact", args=[item.thing]),
    )


@queue("courses.course_request", name="Wishes")
def course_requests(*, at: datetime) -> WorkItemQuery:
    """Wishes for a course nearby."""
    return WorkItemQuery(
        reviews.list_course_requests(),
        about="person_id",
        since=day("asked_at"),
        due_on="answer_by",
        details={"set": "set__name", "place": "place"},
    )


@course_requests.words
def say_course_request(item: WorkItemRow) -> WorkItemText:
    """Say which set, and where."""
    return WorkItemText(
        title="Answer a course request",
        detail=f"{item.details['set'] or 'Any set'}, {item.details['place']}",
        url=reverse("courses:answer_course_request", args=[item.thing]),
    )


@queue("courses.graduate", name="Graduates")
def graduates(*, at: datetime) -> WorkItemQuery:
    """Claims of graduates."""
    return WorkItemQuery(
        agreements.list_claims_to_decide(),
        about="person_id",
        since=day("claimed_at"),
        due_on="answer_by",
        details={
            "name": "person__name",
            "college": "agreement__college__name",
            "program": "agreement__program",
            "credential": "agreement__credential",
        },
    )


@graduates.words
def say_graduate(item: WorkItemRow) -> WorkItemText:
    """Say who, of which program."""
    program = agreements.say_program(item.details["program"], item.details["credential"])
    return WorkItemText(
        title=f"Accept a graduate: {item.details['name']}",
        detail=f"{item.details['college']}, {program}",
        url=reverse("courses:graduate_claim", args=[item.thing]),
    )


@queue("courses.agreement", name="Agreements")
def programs(*, at: datetime) -> WorkItemQuery:
    """Programs that colleges submitted."""
    return WorkItemQuery(
        agreements.list_submitted(),
        since=day("submitted_at"),
        details={"college": "college__name", "program": "program", "credential": "credential"},
    )


@programs.words
def say_agreement(item: WorkItemRow) -> WorkItemText:
    """Say whose program."""
    return WorkItemText(
        title=f"Review a program: {item.details['college']}",
        detail=agreements.say_program(item.details["program"], item.details["credential"]),
        url=reverse("courses:agreement_review", args=[item.thing]),
    )


@queue("courses.ending", name="Agreements")
def endings(*, at: datetime) -> WorkItemQuery:
    """Agreements that end at colleges that nobody speaks for."""
    return WorkItemQuery(
        agreements.list_orphaned_ends(on=dates.today(at)),
        since=ExpressionWrapper(F("ends_on") - timedelta(days=agreements.ENDING_DAYS), output_field=DateField()),
        due_on="ends_on",
        details={"college": "college__name", "program": "program", "credential": "credential"},
    )


@endings.words
def say_ending(item: WorkItemRow) -> WorkItemText:
    """Say which college is told of nothing."""
    return WorkItemText(
        title=f"An agreement ends, and the college has no contact: {item.details['college']}",
        detail=agreements.say_program(item.details["program"], item.details["credential"]),
        url=reverse("courses:agreement_review", args=[item.thing]),
    )
