"""Course evaluators: approve them, ask two to look at a course, take their recommendations."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from courses import notices, queries
from courses.actions.applications import Saved, ask_again, told
from courses.models import CourseApplication, CourseEvaluator, CourseReview, Provider
from courses.states import Advice, Conflict, CourseState, NotComplete, ReviewState
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible
from people import actions as people
from people.states import Role, Stale
from programs import policy as dates

if TYPE_CHECKING:
    from people.models import User


def approve_course_evaluator(
    person: User, *, employer: str = "", conflicts: Collection[Provider] = (), actor: User | None, at: datetime
) -> CourseEvaluator:
    """Let a person review courses; approving again changes employer and conflicts. No one approves themselves (NotPossible)."""
    if actor is not None and actor.pk == person.pk:
        raise NotPossible("You can’t approve yourself. Ask a colleague.")
    with transaction.atomic():
        people.give_role(person, Role.COURSE_EVALUATOR, actor=actor, at=at)
        evaluator, _ = CourseEvaluator.objects.update_or_create(
            person=person,
            defaults={"employer": employer, "ended_on": None},
            create_defaults={"employer": employer, "approved_on": dates.today(at)},
        )
        evaluator.conflicts.set(conflicts)
        ledger.record("courses.evaluator.approve", subject=evaluator, actor=actor, at=at, person=person)
        return evaluator


def end_course_evaluator(evaluator: CourseEvaluator, *, reason: str, actor: User, at: datetime) -> None:
    """End that a person reviews courses; what they recommended stands. Raises NotPossible without a reason, or while they have a course."""
    if not reason.strip():
        raise NotPossible("Explain why this is ending.")
    with transaction.atomic():
        row = CourseEvaluator.objects.select_for_update(of=("self",)).get(pk=evaluator.pk)
        if row.reviews.filter(state=ReviewState.INVITED).exists():
            raise NotPossible(f"{row.person} has a course to review. Assign it to someone else first.")
        row.ended_on = dates.today(at)
        row.save(update_fields=["ended_on"])
        people.take_role(row.person, Role.COURSE_EVALUATOR, actor=actor, at=at)
        ledger.record("courses.evaluator.end", subject=row, actor=actor, at=at, person=row.person, reason=reason)


def invite_reviewers(
    application: CourseApplication, *, evaluators: Sequence[CourseEvaluator], actor: User, at: datetime
) -> list[CourseReview]:
    """Ask course evaluators to review an application, one for every slot that is open: two at first, later replacements.

    Raises Conflict where one of them has to do with the provider, NotPossible for a wrong number or where no one is needed.
    """
    with transaction.atomic():
        row = transitions.lock(CourseApplication, application.pk)
        slots = queries.list_open_slots(row, queries.list_reviews(row))
        if not slots:
            raise NotPossible("This application needs no evaluator now. A colleague may have done it already.")
        if len({evaluator.pk for evaluator in evaluators}) != len(evaluators) or len(evaluators) != len(slots):
            raise NotPossible(f"Choose {'two different evaluators' if len(slots) == 2 else 'one evaluator'}.")
        possible = {proposal.evaluator.pk: proposal.conflicts for proposal in queries.propose_reviewers(row)}
        for evaluator in evaluators:
            why = possible.get(evaluator.pk, ("They had this course already.",))
            if why:
                raise Conflict(f"{evaluator.person} can’t review this course. {' '.join(why)}")
        return [_invite(row, evaluator, slot, actor=actor, at=at) for slot, evaluator in zip(slots, evaluators, strict=True)]


def _invite(row: CourseApplication, evaluator: CourseEvaluator, slot: int, *, actor: User, at: datetime) -> CourseReview:
    today = dates.today(at)
    review = CourseReview.objects.create(
        application=row, evaluator=evaluator, slot=slot, invited_on=today, review_by=today + timedelta(days=_days(row))
    )
    details = {**told(row), "review_by": review.review_by}
    ledger.record("courses.review.invite", subject=review, actor=actor, at=at, person=evaluator.person, details=details)
    notices.review_invited(review, at=at)
    return review


def _days(row: CourseApplication) -> int:
    return row.terms.course_review_days if row.terms else 0


def save_review(
    review: CourseReview, *, advice: str, comment: str, rows: Mapping[str, str], version: int, actor: User, at: datetime
) -> Saved:
    """Keep what an evaluator wrote so far; no one else sees it.

    Raises Stale when another tab was faster, NotPossible after sending.
    """
    with transaction.atomic():
        row = transitions.lock(CourseReview, review.pk, "recommend")
        _check_mine(row, actor)
        if row.version != version:
            raise Stale(row.version)
        row.advice, row.comment, row.rows = advice, comment, {number: text for number, text in rows.items() if text.strip()}
        row.version, row.saved_at = version + 1, at
        row.save(update_fields=["advice", "comment", "rows", "version", "saved_at"])
        return Saved(version=row.version, at=at)


def recommend(review: CourseReview, *, actor: User, at: datetime) -> None:
    """Send a recommendation as it is saved. Raises NotComplete without advice, or without words for anything but approval."""
    with transaction.atomic():
        row = transitions.lock(CourseReview, review.pk, "recommend")
        _check_mine(row, actor)
        if row.advice not in Advice.values:
            raise NotComplete("Choose what you recommend.")
        if row.advice != Advice.APPROVE and not row.comment.strip() and not row.rows:
            raise NotComplete("Explain what should change, or why not, in the comment or for a competency.")
        details = {**told(row.application), "advice": Advice(row.advice).label.lower()}
        transitions.transition(row, "recommend", actor=actor, at=at, person=actor, details=details, finished_at=at)


def decline_review(review: CourseReview, *, reason: str, is_conflict: bool, actor: User, at: datetime) -> None:
    """Decline to review a course; a conflict of interest is kept, so that no one asks about this provider again."""
    if not reason.strip():
        raise NotPossible("Explain why, in a few words.")
    with transaction.atomic():
        row = transitions.lock(CourseReview, review.pk, "decline")
        _check_mine(row, actor)
        transitions.transition(row, "decline", actor=actor, at=at, person=actor, reason=reason, details=told(row.application))
        if is_conflict:
            row.evaluator.conflicts.add(row.application.provider)


def replace_reviewer(review: CourseReview, *, reason: str, actor: User, at: datetime) -> None:
    """Take a course back from an evaluator who does not answer. Raises NotPossible for one who is done, or without a reason."""
    if not reason.strip():
        raise NotPossible("Explain why, in a few words.")
    with transaction.atomic():
        row = transitions.lock(CourseReview, review.pk, "replace", decider=actor)
        transitions.transition(
            row, "replace", actor=actor, at=at, person=row.evaluator.person, reason=reason, details=told(row.application)
        )
        notices.review_over(row, at=at)


def ask_reviewers_again(application: CourseApplication, *, actor: User, at: datetime) -> None:
    """Ask both evaluators to look at the changed application. Raises NotPossible where it was not sent again since they recommended."""
    with transaction.atomic():
        row = transitions.lock(CourseApplication, application.pk)
        if row.state != CourseState.IN_REVIEW or not queries.is_changed_since_reviews(queries.get_seal(row), queries.list_reviews(row)):
            raise NotPossible("Nothing has changed since they recommended, so there is nothing to review again.")
        ask_again(row, actor=actor, at=at)


def _check_mine(row: CourseReview, actor: User) -> None:
    if row.evaluator.person_id != actor.pk:
        raise NotPossible("Another evaluator has this course.")
    if row.application.state != CourseState.IN_REVIEW:
        raise NotPossible("This course is not in review now. What you wrote is kept.")
