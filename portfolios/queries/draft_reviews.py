"""Drafts that are shared for comments, what staff said about them, suggestions and the planner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Prefetch, QuerySet

from portfolios import policy
from portfolios.models import PlannerMark, Portfolio, PreReview, Remark, Suggestion
from portfolios.states import PreReviewState
from programs import policy as dates
from programs import queries as programs

if TYPE_CHECKING:
    from people.models import User


@dataclass(frozen=True)
class Plan:
    """What a person says of one set: how many of its competencies they can do, and what that suggests."""

    set: Any
    total: int
    can: int

    @property
    def advice(self) -> str:
        """By a portfolio, by a course, or nothing as long as nothing is marked."""
        return policy.advise(self.can, total=self.total)


def get_open_review(portfolio: Portfolio) -> PreReview | None:
    """The pre-review for which a draft is shared now, or None. One query."""
    return portfolio.pre_reviews.filter(state=PreReviewState.SHARED).first()


def list_reviews(portfolio: Portfolio) -> list[PreReview]:
    """The pre-reviews that staff answered, newest first, with their remarks by competency. Two queries."""
    remarks = Prefetch("remarks", Remark.objects.select_related("response__competency").order_by("response__competency__number"))
    rows = portfolio.pre_reviews.filter(state=PreReviewState.ANSWERED).select_related("answered_by").prefetch_related(remarks)
    return list(rows.order_by("-ended_at"))


def list_remarks(portfolio: Portfolio, *, number: int) -> list[Remark]:
    """What staff said about one competency, newest first. One query."""
    rows = Remark.objects.filter(
        pre_review__portfolio=portfolio, pre_review__state=PreReviewState.ANSWERED, response__competency__number=number
    )
    return list(rows.select_related("pre_review").order_by("-pre_review__ended_at"))


def list_to_look_at(*, viewer: User | None = None) -> QuerySet[PreReview]:
    """The drafts that are shared with staff, the most urgent first; never the viewer's own."""
    rows = PreReview.objects.filter(state=PreReviewState.SHARED)
    if viewer is not None:
        rows = rows.exclude(portfolio__candidacy__person=viewer)
    return rows.select_related("portfolio__set", "portfolio__framework", "portfolio__candidacy__person").order_by("answer_by", "id")


def list_suggestions(competency: Any, *, on: date, chosen: Any = None) -> list[Suggestion]:
    """What is offered for a competency on a day, and the one that was `chosen` before, even if it is no longer offered. One query."""
    rows = Suggestion.objects.filter(competency=competency).in_force(on)
    if chosen is not None:
        rows = rows | Suggestion.objects.filter(pk=chosen)
    return list(rows.order_by("from_on", "id"))


def list_set_suggestions(competencies: Iterable[Any], *, at: datetime) -> dict[int, list[Suggestion]]:
    """Every suggestion of these competencies that is offered now or later, by the competency's number. One query."""
    today = dates.today(at)
    by_number: dict[int, list[Suggestion]] = defaultdict(list)
    rows = Suggestion.objects.filter(competency__in=[competency.pk for competency in competencies]).exclude(until_on__lt=today)
    for row in rows.select_related("competency").order_by("competency__number", "from_on", "id"):
        by_number[row.competency.number].append(row)
    return dict(by_number)


def list_offered(chosen: Any, *, on: date) -> dict[int, list[Suggestion]]:
    """What is offered on a day for the competencies of a set, by their numbers. One query."""
    by_number: dict[int, list[Suggestion]] = defaultdict(list)
    rows = Suggestion.objects.in_force(on).filter(competency__set=chosen).select_related("competency")
    for suggestion in rows.order_by("competency__number", "from_on", "id"):
        by_number[suggestion.competency.number].append(suggestion)
    return dict(by_number)


def count_suggestions(*, on: date) -> dict[int, int]:
    """How many suggestions are offered on a day, by the set's key. One query."""
    rows = Suggestion.objects.in_force(on).values_list("competency__set_id").annotate(count=Count("id"))
    return dict(rows.order_by())


def list_plans(person: User) -> list[Plan]:
    """What a person marked, set by set, for that person only. Two queries."""
    marks = PlannerMark.objects.filter(person=person).values_list("competency__set__code").annotate(count=Count("id"))
    counts: dict[str, int] = dict(marks.order_by())
    return [Plan(set=row, total=size, can=counts.get(row.code, 0)) for row, size in programs.list_sized_sets()]


def list_marks(person: User, competencies: Iterable[Any]) -> set[int]:
    """The numbers of the competencies that a person marked, for that person only. One query."""
    rows = PlannerMark.objects.filter(person=person, competency__in=[competency.pk for competency in competencies])
    return set(rows.values_list("competency__number", flat=True))
