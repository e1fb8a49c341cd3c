"""Numbers for the office's reports; no names."""

from datetime import date
from typing import Any

from django.db.models import F, QuerySet

from courses.models import Completion, CourseApplication
from courses.states import CourseState
from ledger import queries as ledger
from ledger.queues import day


def list_decision_days(*, first_on: date, last_on: date) -> list[int]:
    """For each completion decided in these days, the days since it was sent. One query."""
    return _count_days(Completion.objects.all(), day("claimed_at"), first_on=first_on, last_on=last_on)


def list_approval_days(*, first_on: date, last_on: date) -> list[int]:
    """For each course approved or refused in these days, the days since its fee was paid. One query."""
    decided = CourseApplication.objects.filter(state__in=[CourseState.APPROVED, CourseState.REFUSED], paid_on__isnull=False)
    return _count_days(decided, F("paid_on"), first_on=first_on, last_on=last_on)


def _count_days(rows: QuerySet[Any, Any], since: Any, *, first_on: date, last_on: date) -> list[int]:
    decided = rows.alias(on=day("decided_at")).filter(on__gte=first_on, on__lte=last_on)
    return ledger.list_days(decided, since, F("on"))
