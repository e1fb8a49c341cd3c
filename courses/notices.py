"""Which email an event of this app brings, to whom, and with which context; that a set is achieved is told by `candidates`."""

from datetime import date, datetime

from django.urls import reverse

from courses.models import Completion, Confirmation, CourseApplication, CourseRequest, CourseReview, ProviderContact
from ledger import actions as ledger
from people.signed_links import SignedLink
from people.templatetags.words import longdate
from programs import queries as programs

WHY = "you sent proof of a course to the program"
WHY_CONTACT = "you represent a course provider"
WHY_REVIEWER = "you review courses for the program"
CONFIRMATION = SignedLink("courses.confirmation", "PROVIDER_LINK_DAYS")


def claim_received(completion: Completion, *, at: datetime) -> None:
    """Say that the proof is here and who has it now."""
    _candidate(completion, "claim_received", at=at)


def claim_refused(completion: Completion, *, at: datetime) -> None:
    """Say that the completion was not accepted, why, and what would help."""
    until, key = longdate(programs.get_appeal_day(at)), f"{completion.id}:{at.isoformat()}"
    _candidate(completion, "claim_refused", key=key, at=at, reason=completion.refusal_text, appeal_until=until)


def claim_asked(completion: Completion, *, until: date, at: datetime) -> None:
    """Say that the provider is asked, until when, and what to do if no one answers."""
    _candidate(completion, "claim_asked", at=at, provider=completion.offering.provider.name, until=longdate(until))


def not_confirmed(completion: Completion, *, words: str, at: datetime) -> None:
    """Say that the provider did not confirm, in its words, and what would help."""
    _candidate(completion, "not_confirmed", at=at, provider=completion.offering.provider.name, words=words)


def part_accepted(completion: Completion, *, left: list[str], at: datetime) -> None:
    """Say that one course of several is accepted, and which are left."""
    _candidate(completion, "part_accepted", at=at, course=completion.title, left=" and ".join(left))


def _candidate(completion: Completion, notice: str, *, at: datetime, key: object = None, **context: str) -> None:
    ledger.queue_email(
        completion.person,
        f"courses/{notice}",
        key=key or completion.id,
        at=at,
        path=reverse("courses:claimed", args=[completion.id]),
        context={"set": completion.set.name, **context},
        why=WHY,
    )


def confirmation_asked(confirmation: Confirmation, *, at: datetime) -> None:
    """Ask a provider's contact whether a candidate finished a course, with a link that works once and for them only."""
    ledger.queue_email(
        confirmation.contact.person,
        "courses/confirmation_asked",
        key=confirmation.id,
        at=at,
        path=confirmation_path(confirmation),
        context=confirmation_facts(confirmation),
        why=WHY_CONTACT,
        secret=True,
    )


def confirmation_path(confirmation: Confirmation) -> str:
    """Give the address of the link: the row's id, signed."""
    return reverse("courses:confirm", args=[CONFIRMATION.sign(confirmation.id)])


def confirmation_facts(confirmation: Confirmation) -> dict[str, str]:
    """Give what the email says; the candidate's name is on the page, not in the email."""
    return {"course": confirmation.completion.title, "provider": confirmation.contact.name, "until": longdate(confirmation.expires_on)}


def contact_confirmed(contact: ProviderContact, *, at: datetime) -> None:
    """Say that a person speaks for the provider now."""
    _contact(contact, "contact_confirmed", at=at)


def contact_refused(contact: ProviderContact, *, at: datetime) -> None:
    """Say that a request was not confirmed, why, and what would help."""
    _contact(contact, "contact_refused", at=at, reason=contact.refusal_text)


def _contact(contact: ProviderContact, notice: str, *, at: datetime, **context: str) -> None:
    ledger.queue_email(
        contact.person,
        f"courses/{notice}",
        key=contact.id,
        at=at,
        path=reverse("courses:portal"),
        context={"provider": contact.name, **context},
        why="you asked to represent a course provider",
    )


def course_received(application: CourseApplication, *, fee: str, at: datetime) -> None:
    """Say that the application is here, and that its fee is due."""
    _course(application, "course_received", key=application.id, at=at, fee=fee)


def course_in_review(application: CourseApplication, *, at: datetime) -> None:
    """Say who has the application now, and until when."""
    key = f"{application.id}:{application.decide_by}:{at.isoformat()}"
    _course(application, "course_in_review", key=key, at=at, decide_by=longdate(application.decide_by))


def course_changes(application: CourseApplication, *, at: datetime) -> None:
    """Say what should change."""
    _course(application, "course_changes", key=f"{application.id}:{at.isoformat()}", at=at, text=application.asked_text)


def course_approved(application: CourseApplication, *, until: date, at: datetime) -> None:
    """Say that the course is approved, and until when; the last day goes along as a calendar file."""
    _course(
        application,
        "course_approved",
        key=application.id,
        at=at,
        calendar=(until, f"Approval of {application} ends (LSSC)"),
        until=longdate(until),
        renewal=application.kind == "renewal",
    )


def course_refused(application: CourseApplication, *, at: datetime) -> None:
    """Say that the course is refused, with the reasons."""
    until = longdate(programs.get_appeal_day(at))
    _course(
        application, "course_refused", key=f"{application.id}:{at.isoformat()}", at=at, reason=application.decision_text, appeal_until=until
    )


def _course(
    application: CourseApplication,
    notice: str,
    *,
    key: object,
    at: datetime,
    calendar: tuple[date, str] | None = None,
    **context: object,
) -> None:
    ledger.queue_email(
        application.person,
        f"courses/{notice}",
        key=key,
        at=at,
        path=reverse("courses:application", args=[application.id]),
        context={"course": str(application), **context},
        calendar=calendar,
        why=WHY_CONTACT,
    )


def review_invited(review: CourseReview, *, at: datetime) -> None:
    """Ask an evaluator to review a course, or to look at it again."""
    ledger.queue_email(
        review.evaluator.person,
        "courses/review_invited",
        key=f"{review.id}:{review.review_by}:{review.version}",
        at=at,
        path=reverse("courses:review", args=[review.id]),
        context={"course": str(review.application), "review_by": longdate(review.review_by), "again": review.version > 0},
        calendar=(review.review_by, "Recommend on a course (LSSC)"),
        why=WHY_REVIEWER,
    )


def review_over(review: CourseReview, *, at: datetime) -> None:
    """Say that a review is no longer needed."""
    ledger.queue_email(
        review.evaluator.person,
        "courses/review_over",
        key=review.id,
        at=at,
        path=reverse("courses:reviews"),
        context={"course": str(review.application)},
        why=WHY_REVIEWER,
    )


def course_request_answered(course_request: CourseRequest, *, at: datetime) -> None:
    """Send the answer to a course request. Without the place where no one was signed in: the address may be a stranger's."""
    ledger.queue_email(
        course_request.person,
        "courses/course_request_answered",
        key=course_request.id,
        at=at,
        path=reverse("courses:catalog"),
        context={"place": course_request.place if course_request.person_id else "", "answer": course_request.answer},
        to=course_request.email,
        why="you asked us for a course near you",
    )
