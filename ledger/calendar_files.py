"""Entries for people's calendars, as files that an email brings (iCalendar, RFC 5545)."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import parseaddr
from functools import lru_cache
from urllib.parse import urljoin

from django.conf import settings
from icalendar import Calendar, vCalAddress
from icalendar import Event as Entry

from ledger import email_templates

# As long as what comes there, and nothing that anyone types: a control character would not be left in a title.
PLACE = "\0" * 16


@dataclass(frozen=True, kw_only=True)
class Event:
    """All of a day, or `minutes` from an instant.

    `join_url` is where one takes part, `path` what the entry links to (by default what its email links to). A cancelled one takes the
    entry out of the calendar.
    """

    day: date | datetime
    title: str
    minutes: int = 0
    join_url: str = ""
    path: str = ""
    cancelled: bool = False


def write(event: Event, *, url: str, at: datetime, about: str) -> str:
    """Write the file. An entry `about` the same is replaced: its id is the same, and its revision grows (3.8.4.7, 3.8.7.4)."""
    return _write(event, url=url, at=at).replace(PLACE, hashlib.sha256(about.encode()).hexdigest()[:16])


@lru_cache(maxsize=64)
def _write(event: Event, *, url: str, at: datetime) -> str:
    """The file with PLACE where its entry's id will be: on a night, many are reminded of the same."""
    entry = Entry()
    entry.add("uid", f"{PLACE}@lssc")
    # A number of 32 bits that grows with time: minutes, since seconds would not do from 2038 on.
    entry.add("sequence", int(at.timestamp()) // 60)
    entry.add("dtstamp", at)
    start = event.day.astimezone(at.tzinfo) if isinstance(event.day, datetime) else event.day
    entry.add("dtstart", start)
    entry.add("dtend", start + (timedelta(minutes=event.minutes) if event.minutes else timedelta(days=1)))
    entry.add("summary", " ".join(email_templates.clean(event.title).split()))
    entry.add("url", urljoin(settings.PUBLIC_URL + "/", event.path) if event.path else url)
    entry.add("transp", "OPAQUE" if event.minutes else "TRANSPARENT")
    if event.join_url:
        entry.add("location", event.join_url)
        entry.add("description", f"Join here: {event.join_url}")
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//LSSC//Dates//EN")
    if event.cancelled:
        # Both are asked of a cancellation (RFC 5546, 3.2.5).
        calendar.add("method", "CANCEL")
        entry.add("organizer", vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"))
        entry.add("status", "CANCELLED")
    calendar.add_component(entry)
    return str(calendar.to_ical(sorted=False), "utf-8")
