"""Providers, courses and completions, made through the actions where there is one."""

from datetime import date, datetime
from typing import Any

from courses import actions, queries
from courses.models import (
    Approval,
    Completion,
    CourseApplication,
    CourseEvaluator,
    CourseReview,
    Offering,
    Provider,
    ProviderContact,
)
from courses.queries.applications import PURPOSE
from programs import queries as programs
from tests.factories import people


def offering(
    title: str = "Words That Help", *, set_code: str = "communication", provider: str = "Prairie State Library", **known: Any
) -> Offering:
    """A course approved from June 30, 2025 to June 30, 2029: finishing it counts from June 30, 2023."""
    teaches, _ = Provider.objects.get_or_create(name=provider, defaults={"kind": "state_library", "state": "IL"})
    details = {"format": "online", "approved_on": date(2025, 6, 30), "approved_until": date(2029, 6, 30), **known}
    made = Offering.objects.create(provider=teaches, set=programs.get_set(set_code), title=title, **details)
    first, last = made.approved_on, made.approved_until
    if first and last:
        Approval.objects.create(
            offering=made, first_on=first, last_on=last, anchor_on=first, months=48, source="Letter", entered_at=people.AT
        )
    return made


def claimed(
    candidacy: Any, *, at: datetime, course: Offering | None = None, completed_on: date = date(2026, 10, 2), part: int | None = None
) -> Completion:
    """A completion that waits for staff."""
    made = actions.claim(
        candidacy,
        offering=course or offering(),
        completed_on=completed_on,
        upload=people.upload("proof.pdf"),
        part=part,
        actor=candidacy.person,
        at=at,
    )
    people.release()
    return made


WORDS = {
    "objectives": "Students find what a reader asks for.",
    "syllabus": "Week 1: the desk. Week 2: the question.",
    "readings": "Chapter 1 of the handbook.",
    "methods": "Discussion, and an exercise at their own desk.",
    "assessment": "A project that is graded.",
    "format": "online",
    "pace": "live",
    "price_cents": 9500,
    "dates": "Every fall, six weeks from September",
    "contact_name": "Pat Reyes",
    "contact_email": "pat@prairie.example",
}


def contact(
    person: Any, *, staff: Any, at: datetime, provider: str = "Prairie State Library", kind: str = "state_library"
) -> ProviderContact:
    """A person who speaks for a provider."""
    asked = actions.ask_contact(
        person, provider=None, new_name=provider, new_kind=kind, new_state="IL", post="Education coordinator", actor=person, at=at
    )
    return actions.confirm_contact(asked, actor=staff, at=at)


def draft(speaks: ProviderContact, *, at: datetime) -> CourseApplication:
    """The draft of a course with nothing in it."""
    assert speaks.provider is not None
    return actions.start_course(speaks.provider, actor=speaks.person, at=at)


def complete(application: CourseApplication, *, at: datetime, set_code: str = "communication", **changes: Any) -> CourseApplication:
    """A draft that can be sent: every page, one instructor, the whole map."""
    person = application.person
    one = programs.get_set(set_code)
    values = {"title": "Words at the Desk", "set": one, "parts": [], **WORDS, **changes}
    CourseApplication.objects.filter(pk=application.pk).update(**values)
    application.refresh_from_db()
    if not application.instructors.exists():
        actions.add_instructor(application, name="Ada Young", background="", upload=people.upload("ada.pdf"), actor=person, at=at)
        people.release()
    rows = {
        each.number: {"content": "Week 1", "readings": "Chapter 1", "assignments": "Exercise 1", "assessment": "Project"}
        for each in one.competencies.all()
    }
    actions.save_map(application, rows=rows, version=queries.get_page(application, "map").version, actor=person, at=at)
    return application


def sent(speaks: ProviderContact, *, at: datetime, **changes: Any) -> CourseApplication:
    """A course that waits for its fee."""
    made = complete(draft(speaks, at=at), at=at, **changes)
    actions.send_course(made, actor=speaks.person, at=at)
    made.refresh_from_db()
    return made


def pay(application: CourseApplication, *, at: datetime) -> CourseApplication:
    """Its fee is here."""
    from billing import queries as billing
    from tests.factories import billing as money

    charge = billing.get_charge(purpose=PURPOSE, reference=application.id)
    assert charge is not None
    money.settle(charge, at=at)
    actions.pay_course(application.id, settled_at=at, at=at)
    application.refresh_from_db()
    return application


def in_review(speaks: ProviderContact, *, at: datetime, **changes: Any) -> CourseApplication:
    """A course whose fee is paid."""
    return pay(sent(speaks, at=at, **changes), at=at)


def evaluator(person: Any, *, at: datetime, **changes: Any) -> CourseEvaluator:
    """Somebody who reviews courses."""
    return actions.approve_course_evaluator(person, actor=None, at=at, **changes)


def recommended(application: CourseApplication, *pair: CourseEvaluator, staff: Any, at: datetime, advice: str = "approve") -> None:
    """Two evaluators were asked, and have recommended."""
    for review in actions.invite_reviewers(application, evaluators=list(pair), actor=staff, at=at):
        recommend(review, at=at, advice=advice)


def recommend(review: CourseReview, *, at: datetime, advice: str = "approve", comment: str = "Clear and complete.") -> None:
    """One evaluator's recommendation."""
    person = review.evaluator.person
    review.refresh_from_db()
    actions.save_review(review, advice=advice, comment=comment, rows={"2": "Add a reading."}, version=review.version, actor=person, at=at)
    actions.recommend(review, actor=person, at=at)


def asked(candidacy: Any, *, at: datetime, course: Offering, completed_on: date = date(2026, 10, 2), **changes: Any) -> Completion:
    """A completion that the provider is asked to confirm."""
    return actions.claim(candidacy, offering=course, completed_on=completed_on, upload=None, actor=candidacy.person, at=at, **changes)
