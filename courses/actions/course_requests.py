"""Requests for a course nearby: ask, answer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from courses import notices
from courses.models import CourseRequest
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible
from programs import policy as dates
from programs import queries as programs

if TYPE_CHECKING:
    from people.models import User
    from programs.models import CompetencySet


def course_request(*, person: User | None, email: str, set: CompetencySet | None, place: str, words: str, at: datetime) -> CourseRequest:
    """Ask for a course near a place; the same request while it waits is one."""
    with transaction.atomic():
        today = dates.today(at)
        same = CourseRequest.objects.filter(email__iexact=email, set=set, place__iexact=place, state="open").first()
        if same is not None:
            return same
        answer_by = dates.add_working_days(today, programs.get_terms(today).answer_working_days)
        row = CourseRequest.objects.create(person=person, email=email, set=set, place=place, words=words, asked_at=at, answer_by=answer_by)
        ledger.record("courses.course_request.ask", subject=row, actor=person, at=at, person=person, details={"place": place})
        return row


def answer_course_request(course_request: CourseRequest, *, answer: str, actor: User, at: datetime) -> None:
    """Answer a course request by email. Raises NotPossible without an answer, or when a colleague was faster."""
    if not answer.strip():
        raise NotPossible("Write an answer.")
    with transaction.atomic():
        row = transitions.lock(CourseRequest, course_request.pk, "answer")
        transitions.transition(
            row,
            "answer",
            actor=actor,
            at=at,
            person=row.person,
            details={"place": row.place},
            answer=answer,
            answered_at=at,
            answered_by=actor,
        )
        notices.course_request_answered(row, at=at)
