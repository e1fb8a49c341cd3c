"""What waits for staff in this app: graduates' claims, programs of colleges, and agreements that end unnoticed."""

from datetime import datetime, timedelta

from django.db.models import DateField, ExpressionWrapper, F
from django.urls import reverse

from agreements import queries
from ledger.queues import WorkItemQuery, WorkItemRow, WorkItemText, begin, day, queue


@queue("agreements.graduate", name="Graduates")
def graduates(*, at: datetime) -> WorkItemQuery:
    """Claims of graduates."""
    return WorkItemQuery(
        queries.list_claims_to_decide(),
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


@graduates.text
def render_graduate(item: WorkItemRow) -> WorkItemText:
    """Say who, of which program."""
    program = queries.describe_program(item.details["program"], item.details["credential"])
    return WorkItemText(
        title=f"Accept a graduate: {item.details['name']}",
        detail=f"{item.details['college']}, {program}",
        url=reverse("agreements:graduate", args=[item.thing]),
    )


@queue("agreements.agreement", name="Agreements")
def programs(*, at: datetime) -> WorkItemQuery:
    """Programs that colleges submitted."""
    return WorkItemQuery(
        queries.list_submitted(),
        since=day("submitted_at"),
        details={"college": "college__name", "program": "program", "credential": "credential"},
    )


@programs.text
def render_agreement(item: WorkItemRow) -> WorkItemText:
    """Say whose program."""
    return WorkItemText(
        title=f"Review a program: {item.details['college']}",
        detail=queries.describe_program(item.details["program"], item.details["credential"]),
        url=reverse("agreements:review", args=[item.thing]),
    )


@queue("agreements.ending", name="Agreements")
def endings(*, at: datetime) -> WorkItemQuery:
    """Agreements that end at colleges that no one speaks for."""
    since = ExpressionWrapper(F("ends_on") - timedelta(days=queries.ENDING_DAYS), output_field=DateField())
    return WorkItemQuery(
        queries.list_orphaned(),
        since=since,
        due_on="ends_on",
        visible_from=begin(since),
        visible_until=begin(ExpressionWrapper(F("ends_on") + timedelta(days=1), output_field=DateField())),
        details={"college": "college__name", "program": "program", "credential": "credential"},
    )


@endings.text
def render_ending(item: WorkItemRow) -> WorkItemText:
    """Say which college is told of nothing."""
    return WorkItemText(
        title=f"An agreement ends, and the college has no contact: {item.details['college']}",
        detail=queries.describe_program(item.details["program"], item.details["credential"]),
        url=reverse("agreements:review", args=[item.thing]),
    )
