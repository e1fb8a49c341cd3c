"""Who may review a course, what they recommended, and what waits for those who decide."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, QuerySet, When

from courses import policy
from courses.models import CourseApplication, CourseEvaluator, CourseRequest, CourseReview, CourseSeal, ProviderContact
from courses.states import ApplicationKind, ContactState, CourseRequestState, CourseState, ReviewState
from ledger.registry import Question
from ledger.transitions import is_own
from people.permissions import is_committee, is_staff

if TYPE_CHECKING:
    from people.models import User

SLOTS = (1, 2)
HELD = (ReviewState.INVITED, ReviewState.DONE)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One evaluator who could review a course: why not, where they can't, and how many courses they have now."""

    evaluator: CourseEvaluator
    conflicts: tuple[str, ...]
    busy: int


def get_side(application: CourseApplication) -> policy.Party:
    """Gather everyone on the provider's side of an application. Two queries."""
    contacts = list(
        ProviderContact.objects.filter(
            provider=application.provider_id, state__in=[ContactState.CONFIRMED, ContactState.ENDED]
        ).select_related("person")
    )
    addresses = [application.contact_email, *(provider_contact.person.email for provider_contact in contacts)]
    return policy.Party(
        provider=application.provider_id,
        name=application.provider.name,
        people=frozenset({application.person_id, *(provider_contact.person_id for provider_contact in contacts)}),
        domains=frozenset(filter(None, map(policy.mail_domain, addresses))),
        instructors=frozenset(application.instructors.values_list("name", flat=True)),
    )


def propose_reviewers(application: CourseApplication) -> list[Proposal]:
    """Give every evaluator who has not had this application, those without a conflict first, then the least busy. Five queries."""
    side = get_side(application)
    had = application.reviews.values("evaluator")
    rows = CourseEvaluator.objects.filter(ended_on=None).exclude(pk__in=had).select_related("person").prefetch_related("conflicts")
    busy: dict[object, int] = {}
    for evaluator in CourseReview.objects.filter(state=ReviewState.INVITED).values_list("evaluator", flat=True):
        busy[evaluator] = busy.get(evaluator, 0) + 1
    proposals = [
        Proposal(
            evaluator=row,
            conflicts=policy.conflicts(
                policy.Reviewer(
                    person=row.person_id,
                    name=row.person.name,
                    domain=policy.mail_domain(row.person.email),
                    employer=row.employer,
                    declared=frozenset(provider.pk for provider in row.conflicts.all()),
                ),
                side,
            ),
            busy=busy.get(row.pk, 0),
        )
        for row in rows
    ]
    return sorted(proposals, key=lambda proposal: (bool(proposal.conflicts), proposal.busy, proposal.evaluator.person.folded))


def list_reviews(application: CourseApplication) -> list[CourseReview]:
    """Give every review of an application, also those that were declined. One query."""
    return list(application.reviews.select_related("evaluator__person").order_by("slot", "invited_on", "id"))


def list_open_slots(application: CourseApplication, reviews: Collection[CourseReview]) -> list[int]:
    """Give the slots that no one has, of all reviews; none where the application is not in review. No query."""
    if application.state != CourseState.IN_REVIEW:
        return []
    taken = {review.slot for review in reviews if review.state in HELD}
    return [slot for slot in SLOTS if slot not in taken]


def is_changed_since_reviews(seal: CourseSeal | None, reviews: Collection[CourseReview]) -> bool:
    """Say whether an application was sent again, as the newest seal has it, after someone recommended. No query."""
    if seal is None or seal.number == 1:
        return False
    return any(review.state == ReviewState.DONE and review.finished_at and review.finished_at < seal.sealed_at for review in reviews)


