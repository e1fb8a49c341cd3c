"""Apply for the approval of a course, or for its renewal: start, save, send, pay, withdraw."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.files import File
from django.db import transaction
from django.urls import reverse

from billing import actions as billing
from billing import policy as money
from billing import queries as charges
from courses import notices, queries
from courses.models import CourseApplication, CoursePage, CourseSeal, Instructor, MapRow, Offering, Provider, ProviderContact
from courses.queries.applications import MAP_FIELDS, PURPOSE
from courses.states import SENT, UNDECIDED, ApplicationKind, CourseState, NotComplete, ReviewState
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible
from people import documents
from people.states import Stale
from programs import actions as programs
from programs import policy as dates
from programs import queries as framework

if TYPE_CHECKING:
    from billing.models import Charge
    from people.models import User

OVER = "This application is closed, so it can no longer be changed."
SENT_ALREADY = "This was sent, so it can’t be changed now."
MOST_DRAFTS = 20
MOST_INSTRUCTORS = 12
PLACE = ("city", "state_code", "country")
COPIED = (
    "set",
    "title",
    "parts",
    "objectives",
    "syllabus",
    "readings",
    "methods",
    "assessment",
    "format",
    "pace",
    "price_cents",
    "starts_on",
    "dates",
    *PLACE,
    "contact_name",
    "contact_email",
    "website",
)
OF_OFFERING = ("set", "title", "parts", "format", "pace", "price_cents", "dates", *PLACE, "contact_name", "contact_email", "website")


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What a save left behind: the page's new version, and the moment."""

    version: int
    at: datetime


def start_course(provider: Provider, *, actor: User, at: datetime) -> CourseApplication:
    """Start the application of a new course. Raises NotPossible for someone who does not speak for the provider, or with many drafts."""
    with transaction.atomic():
        _check_contact(provider, actor)
        Provider.objects.select_for_update().get(pk=provider.pk)
        if CourseApplication.objects.filter(provider=provider, state=CourseState.DRAFT).count() >= MOST_DRAFTS:
            raise NotPossible(f"{provider.name} has {MOST_DRAFTS} drafts. Finish or withdraw one first.")
        draft = CourseApplication.objects.create(
            provider=provider, person=actor, started_at=at, contact_name=actor.name, contact_email=actor.email
        )
        ledger.record("courses.application.start", subject=draft, actor=actor, at=at, person=actor, details={"provider": provider.name})
        return draft


def start_renewal(offering: Offering, *, actor: User, at: datetime) -> CourseApplication:
    """Start the renewal of an approval from what was approved last and the catalog says now, or give the one that is begun.

    Raises NotPossible outside the time for it, with its dates.
    """
    with transaction.atomic():
        row = Offering.objects.select_for_update(of=("self",)).select_related("provider").get(pk=offering.pk)
        _check_contact(row.provider, actor)
        begun = CourseApplication.objects.filter(offering=row, kind=ApplicationKind.RENEWAL, state__in=UNDECIDED).first()
        if begun is not None:
            return begun
        _check_time(row, at=at)
        before = CourseApplication.objects.filter(offering=row, state=CourseState.APPROVED).order_by("-decided_at").first()
        copied = {name: getattr(before, name) for name in COPIED} if before else {}
        copied |= {name: getattr(row, name) for name in (*OF_OFFERING, "starts_on")}
        draft = CourseApplication.objects.create(
            kind=ApplicationKind.RENEWAL, provider=row.provider, offering=row, person=actor, started_at=at, **copied
        )
        if before:
            _copy_rows(before, draft, at=at)
        ledger.record("courses.application.start", subject=draft, actor=actor, at=at, person=actor, details={"provider": row.provider.name})
        return draft


def _copy_rows(before: CourseApplication, draft: CourseApplication, *, at: datetime) -> None:
    MapRow.objects.bulk_create(
        MapRow(application=draft, competency_id=row.competency_id, **{name: getattr(row, name) for name in MAP_FIELDS})
        for row in before.rows.all()
    )
    Instructor.objects.bulk_create(
        Instructor(application=draft, name=instructor.name, background=instructor.background, resume_id=instructor.resume_id, added_at=at)
        for instructor in before.instructors.all()
    )


def save_page(
    application: CourseApplication,
    *,
    page: str,
    version: int,
    actor: User,
    at: datetime,
    typed: Mapping[str, Any] | None = None,
    values: Mapping[str, Any] | None = None,
) -> Saved:
    """Save one page: valid `values` as answers, or else what was `typed` as it stands, so that nothing is lost.

    Another set, after the application was sent, opens the course map again. `version` is that of the page as the person saw it. Raises
    Stale when it was saved elsewhere since, NotPossible for a page that can't be changed any more.
    """
    with transaction.atomic():
        draft = _lock_writable(application, page, actor)
        row = _lock_page(draft, page, version)
        if values is not None:
            fields = [*values]
            if draft.state == CourseState.CHANGES and values.get("set", draft.set) != draft.set and "map" not in draft.asked_items:
                draft.asked_items = [*draft.asked_items, "map"]
                fields.append("asked_items")
            for name, value in values.items():
                setattr(draft, name, value)
            draft.save(update_fields=fields)
        return _save_page(row, typed={} if values is not None else dict(typed or {}), at=at)


