"""Which email an event of this app brings, to whom, and with which context. What was written stands in the account alone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.urls import reverse

from appeals.models import Appeal
from ledger import actions as ledger
from people.templatetags.words import longdate

WHY = "you appealed a program decision"


def noticed(appeal: Appeal, *, at: datetime) -> None:
    """Say that the notice is here, and until when the grounds are due."""
    day = (appeal.grounds_by, "Last day for the grounds of your appeal (LSSC)")
    _mail(appeal, "noticed", at=at, calendar=day, grounds_by=longdate(appeal.grounds_by))


def grounds_given(appeal: Appeal, *, at: datetime) -> None:
    """Say that the grounds are here, and until when the first committee responds."""
    _mail(appeal, "grounds_given", at=at, respond_by=longdate(appeal.respond_by))


def responded(appeal: Appeal, *, at: datetime) -> None:
    """Say that the appeal is with the second committee, and until when it meets."""
    _mail(appeal, "responded", at=at, response=appeal.response, decide_by=longdate(appeal.decide_by))


def heard(appeal: Appeal, *, at: datetime) -> None:
    """Say what came of it."""
    _mail(appeal, str(appeal.state), at=at, portfolio=appeal.kind == "portfolio")


def forfeited(appeal: Appeal, *, at: datetime) -> None:
    """Say that no grounds came on time."""
    _mail(appeal, "forfeited", at=at, grounds_by=longdate(appeal.grounds_by))


def withdrawn(appeal: Appeal, *, at: datetime) -> None:
    """Say that the appeal is withdrawn."""
    _mail(appeal, "withdrawn", at=at)


def _mail(appeal: Appeal, notice: str, *, at: datetime, calendar: tuple[date, str] | None = None, **context: Any) -> None:
    path = reverse("appeals:appeal", args=[appeal.id])
    context["title"] = appeal.title
    ledger.queue_email(appeal.person, f"appeals/{notice}", key=appeal.id, at=at, path=path, context=context, calendar=calendar, why=WHY)