def waits_for_reviews(application: CourseApplication, reviews: Collection[CourseReview]) -> str:
    """Say what is missing before a decision: two recommendations on a new course, on a renewal those asked for; "" for nothing."""
    states = [review.state for review in reviews if review.state in HELD]
    count = sum(state == ReviewState.DONE for state in states)
    if application.kind == ApplicationKind.RENEWAL:
        return "An evaluator has not answered yet. Wait, or unassign the course." if count < len(states) else ""
    return "" if count == len(SLOTS) else f"Two course evaluators recommend first. {'One has' if count == 1 else 'None has'} so far."


@Question
def find_missing_statement(person: Any, on: date) -> str:
    """Say what a member of the committee must sign before they decide on a day, "" for nothing. One query."""
    return ""


def why_not_sit(user: User, *, on: date) -> str:
    """Say why a member of the committee may not decide on courses on a day, "" where they may, and for staff. One query."""
    return find_missing_statement(user, on) if is_committee(user) and not is_staff(user) else ""


def why_not_decide(application: CourseApplication, user: User, *, reviews: Collection[CourseReview], on: date) -> str:
    """Say why this person may not decide on this application, "" where they may: no one decides on their own. Three queries at most."""
    if is_own(application, user):
        return application.STATES.own
    if ProviderContact.objects.filter(person=user, provider=application.provider_id, state=ContactState.CONFIRMED).exists():
        return "You represent this provider. Someone else must decide on it."
    if any(review.evaluator.person_id == user.pk and review.state in HELD for review in reviews):
        return "You review this course. Someone else must decide on it."
    if policy.teaches(user.name, application.instructors.values_list("name", flat=True)):
        return "An instructor of this course has your name. Someone else must decide on it."
    return why_not_sit(user, on=on)


def list_in_review() -> QuerySet[CourseApplication]:
    """Give the applications that wait for a decision, by their due date."""
    waiting = CourseApplication.objects.filter(state=CourseState.IN_REVIEW).select_related("provider", "set", "person")
    return waiting.prefetch_related("reviews").order_by("decide_by", "id")


def list_refused_courses(person: User) -> list[CourseApplication]:
    """Give the courses that a person sent and that were refused, newest first. One query."""
    return list(CourseApplication.objects.filter(person=person, state=CourseState.REFUSED).order_by("-decided_at", "id"))


def list_my_reviews(person: User) -> QuerySet[CourseReview]:
    """Give what an evaluator has to review, by its due date, then what is done, the newest first."""
    rows = CourseReview.objects.visible_to(person).filter(state__in=[ReviewState.INVITED, ReviewState.DONE])
    rows = rows.select_related("application__provider", "application__set")
    due = Case(When(state=ReviewState.INVITED, then="review_by"))
    return rows.order_by(due.asc(nulls_last=True), F("finished_at").desc(nulls_last=True), "id")


def list_requests() -> QuerySet[ProviderContact]:
    """Give the requests to speak for a provider, the oldest first."""
    return ProviderContact.objects.filter(state=ContactState.ASKED).select_related("person", "provider").order_by("asked_at", "id")


def list_course_requests() -> QuerySet[CourseRequest]:
    """Give the course requests that wait for an answer, the oldest first."""
    return CourseRequest.objects.filter(state=CourseRequestState.OPEN).select_related("set").order_by("asked_at", "id")


def where_review_stands(row: CourseApplication) -> tuple[str, str]:
    """Say what an application in review waits for, and who has it; needs its reviews loaded."""
    held = [review for review in row.reviews.all() if review.state in HELD]
    return describe_stage(row.kind, held=len(held), done=sum(review.state == ReviewState.DONE for review in held))


def describe_stage(kind: str, *, held: int, done: int) -> tuple[str, str]:
    """Say what an application waits for, and who has it, when so many evaluators have a slot and so many recommended."""
    if kind == ApplicationKind.NEW and held < len(SLOTS):
        return "Ask course evaluators", "Staff"
    if done < held:
        return "Recommendations on a course", "Course evaluators"
    return "Decide on a course", "Staff or committee"