def save_map(application: CourseApplication, *, rows: Mapping[int, Mapping[str, str]], version: int, actor: User, at: datetime) -> Saved:
    """Save the course map as it stands: for each competency, by its number, the four texts. Raises what `save_page` raises."""
    with transaction.atomic():
        draft = _lock_writable(application, "map", actor)
        page = _lock_page(draft, "map", version)
        for competency, _ in queries.list_map(draft):
            texts = rows.get(competency.number)
            if texts is not None:
                MapRow.objects.update_or_create(
                    application=draft, competency=competency, defaults={name: texts.get(name, "") for name in MAP_FIELDS}
                )
        return _save_page(page, typed={}, at=at)


def add_instructor(
    application: CourseApplication, *, name: str, background: str, upload: File[Any] | documents.Kept, actor: User, at: datetime
) -> Instructor:
    """Add an instructor with a resume. Raises what `documents.keep` refuses, NotPossible for too many."""
    with transaction.atomic():
        draft = _lock_writable(application, "instructors", actor)
        if draft.instructors.count() >= MOST_INSTRUCTORS:
            raise NotPossible(f"You can add {MOST_INSTRUCTORS} instructors. Add those who teach most of the course.")
        resume = documents.keep(actor, upload, kind="courses.resume", at=at)
        return Instructor.objects.create(application=draft, name=name, background=background, resume=resume, added_at=at)


def remove_instructor(instructor: Instructor, *, actor: User, at: datetime) -> None:
    """Remove an instructor; removing one twice changes nothing."""
    with transaction.atomic():
        draft = _lock_writable(instructor.application, "instructors", actor)
        draft.instructors.filter(pk=instructor.pk).delete()


def send_course(application: CourseApplication, *, actor: User, at: datetime) -> Charge | None:
    """Seal the application and send it: the first time with the charge for its fee, with asked changes back to those who decide (None).

    Sending it twice gives the same charge. Raises NotComplete where something is missing, NotPossible where a renewal is out of time, or
    where title or parts clash with the catalog.
    """
    with transaction.atomic():
        row = transitions.lock(CourseApplication, application.pk)
        _check_contact(row.provider, actor)
        if row.state == CourseState.AWAITING_PAYMENT:
            return charges.get_charge(purpose=PURPOSE, reference=row.id)
        verb = "resend" if row.state == CourseState.CHANGES else "send"
        CourseApplication.STATES.check(row.state, verb)
        _check_complete(row)
        check_named(row)
        if verb == "resend":
            _resend(row, actor=actor, at=at)
            return None
        return _send(row, actor=actor, at=at)


def _send(row: CourseApplication, *, actor: User, at: datetime) -> Charge:
    if row.kind == ApplicationKind.RENEWAL and row.offering is not None:
        _check_time(row.offering, at=at)
    today = dates.today(at)
    terms = framework.get_terms(today)
    programs.freeze(terms, at=at, actor=actor)
    row.person = actor
    row.save(update_fields=["person"])
    details = told(row)
    transitions.transition(row, "send", actor=actor, at=at, person=actor, details=details, terms=terms, sent_at=at, sent_on=today)
    _seal(row, at=at)
    row.pages.all().delete()
    charge = billing.charge(
        actor,
        purpose=PURPOSE,
        reference=row.id,
        kind=queries.fee_kind(row),
        member=False,
        on=today,
        description="Course approval renewal" if row.kind == ApplicationKind.RENEWAL else "Course approval",
        return_path=reverse("courses:application", args=[row.id]),
        actor=actor,
        at=at,
    )
    notices.course_received(row, fee=money.dollars(charge.amount_cents), at=at)
    return charge


def _resend(row: CourseApplication, *, actor: User, at: datetime) -> None:
    """Send it again; who recommended on it for another set looks at it again, so that no one decides on a map that no one read."""
    before = row.seals.order_by("-number").values_list("content__set", flat=True).first()
    decide_by = plan_decision(row, dates.today(at))
    transitions.transition(
        row, "resend", actor=actor, at=at, person=actor, details=told(row), decide_by=decide_by, asked_items=[], asked_text=""
    )
    _seal(row, at=at)
    row.pages.all().delete()
    notices.course_in_review(row, at=at)
    if row.set is not None and before != row.set.name:
        ask_again(row, actor=actor, at=at)


