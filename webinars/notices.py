"""What we write about webinars: to whom, and with which context."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from ledger import actions as ledger
from ledger.calendar_files import Event
from people.templatetags.words import longdate
from webinars import queries
from webinars.models import Guest, Webinar

WHY = "you signed up for a webinar"


def when(webinar: Webinar) -> str:
    """The day and hour, by the clock of its zone: January 20, 2030, 2:00 p.m. (Chicago time)."""
    there = webinar.begins_there
    hour = f"{there.hour % 12 or 12}:{there:%M} {'a.m.' if there.hour < 12 else 'p.m.'}"
    return f"{longdate(there.date())}, {hour} ({webinar.zone.rpartition('/')[2].replace('_', ' ')} time)"


def entry_of(webinar: Webinar, *, cancelled: bool = False) -> Event:
    """The entry of a guest's calendar: with the address to join, and a link to the webinar's own page."""
    return Event(
        day=webinar.begins_at,
        title=webinar.title,
        minutes=webinar.minutes,
        join_url=webinar.join_url,
        path=reverse("webinars:webinar", args=[webinar.id]),
        cancelled=cancelled,
    )


def facts_of(guest: Guest) -> dict[str, Any]:
    """The context of every email to a guest. The name that a guest typed is none: anyone can type anyone's address."""
    webinar = guest.webinar
    return {
        "title": webinar.title,
        "when": when(webinar),
        "minutes": webinar.minutes,
        "join_url": webinar.join_url,
        "because": webinar.cancelled_because,
    }


def signed_up(guest: Guest, *, at: datetime) -> None:
    """Confirm the place, with the file for the calendar and the link to cancel; once each time someone signs up."""
    webinar = guest.webinar
    ledger.queue_email(
        guest.person,
        "webinars/signed_up",
        key=f"{guest.id}:{guest.signed_up_at.isoformat()}",
        at=at,
        path=reverse("webinars:leave", args=[queries.LEAVE.sign(guest.id)]),
        context=facts_of(guest),
        calendar=entry_of(webinar),
        about=webinar.id,
        to="" if guest.person else guest.email,
        why=WHY,
        secret=True,
    )


def told(guest: Guest, notice: str, *, key: str, at: datetime) -> None:
    """Say that something changed, or that it is cancelled or the place was given up, which takes the entry out of the calendar."""
    webinar = guest.webinar
    ledger.queue_email(
        guest.person,
        f"webinars/{notice}",
        key=f"{guest.id}:{key}",
        at=at,
        path=reverse("webinars:webinar", args=[webinar.id]),
        context=facts_of(guest),
        calendar=entry_of(webinar, cancelled=notice != "changed"),
        about=webinar.id,
        to="" if guest.person else guest.email,
        why=WHY,
    )
