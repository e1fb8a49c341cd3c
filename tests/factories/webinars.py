"""Webinars and their guests, made through the actions."""

from datetime import datetime, timedelta
from typing import Any

from webinars import actions
from webinars.models import Guest, Webinar


def details(*, at: datetime, days: int = 7, **changes: Any) -> actions.Details:
    """What staff say of a webinar a week ahead, without a limit."""
    known: dict[str, Any] = {
        "title": "How to begin a portfolio",
        "description": "For candidates.",
        "begins_at": at + timedelta(days=days),
        "zone": "America/Chicago",
        "minutes": 60,
        "join_url": "https://meet.example/lssc",
        "seats": None,
    }
    return actions.Details(**{**known, **changes})


def webinar(*, at: datetime, staff: Any, **changes: Any) -> Webinar:
    """A webinar on the public list."""
    return actions.plan(details(at=at, **changes), actor=staff, at=at)


def guest(row: Webinar, *, at: datetime, email: str = "gus@harbor.example", person: Any = None) -> Guest:
    """Somebody who comes."""
    return actions.sign_up(row, name="Gus Hill", email=email, person=person, at=at)
