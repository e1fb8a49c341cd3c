"""Who is reminded of what in this room: evaluators, of invitations to answer and of portfolios to rate."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.urls import reverse

from ledger.ladders import Due, Say, ladder
from people.templatetags.words import longdate
from portfolios.models import Assignment
from portfolios.notices import TO_EVALUATOR, invitation_path
from portfolios.states import AssignmentState


@ladder(
    "portfolios.invitation",
    title="Invitation to rate a portfolio, not answered",
    counts_from="the day of the invitation",
    rungs=("3 days", "6 days"),
    notice="portfolios/invitation_due",
)
def invitation_due() -> Due:
    """Evaluators who have not answered an invitation."""
    rows = Assignment.objects.filter(state=AssignmentState.INVITED)
    return Due(rows, thing="id", anchor="invited_on", since="invited_on", person="evaluator__person")


@invitation_due.words
def say_invitation(ids: Collection[UUID], *, today: date) -> dict[UUID, Say]:
    """The link that needs no sign-in, and the last day to answer, which is still in time. One query."""
    rows = Assignment.objects.filter(id__in=ids).select_related("portfolio__set", "portfolio__terms")
    return {
        row.id: Say(
            path=invitation_path(row),
            facts={"set": row.portfolio.set.name, "accept_by": longdate(row.accept_by), "over": row.accept_by < today},
            why=TO_EVALUATOR,
        )
        for row in rows
    }


@ladder(
    "portfolios.rating",
    title="Portfolio to rate",
    counts_from="the last day for the ratings",
    rungs=("-7 days", "-3 days", "0 days", "3 days"),
    notice="portfolios/rating_due",
)
def rating_due() -> Due:
    """Evaluators who accepted and have not sent their ratings."""
    rows = Assignment.objects.filter(state=AssignmentState.ACCEPTED)
    return Due(rows, thing="id", anchor="rate_by", since="accepted_on", person="evaluator__person")


@rating_due.words
def say_rating(ids: Collection[UUID], *, today: date) -> dict[UUID, Say]:
    """The portfolio's set and the last day, with a calendar file while it is ahead. One query."""
    rows = Assignment.objects.filter(id__in=ids).select_related("portfolio__set")
    return {row.id: _rating(row, today=today) for row in rows if row.rate_by is not None}


def _rating(row: Assignment, *, today: date) -> Say:
    by = row.rate_by or today
    name = row.portfolio.set.name
    calendar = (by, f"Last day to rate a {name} portfolio (LSSC)") if by >= today else None
    return Say(
        path=reverse("portfolios:invitation", args=[row.id]),
        facts={"set": name, "rate_by": longdate(by)},
        calendar=calendar,
        why=TO_EVALUATOR,
    )
