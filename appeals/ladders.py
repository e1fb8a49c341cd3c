"""Who is reminded of an appeal: those whose grounds are due."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.urls import reverse

from appeals.models import Appeal
from appeals.notices import WHY
from appeals.states import AppealState
from ledger.ladders import Due, Say, ladder
from people.templatetags.words import longdate


@ladder(
    "appeals.grounds",
    title="Grounds of an appeal due",
    counts_from="the last day for the grounds",
    rungs=("-7 days", "-2 days"),
    notice="appeals/grounds_due",
)
def grounds() -> Due:
    """Those who said that they appeal, and gave no grounds yet."""
    return Due(Appeal.objects.filter(state=AppealState.NOTICED), person="person", thing="id", anchor="grounds_by", since="noticed_on")


@grounds.words
def say_grounds(ids: Collection[UUID], *, today: date) -> dict[UUID, Say]:
    """Give the last day of each. One query."""
    return {
        row.id: Say(
            path=reverse("appeals:appeal", args=[row.id]),
            facts={"title": row.title, "grounds_by": longdate(row.grounds_by)},
            calendar=(row.grounds_by, "Last day for the grounds of your appeal (LSSC)"),
            why=WHY,
        )
        for row in Appeal.objects.filter(pk__in=ids)
    }
