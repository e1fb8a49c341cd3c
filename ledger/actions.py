"""Actions: audit entries, events for other apps, and emails. All of it in the caller's transaction."""

import hashlib
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, models

from ledger import calendar_files, email_templates, workers
from ledger.calendar_files import Event
from ledger.models import KEY_LENGTH, Delivery, Email, EmailState, Entry
from ledger.registry import OUTSIDE, SUBSCRIBERS
from ledger.states import SENTENCES

if TYPE_CHECKING:
    from people.models import User


@dataclass
class RecordedWork:
    """The entries and emails of a piece of work that someone watches."""

    entries: list[Entry] = field(default_factory=list)
    emails: list[Email] = field(default_factory=list)


SEEN: ContextVar[RecordedWork | None] = ContextVar("seen", default=None)


def record(
    verb: str,
    *,
    subject: models.Model,
    actor: "User | None",
    at: datetime,
    person: "User | None" = None,
    details: dict[str, Any] | None = None,
    reason: str = "",
) -> Entry:
    """Write one audit entry about `subject`; `person` is whose file it belongs to, `actor=None` the program itself.

    Raises KeyError for an event without a sentence, and RuntimeError outside a transaction.
    """
    _check(verb)
    entry = Entry.objects.create(
        at=at,
        actor=actor,
        person=person,
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        details=details or {},
        reason=reason,
    )
    if (seen := SEEN.get()) is not None:
        seen.entries.append(entry)
    return entry


def record_all(
    subjects: Sequence[tuple[models.Model, "User | None", dict[str, Any]]], verb: str, *, actor: "User | None", at: datetime
) -> None:
    """Write one audit entry for each (subject, person, details), all of the same event, in one statement."""
    _check(verb)
    entries = [
        Entry(
            at=at,
            actor=actor,
            person=person,
            verb=verb,
            subject_type=subject._meta.label_lower,
            subject_id=str(subject.pk),
            details=details,
        )
        for subject, person, details in subjects
    ]
    Entry.objects.bulk_create(entries)
    if (seen := SEEN.get()) is not None:
        seen.entries.extend(entries)


def _check(verb: str) -> None:
    if verb not in SENTENCES:
        raise KeyError(f"The verb {verb} has no sentence")
    if not connection.in_atomic_block:
        raise RuntimeError("An audit entry belongs in the transaction of what it tells")


def emit(topic: str, *, key: Any, at: datetime, **payload: Any) -> None:
    """Tell every subscriber of `topic` once: one outbox row each, unique by (topic, key, subscriber).

    UUIDs and dates in the payload arrive as text. Emitting the same key again changes nothing.
    """
    rows = [
        Delivery(
            topic=topic,
            subscriber=name,
            dedupe_key=f"{topic}:{key}:{name}",
            payload=payload,
            created_at=at,
            due_at=at,
        )
        for name in sorted(SUBSCRIBERS.get(topic, {}))
    ]
    if rows:
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)
        workers.wake_on_commit(*{"ledger.ask" if row.subscriber in OUTSIDE else "ledger.work" for row in rows})


def queue_email(
    person: "User | None",
    notice: str,
    *,
    key: Any,
    at: datetime,
    path: str,
    context: dict[str, Any] | None = None,
    must_arrive: bool = True,
    calendar: tuple[date, str] | Event | None = None,
    to: str = "",
    about: Any = None,
    why: str = "you are in the program",
    secret: bool = False,
) -> None:
    """Write the email `notice` ("app/name") to one recipient, once per (notice, key, recipient); the worker sends it.

    `path` is where its link leads, a path of ours; `calendar` a day with a title, or an event, attached as a file. A later email to the
    same recipient moves that entry of the calendar when it
    is `about` the same, by default the same path and title;
    `must_arrive=False` marks a reminder, which is not sent again when a send was cut short; `to` is for someone without an account, or for
    an email that belongs to one address; what has none goes to the person's primary address at the time of sending;
    `why` ends the sentence "You get this email because ..."; `secret` marks an email whose link opens something without signing in: its
    text is not kept once it is sent.
    """
    known = {"must_arrive": must_arrive, "secret": secret}
    queue_emails(
        [build_email(person, notice, key=key, at=at, path=path, context=context, calendar=calendar, about=about, to=to, why=why, **known)]
    )


def build_email(
    person: "User | None",
    notice: str,
    *,
    key: Any,
    at: datetime,
    path: str,
    context: dict[str, Any] | None = None,
    must_arrive: bool = True,
    calendar: tuple[date, str] | Event | None = None,
    to: str = "",
    about: Any = None,
    why: str = "you are in the program",
    secret: bool = False,
) -> Email:
    """Render an email as `queue_email` does, for those who show or store it."""
    address = to or str(getattr(person, "email", ""))
    # Whatever it is made of, an email's link leads to us.
    url = settings.PUBLIC_URL + urlsplit(path)._replace(scheme="", netloc="").geturl()
    called = person.get_short_name() if person is not None else ""
    recipient = person.pk if person is not None else address
    event = Event(day=calendar[0], title=calendar[1]) if isinstance(calendar, tuple) else calendar
    words = email_templates.render_email(notice, {"called": called, **(context or {}), "url": url}, why=why)
    return Email(
        person=person,
        to=address,
        to_is_fixed=bool(to),
        notice=notice,
        dedupe_key=_short(f"{notice}:{key}:{recipient}"),
        subject=words.subject,
        text=words.text,
        html=words.html,
        calendar=calendar_files.write(event, url=url, at=at, about=f"{recipient} {about or path + event.title}") if event else "",
        must_arrive=must_arrive,
        secret=secret,
        created_at=at,
        due_at=at,
    )


def drop_reminders(person: "User") -> None:
    """Cancel the reminders to a person that wait to be sent: the account is closed."""
    Email.objects.filter(person=person, state=EmailState.QUEUED, must_arrive=False).delete()


def _short(key: str) -> str:
    """The key as it is, while its column holds it; an address may be longer than that, and then a digest stands for the whole."""
    return key if len(key) <= KEY_LENGTH else hashlib.sha256(key.encode()).hexdigest()


def queue_emails(emails: list[Email]) -> None:
    """Put emails where the worker finds them, in one statement; one that is there already changes nothing.

    A closed account gets no reminders.
    """
    emails = [email for email in emails if email.must_arrive or email.person is None or email.person.is_active]
    Email.objects.bulk_create(emails, ignore_conflicts=True)
    if (seen := SEEN.get()) is not None:
        seen.emails.extend(emails)
    if emails:
        workers.wake_on_commit("ledger.work")
