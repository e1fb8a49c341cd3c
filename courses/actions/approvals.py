"""Decide on the application of a course: approve, ask for changes, refuse; and enter approvals from letters."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from courses import notices, policy, queries
from courses.actions.applications import OF_OFFERING, check_named, plan_decision, told
from courses.models import Approval, CourseApplication, Offering, Provider, ProviderContact
from courses.states import UNDECIDED, ApplicationKind, ReviewState
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible, NotYourDecision
from people.decisions import check_not_again, send_back
from programs import policy as dates

if TYPE_CHECKING:
    from people.models import User


def approve_course(application: CourseApplication, *, actor: User, at: datetime) -> Offering:
    """Approve a course: it is in the catalog from today, or its approval goes on from the old end.

    Raises NotYourDecision for someone who has a part in it or a member without this year's statement, NotPossible before two
    recommendations of a new course are in, or where its title or parts clash with the catalog.
    """
    with transaction.atomic():
        row = _lock(application, "approve", actor, at=at)
        if row.set is None or row.terms is None:
            raise NotPossible("This application is not complete.")
        Provider.objects.select_for_update().get(pk=row.provider_id)
        check_named(row)
        Approval.objects.select_for_update().filter(offering=row.offering).first()
        offering = _list(row)
        before = offering.approvals.order_by("-last_on").first()
        if row.kind == ApplicationKind.RENEWAL and before is not None:
            period = policy.next_approval(
                ended_on=before.last_on, anchor_on=before.anchor_on, months_before=before.months, months=row.terms.approval_months
            )
        else:
            period = policy.first_approval(dates.today(at), months=row.terms.approval_months)
        Approval.objects.create(
            offering=offering,
            first_on=period.first_on,
            last_on=period.last_on,
            anchor_on=period.anchor_on,
            months=period.months,
            terms=row.terms,
            application=row,
            source="Approved here",
            entered_at=at,
        )
        _copy_newest(offering, at=at)
        transitions.transition(
            row,
            "approve",
            actor=actor,
            at=at,
            person=row.person,
            details={**told(row), "approved_until": period.last_on},
            offering=offering,
            decided_at=at,
            decided_by=actor,
        )
        _end_reviews(row, at=at)
        notices.course_approved(row, until=period.last_on, at=at)
        return offering


def _list(row: CourseApplication) -> Offering:
    """Put the course into the catalog, or bring its entry up to date; the same title of the same provider and set is one course.

    `check_named` has seen to it that an entry keeps its parts.
    """
    details = {name: getattr(row, name) for name in (*OF_OFFERING, "starts_on") if name not in ("set", "title")}
    if row.offering is not None:
        offering = row.offering
        for name, value in {**details, "title": row.title}.items():
            setattr(offering, name, value)
        offering.save()
        return offering
    offering, _ = Offering.objects.update_or_create(provider=row.provider, set=row.set, title=row.title, defaults=details)
    return offering


def ask_changes(application: CourseApplication, *, items: Collection[str], text: str, actor: User, at: datetime) -> None:
    """Ask for changes: the named pages open again, the rest stays as it was sent.

    Raises NotPossible without a page or words, NotYourDecision for someone who has a part in it.
    """
    known = [page for page in queries.list_pages(application) if page in items]
    if not known or not text.strip():
        raise NotPossible("Name at least one page, and explain what should change.")
    with transaction.atomic():
        row = _lock(application, "ask", actor, at=at)
        details = {**told(row), "items": [queries.SHORT_NAMES[page] for page in known]}
        transitions.transition(
            row, "ask", actor=actor, at=at, person=row.person, reason=text, details=details, asked_items=known, asked_text=text
        )
        notices.course_changes(row, at=at)


def refuse_course(application: CourseApplication, *, reason: str, actor: User, at: datetime) -> None:
    """Refuse a course with reasons. Raises NotPossible without them or before the recommendations, NotYourDecision as above."""
    if not reason.strip():
        raise NotPossible("Explain why, and what would help.")
    with transaction.atomic():
        row = _lock(application, "refuse", actor, at=at)
        decided = {"decided_at": at, "decided_by": actor, "decision_text": reason}
        transitions.transition(row, "refuse", actor=actor, at=at, person=row.person, reason=reason, details=told(row), **decided)
        _end_reviews(row, at=at)
        notices.course_refused(row, at=at)


def remand_course(application: CourseApplication, *, reason: str, actor: User, at: datetime) -> None:
    """Put a refused course before those who decide again as it was sent, after an appeal: its recommendations stand, and no fee is due.

    Raises NotYourDecision for one's own, NotPossible where the course is being renewed by another application.
    """
    with transaction.atomic():
        row = transitions.lock(CourseApplication, application.pk, "remand", decider=actor)
        same = CourseApplication.objects.filter(offering=row.offering, kind=ApplicationKind.RENEWAL, state__in=UNDECIDED)
        if row.kind == ApplicationKind.RENEWAL and same.exists():
            raise NotPossible("The provider has since sent or started another renewal of this course. Decide on that one instead.")
        due = {"decide_by": plan_decision(row, dates.today(at))}
        details = {**told(row), **due}
        send_back(row, reason=reason, actor=actor, at=at, person=row.person, details=details, **due, decision_text="")


def enter_approval(
    offering: Offering, *, approved_on: date, approved_until: date, reason: str, actor: User, at: datetime, is_correction: bool = True
) -> None:
    """Enter from when to when a course is approved, as its letter of approval says; `reason` names that source.

    A correction takes the place of the newest dates; another approval stands beside the earlier ones, which go on counting. What was
    decided under earlier dates stands. Raises NotPossible without a source, or where the end is not after the beginning, and
    NotYourDecision for someone who speaks for the provider.
    """
    if not reason.strip():
        raise NotPossible("Tell us where these dates come from.")
    if approved_until <= approved_on:
        raise NotPossible("The last day of the approval must be after its first day.")
    with transaction.atomic():
        row = Offering.objects.select_for_update().get(pk=offering.pk)
        if ProviderContact.objects.confirmed().filter(person=actor, provider=row.provider_id).exists():
            raise NotYourDecision("You represent this provider. Another staff member must enter these dates.")
        newest = row.approvals.order_by("-last_on").first()
        entered = newest if is_correction and newest else Approval(offering=row)
        entered.first_on, entered.last_on, entered.anchor_on, entered.months = approved_on, approved_until, approved_until, 0
        entered.source, entered.entered_at = reason, at
        entered.save()
        _copy_newest(row, at=at)
        details = {"offering": row.title, "approved_on": approved_on, "approved_until": approved_until}
        ledger.record("courses.offering.approval", subject=row, actor=actor, at=at, details=details, reason=reason)


def _copy_newest(offering: Offering, *, at: datetime) -> None:
    """Keep the newest period on the course itself, where the catalog and the reminders find it."""
    newest = offering.approvals.order_by("-last_on").first()
    if newest is None:
        return
    offering.approved_on, offering.approved_until, offering.promised_on = newest.first_on, newest.last_on, dates.today(at)
    offering.save(update_fields=["approved_on", "approved_until", "promised_on"])


def _lock(application: CourseApplication, verb: str, actor: User, *, at: datetime) -> CourseApplication:
    row = transitions.lock(CourseApplication, application.pk, verb)
    reviews = queries.list_reviews(row)
    if why := queries.why_not_decide(row, actor, reviews=reviews, on=dates.today(at)):
        raise NotYourDecision(why)
    check_not_again(row, actor)
    if waits := queries.waits_for_reviews(row, reviews):
        raise NotPossible(waits)
    return row


def _end_reviews(row: CourseApplication, *, at: datetime) -> None:
    for review in row.reviews.select_for_update(of=("self",)).filter(state=ReviewState.INVITED):
        transitions.transition(
            review, "replace", actor=None, at=at, person=review.evaluator.person, details=told(row), reason="The course was decided."
        )
        notices.review_over(review, at=at)
