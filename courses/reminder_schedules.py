"""Who is reminded in this app: of an approval that ends, of a review, and of a completion to confirm."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Exists, F, OuterRef
from django.urls import reverse

from courses import notices
from courses.models import Confirmation, CourseApplication, CourseReview, Offering, ProviderContact
from courses.states import SENT, ApplicationKind, CompletionState, ReviewState
from ledger.reminder_schedules import Due, ReminderContent, reminder_schedule
from people.templatetags.words import longdate


@reminder_schedule(
    "courses.approval",
    title="The approval of a course ends",
    counts_from="the last day of the approval",
    offsets=("-6 months", "-3 months", "-1 months"),
    notice="courses/approval_ends",
)
def approval_ends() -> Due:
    """Remind everyone who speaks for the provider, until a renewal is sent."""
    contacts = ProviderContact.objects.confirmed().annotate(
        course=F("provider__offerings__id"),
        ends_on=F("provider__offerings__approved_until"),
        promised_on=F("provider__offerings__promised_on"),
    )
    sent = CourseApplication.objects.filter(offering=OuterRef("course"), kind=ApplicationKind.RENEWAL, state__in=SENT)
    rows = contacts.filter(~Exists(sent), ends_on__isnull=False)
    return Due(rows, person="person", thing="course", due_date="ends_on", since="promised_on")


@approval_ends.content
def render_approval_ends(ids: Collection[UUID], *, today: date) -> dict[UUID, ReminderContent]:
    """Name the course and its last day. One query."""
    return {
        row.id: ReminderContent(
            path=reverse("courses:portal"),
            context={"course": row.title, "ends_on": longdate(row.approved_until)},
            calendar=(row.approved_until, f"Approval of {row.title} ends (LSSC)") if row.approved_until else None,
            why=notices.WHY_CONTACT,
        )
        for row in Offering.objects.filter(id__in=ids)
    }


@reminder_schedule(
    "courses.review",
    title="A recommendation on a course is due",
    counts_from="the day that the recommendation is due",
    offsets=("-7 days", "-3 days", "0 days", "3 days"),
    notice="courses/review_due",
)
def review_due() -> Due:
    """Remind an evaluator who has not recommended."""
    rows = CourseReview.objects.filter(state=ReviewState.INVITED)
    return Due(rows, person="evaluator__person", thing="id", due_date="review_by", since="invited_on")


@review_due.content
def render_review_due(ids: Collection[UUID], *, today: date) -> dict[UUID, ReminderContent]:
    """Name the course and the day. One query."""
    return {
        row.id: ReminderContent(
            path=reverse("courses:review", args=[row.id]),
            context={"course": str(row.application), "review_by": longdate(row.review_by)},
            calendar=(row.review_by, "Recommend on a course (LSSC)"),
            why=notices.WHY_REVIEWER,
        )
        for row in CourseReview.objects.filter(id__in=ids).select_related("application")
    }


@reminder_schedule(
    "courses.confirmation",
    title="A provider is asked to confirm a completion",
    counts_from="the last day of the link",
    offsets=("-2 weeks", "-3 days"),
    notice="courses/confirmation_due",
)
def confirmation_due() -> Due:
    """Remind a contact of a completion that no one answered."""
    rows = Confirmation.objects.filter(answered_at=None, completion__state=CompletionState.ASKED, contact__state="confirmed")
    return Due(rows, person="contact__person", thing="id", due_date="expires_on", since="asked_on")


@confirmation_due.content
def render_confirmation_due(ids: Collection[UUID], *, today: date) -> dict[UUID, ReminderContent]:
    """Say what the first email said, with the same link. One query."""
    rows = Confirmation.objects.filter(id__in=ids).select_related("completion__offering", "contact__provider")
    return {
        row.id: ReminderContent(
            path=notices.confirmation_path(row), context=notices.confirmation_facts(row), why=notices.WHY_CONTACT, secret=True
        )
        for row in rows
    }