def ask_again(row: CourseApplication, *, actor: User, at: datetime) -> None:
    """Ask those who recommended to look at the application as it is now."""
    today = dates.today(at)
    review_by = today + timedelta(days=row.terms.course_review_days if row.terms else 0)
    for review in row.reviews.select_for_update(of=("self",)).filter(state=ReviewState.DONE).order_by("slot"):
        changes: dict[str, Any] = {"invited_on": today, "review_by": review_by, "finished_at": None}
        transitions.transition(review, "again", actor=actor, at=at, person=review.evaluator.person, details=told(row), **changes)
        notices.review_invited(review, at=at)


def pay_course(application_id: UUID | str, *, settled_at: datetime, at: datetime) -> None:
    """Put a paid application before those who decide; hearing of it again, or after a withdrawal, changes nothing."""
    with transaction.atomic():
        row = transitions.lock(CourseApplication, application_id)
        if row.state != CourseState.AWAITING_PAYMENT:
            return
        paid_on = dates.today(settled_at)
        decide_by = plan_decision(row, paid_on)
        details = {**told(row), "decide_by": decide_by}
        transitions.transition(row, "pay", actor=None, at=at, person=row.person, details=details, paid_on=paid_on, decide_by=decide_by)
        notices.course_in_review(row, at=at)


def withdraw_course(application: CourseApplication, *, actor: User, at: datetime) -> None:
    """Withdraw what is not decided; an open charge is cancelled, a paid fee is a separate decision of staff."""
    with transaction.atomic():
        row = transitions.lock(CourseApplication, application.pk, "withdraw")
        _check_contact(row.provider, actor)
        if row.state == CourseState.AWAITING_PAYMENT:
            if charges.is_settled(purpose=PURPOSE, reference=row.id):
                raise NotPossible("Your fee arrived a moment ago. Check again in a minute, and withdraw then if you still want to.")
            charge = charges.get_charge(purpose=PURPOSE, reference=row.id)
            if charge is not None:
                billing.cancel(charge, actor=actor, at=at, reason="The application was withdrawn.")
        for review in row.reviews.select_for_update().filter(state="invited"):
            transitions.transition(
                review,
                "replace",
                actor=None,
                at=at,
                person=review.evaluator.person,
                details=told(row),
                reason="The application was withdrawn.",
            )
            notices.review_over(review, at=at)
        transitions.transition(row, "withdraw", actor=actor, at=at, person=row.person, details=told(row))


def told(row: CourseApplication) -> dict[str, Any]:
    """Give the details that every sentence on an application has."""
    return {"course": str(row), "provider": row.provider.name, "set": row.set.name if row.set else ""}


def plan_decision(row: CourseApplication, day: date) -> date:
    """Give the day by which a course is decided, counted from the day on which those who decide have it."""
    return day + timedelta(days=row.terms.course_decide_days if row.terms else 0)


def _seal(row: CourseApplication, *, at: datetime) -> None:
    content = queries.snapshot(row)
    written = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    sha256 = hashlib.sha256(written).hexdigest()
    CourseSeal.objects.create(application=row, number=row.seals.count() + 1, content=content, sha256=sha256, sealed_at=at)


def _check_contact(provider: Provider, actor: User) -> None:
    if not ProviderContact.objects.confirmed().filter(person=actor, provider=provider).exists():
        raise NotPossible(f"You don’t represent {provider.name} anymore.")


def _check_time(offering: Offering, *, at: datetime) -> None:
    time = queries.get_renewal_time(offering, today=dates.today(at))
    if time is None:
        raise NotPossible("We don’t have the approval dates for this course. Send us its letter of approval first.")
    if not time.is_open:
        raise NotPossible(time.words)


def _check_complete(row: CourseApplication) -> None:
    missing = [queries.SHORT_NAMES[task.page] for task in queries.list_tasks(row) if task.page != "check" and not task.done]
    if missing:
        raise NotComplete(f"Something is still missing: {', '.join(missing)}.")


def check_named(row: CourseApplication) -> None:
    """Raise NotPossible where the title or the parts clash with the provider's courses in the catalog."""
    _, words = queries.why_not_named(row, set_code=row.set.code if row.set else "", title=row.title, parts=row.parts)
    if words:
        raise NotPossible(f"{words}.")


def _lock_writable(application: CourseApplication, page: str, actor: User) -> CourseApplication:
    row = transitions.lock(CourseApplication, application.pk)
    _check_contact(row.provider, actor)
    if not queries.can_write(row, page):
        over = row.state not in SENT and row.state != CourseState.DRAFT
        raise NotPossible(OVER if over else SENT_ALREADY)
    return row


def _lock_page(draft: CourseApplication, page: str, version: int) -> CoursePage:
    """Give the page's row; the application's lock already keeps other writers away."""
    row = queries.get_page(draft, page)
    if row.version != version:
        raise Stale(row.version)
    return row


def _save_page(page: CoursePage, *, typed: dict[str, Any], at: datetime) -> Saved:
    page.version += 1
    page.typed = typed
    page.saved_at = at
    page.save()
    return Saved(version=page.version, at=at)
