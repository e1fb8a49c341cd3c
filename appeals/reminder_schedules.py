"""Who is reminded: those whose grounds are due, and members of the committee whose yearly statement runs out."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.urls import reverse

from appeals.models import Appeal, Statement
from appeals.notices import WHY
from appeals.states import AppealState
from ledger.reminder_schedules import Due, ReminderContent, reminder_schedule
from people.states import Role
from people.templatetags.words import longdate


@reminder_schedule(
    "appeals.grounds",
    title="Grounds of an appeal due",
    counts_from="the last day for the grounds",
    offsets=("-7 days", "-2 days"),
    notice="appeals/grounds_due",
)
def grounds() -> Due:
    """Those who said that they appeal, and gave no grounds yet."""
    return Due(Appeal.objects.filter(state=AppealState.NOTICED), person="person", thing="id", due_date="grounds_by", since="noticed_on")


@grounds.content
def render_grounds(ids: Collection[UUID], *, today: date) -> dict[UUID, ReminderContent]:
    """Give the last day of each. One query."""
    return {
        row.id: ReminderContent(
            path=reverse("appeals:appeal", args=[row.id]),
            context={"title": row.title, "grounds_by": longdate(row.grounds_by)},
            calendar=(row.grounds_by, "Last day for the grounds of your appeal (LSSC)"),
            why=WHY,
        )
        for row in Appeal.objects.filter(pk__in=ids)
    }


@reminder_schedule(
    "appeals.statement",
    title="Statement on conflicts of interest",
    counts_from="the last day that the statement is valid",
    offsets=("-30 days", "-7 days", "0 days"),
    notice="appeals/statement_due",
)
def statement() -> Due:
    """Members of the committee whose newest statement runs out."""
    newer = Statement.objects.filter(person=OuterRef("person"), holds_until__gt=OuterRef("holds_until"))
    newest = Statement.objects.filter(~Exists(newer), person__groups__name=Role.COMMITTEE)
    return Due(newest, person="person", thing="id", due_date="holds_until", since="signed_on")


@statement.content
def render_statement(ids: Collection[UUID], *, today: date) -> dict[UUID, ReminderContent]:
    """Give the last day of each. One query."""
    path, why = reverse("appeals:statement"), "you are a member of the committee"
    rows = Statement.objects.filter(pk__in=ids)
    return {row.id: ReminderContent(path=path, context={"holds_until": longdate(row.holds_until)}, why=why) for row in rows}
