"""Actions: plan, change and cancel a webinar; sign up and leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import transaction

from ledger import actions as ledger
from ledger import transitions
from ledger.reminders import day_of
from ledger.states import NotPossible
from webinars import notices, queries
from webinars.models import Guest, Webinar
from webinars.policy import WebinarStatus
from webinars.states import GuestState, NoSeat, WebinarState

if TYPE_CHECKING:
    from people.models import User

WHY_NOT = {
    WebinarStatus.FULL: "All seats are taken. Check again later. Sometimes people cancel.",
    WebinarStatus.RUNNING: "This webinar has already begun. Sign-up is closed.",
    WebinarStatus.PAST: "This webinar is over.",
    WebinarStatus.CANCELLED: "This webinar is canceled.",
}


@dataclass(frozen=True, kw_only=True)
class Details:
    """What staff say of a webinar; no `seats` means no limit."""

    title: str
    description: str
    begins_at: datetime
    zone: str
    minutes: int
    join_url: str
    seats: int | None


def plan(details: Details, *, actor: User, at: datetime) -> Webinar:
    """Add a webinar to the public list. Raises NotPossible for one in the past."""
    _check_ahead(details, at=at)
    with transaction.atomic():
        webinar = Webinar.objects.create(**_fields(details))
        ledger.record("webinars.webinar.plan", subject=webinar, actor=actor, at=at, details=_details(webinar))
        return webinar


def change(webinar: Webinar, details: Details, *, actor: User, at: datetime) -> Webinar:
    """Change a webinar that has not begun; guests get an email when the time or the join address is another.

    Raises NotPossible once it has begun or is cancelled, for a time in the past, and for fewer places than people who come.
    """
    with transaction.atomic():
        row = transitions.lock(Webinar, webinar.pk)
        if row.state == WebinarState.CANCELLED or row.begins_at <= at:
            raise NotPossible("This webinar has begun or is canceled. It can’t be changed.")
        _check_ahead(details, at=at)
        coming = list(row.guests.filter(state=GuestState.COMING).select_related("person"))
        if details.seats is not None and details.seats < len(coming):
            raise NotPossible(f"{len(coming)} people are registered. There can’t be fewer seats.")
        before = (row.begins_at, row.join_url)
        for name, value in _fields(details).items():
            setattr(row, name, value)
        row.save()
        ledger.record("webinars.webinar.change", subject=row, actor=actor, at=at, details=_details(row))
        if before != (row.begins_at, row.join_url):
            for guest in coming:
                guest.webinar = row
                notices.told(guest, "changed", key=at.isoformat(), at=at)
        return row


def cancel(webinar: Webinar, *, reason: str, actor: User, at: datetime) -> Webinar:
    """Cancel a webinar that has not begun, with an email to everyone who comes. Raises NotPossible without a reason."""
    if not reason.strip():
        raise NotPossible("Give a reason. The people who signed up will read it.")
    with transaction.atomic():
        row = transitions.lock(Webinar, webinar.pk, "cancel")
        if row.begins_at <= at:
            raise NotPossible("This webinar has begun. It can’t be canceled.")
        coming = list(row.guests.filter(state=GuestState.COMING).select_related("person"))
        details = {"title": row.title, "guests": len(coming)}
        transitions.transition(row, "cancel", actor=actor, at=at, reason=reason.strip(), details=details, cancelled_because=reason.strip())
        for guest in coming:
            guest.webinar = row
            notices.told(guest, "cancelled", key="cancelled", at=at)
        return row


def sign_up(webinar: Webinar, *, name: str, email: str, person: User | None, at: datetime) -> Guest:
    """Keep a place, and confirm it by email. Someone who comes already keeps the place: nothing is written twice.

    Locks the webinar, so that the last place goes to one. Raises NoSeat where it is full, has begun, is over or cancelled.
    """
    with transaction.atomic():
        row = transitions.lock(Webinar, webinar.pk)
        known = Guest.objects.filter(webinar=row, email=email.lower()).first()
        if known is not None and known.state == GuestState.COMING:
            return known
        coming = row.guests.filter(state=GuestState.COMING).count()
        standing = queries.stand(row, coming=coming, at=at)
        if standing != WebinarStatus.OPEN:
            raise NoSeat(WHY_NOT[standing])
        details = {"name": name, "title": row.title}
        if known is not None:
            guest = transitions.lock(Guest, known.pk, "come_back")
            guest.person = person or guest.person
            guest.name, guest.signed_up_at, guest.since = name, at, day_of(at)
            guest.save(update_fields=["person", "name", "signed_up_at", "since"])
            transitions.transition(guest, "come_back", actor=person, at=at, person=guest.person, details=details)
        else:
            guest = Guest.objects.create(webinar=row, person=person, name=name, email=email.lower(), signed_up_at=at, since=day_of(at))
            ledger.record("webinars.guest.sign_up", subject=guest, actor=person, at=at, person=person, details=details)
        guest.webinar = row
        notices.signed_up(guest, at=at)
        return guest


def leave(guest: Guest, *, at: datetime) -> None:
    """Give the place up; an email takes the entry out of the calendar.

    Raises NotPossible when it was given up before, or the webinar has begun.
    """
    with transaction.atomic():
        row = transitions.lock(Guest, guest.pk, "leave")
        webinar = row.webinar
        if webinar.begins_at <= at:
            raise NotPossible("This webinar has begun. There is nothing to cancel.")
        transitions.transition(row, "leave", actor=row.person, at=at, person=row.person, details={"name": row.name, "title": webinar.title})
        notices.told(row, "left", key=f"left:{row.signed_up_at.isoformat()}", at=at)


def _check_ahead(details: Details, *, at: datetime) -> None:
    if details.begins_at <= at:
        raise NotPossible("A webinar must begin in the future. Check the day and the time.")


def _fields(details: Details) -> dict[str, Any]:
    return {**vars(details), "begins_on": details.begins_at.astimezone(ZoneInfo(details.zone)).date()}


def _details(webinar: Webinar) -> dict[str, Any]:
    return {"title": webinar.title, "begins": notices.when(webinar)}
