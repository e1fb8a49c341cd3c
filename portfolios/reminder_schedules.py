"""Who is reminded of what in this app: evaluators, of invitations and ratings; candidates, of the last day to send more."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import DateField, ExpressionWrapper, F
from django.urls import reverse

from ledger.reminder_schedules import Due, ReminderContent, reminder_schedule
from people.templatetags.words import longdate
from portfolios.models import Assignment, Portfolio
from portfolios.notices import TO_CANDIDATE, TO_EVALUATOR, invitation_path
from portfolios.states import AssignmentState, State


@reminder_schedule(
    "portfolios.invitation",
    title="Invitation to rate a portfolio, not answered",
    counts_from="the day of the invitation",
    offsets=("3 days", "6 days"),
    notice="portfolios/invitation_due",
)
def invitation_due() -> Due:
    """Evaluators who have not answered an invitation."""
    rows = Assignment.objects.filter(state=AssignmentState.INVITED)
    return Due(rows, thing="id", due_date="invited_on", since="invited_on", person="evaluator__person")


@invitation_due.content
def render_invitation(ids: Collection[UUID], *, today: date) -> dict[UUID, ReminderContent]:
    """The link that needs no sign-in, and the last day to answer, which is still on time. One query."""
    rows = Assignment.objects.filter(id__in=ids).select_related("portfolio__set", "portfolio__terms")
    return {
        row.id: ReminderContent(
            path=invitation_path(row),
            context={"set": row.portfolio.set.name, "accept_by": longdate(row.accept_by), "over": row.accept_by < today},
            why=TO_EVALUATOR,
            secret=True,
        )
        for row in rows
    }


@reminder_schedule(
    "portfolios.rating",
    title="Portfolio to rate",
    counts_from="the last day for the ratings",
    offsets=("-7 days", "-3 days", "0 days", "3 days"),
    notice="portfolios/rating_due",
)
def rating_due() -> Due:
    """Evaluators who accepted and have not sent their ratings."""
    rows = Assignment.objects.filter(state=AssignmentState.ACCEPTED)
    return Due(rows, thing="id", due_date="rate_by", since="accepted_on", person="evaluator__person")


@rating_due.content
def render_rating(ids: Collection[UUID], *, today: date) -> dict[UUID, ReminderContent]:
    """The portfolio's set and the last day, with a calendar file while it is ahead. One query."""
    rows = Assignment.objects.filter(id__in=ids).select_related("portfolio__set")
    return {row.id: _rating(row, today=today) for row in rows if row.rate_by is not None}


def _rating(row: Assignment, *, today: date) -> ReminderContent:
    by = row.rate_by or today
    name = row.portfolio.set.name
    calendar = (by, f"Last day to rate a {name} portfolio (LSSC)") if by >= today else None
    return ReminderContent(
        path=reverse("portfolios:invitation", args=[row.id]),
        context={"set": name, "rate_by": longdate(by)},
        calendar=calendar,
        why=TO_EVALUATOR,
    )


@reminder_schedule(
    "portfolios.supplement",
    title="More requested on a portfolio, not sent yet",
    counts_from="the last day to send more",
    offsets=("-30 days", "-7 days", "-1 days"),
    notice="portfolios/supplement_due",
)
def supplement_due() -> Due:
    """Candidates who are asked for more and have not sent it."""
    asked_on = ExpressionWrapper(F("supplement_by") - F("terms__supplement_days"), output_field=DateField())
    rows = Portfolio.objects.filter(state=State.ASKED).annotate(asked_on=asked_on)
    return Due(rows, thing="id", due_date="supplement_by", since="asked_on", person="candidacy__person")


@supplement_due.content
def render_supplement(ids: Collection[UUID], *, today: date) -> dict[UUID, ReminderContent]:
    """The set and the last day, with a calendar file. One query."""
    rows = Portfolio.objects.filter(id__in=ids, supplement_by__isnull=False).select_related("set")
    return {row.id: _supplement(row, by=row.supplement_by) for row in rows if row.supplement_by}


def _supplement(row: Portfolio, *, by: date) -> ReminderContent:
    return ReminderContent(
        path=reverse("portfolios:portfolio", args=[row.id]),
        context={"set": row.set.name, "supplement_by": longdate(by)},
        calendar=(by, f"Last day to send more for your {row.set.name} portfolio (LSSC)"),
        why=TO_CANDIDATE,
    )
