"""Queries: a person's time line, the chain's health, what waits for staff."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from string import Formatter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, DurationField, ExpressionWrapper, F, Model, Q, QuerySet

from ledger.models import Delivery, Email, EmailState, Entry, Heartbeat, Reminder, ReminderOptOut
from ledger.prepared import ask
from ledger.states import SENTENCES

if TYPE_CHECKING:
    from people.models import User


@dataclass(frozen=True)
class Told:
    """One entry as an English sentence."""

    at: datetime
    sentence: str
    reason: str
    verb: str


class _Gaps(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "(not recorded)"


def tell(entry: Entry, *, reader: "User | None" = None) -> Told:
    """Say an entry in English; needs `actor` and `person` loaded, and runs no query then. A `reader` reads no name of others."""
    details = _Gaps(
        {name: _worded(value) for name, value in entry.details.items()},
        actor=_named(entry.actor, reader, "You", "Program staff") if entry.actor_id else "The program",
        person=_named(entry.person, reader, "you", "somebody") if entry.person_id else "nobody",
    )
    sentence = Formatter().vformat(SENTENCES[entry.verb].sentence, (), details) if entry.verb in SENTENCES else entry.verb
    return Told(at=entry.at, sentence=sentence, reason=entry.reason, verb=entry.verb)


def _named(person: Any, reader: "User | None", own: str, other: str) -> str:
    if reader is None:
        return str(person)
    return own if person.pk == reader.pk else other


def _worded(value: Any) -> str:
    """Dates in words, lists with commas, the rest as it is."""
    if isinstance(value, date):
        value = value.isoformat()
    if isinstance(value, str) and len(value) == 10:
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return value
        return f"{day:%B} {day.day}, {day.year}"
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return str(value)


def list_entries(person: "User", *, before: int | None = None, limit: int = 50) -> list[Entry]:
    """What happened to a person or was done by them, newest first; `before` is the id of the last entry seen. One query."""
    entries = Entry.objects.about(person).select_related("actor", "person")
    if before is not None:
        entries = entries.filter(id__lt=before)
    return list(entries[:limit])


def list_acts(person: "User", *, verbs: Collection[str], limit: int) -> list[Entry]:
    """The newest entries about a person with one of these events. One query."""
    return list(Entry.objects.filter(person=person, verb__in=verbs).select_related("actor", "person").order_by("-id")[:limit])


def find_own_entries(person: "User") -> QuerySet[Entry]:
    """What happened to a person, and what they did that is about no one, in order; what they did to others is in the others' files."""
    mine = Entry.objects.filter(Q(person=person) | Q(actor=person, person=None))
    return mine.select_related("actor", "person").order_by("id")


def find_reminders(person: "User", *, emails: Collection[str]) -> QuerySet[Reminder]:
    """Reminders of a person, and those without an account to one of their addresses."""
    return Reminder.objects.filter(Q(person=person) | Q(person=None, to__in=emails))


def find_opt_outs(person: "User") -> QuerySet[ReminderOptOut]:
    """The reminders that a person does not want."""
    return ReminderOptOut.objects.filter(person=person)


def get_heartbeat(name: str) -> datetime | None:
    """When a worker last showed that it lives; None where it never did. One query."""
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()


def list_actors(*, subject: Model, verbs: Collection[str]) -> set[int]:
    """The keys of the people who did any of these to a row. One query."""
    entries = Entry.objects.filter(verb__in=verbs, subject_type=subject._meta.label_lower, subject_id=str(subject.pk), actor__isnull=False)
    return set(entries.values_list("actor_id", flat=True))


def was_recorded(verb: str, *, subject: Model, actor: "User", since: datetime) -> bool:
    """Whether someone did this to a row at or after a moment. One query."""
    entries = Entry.objects.filter(verb=verb, subject_type=subject._meta.label_lower, subject_id=str(subject.pk))
    return entries.filter(actor=actor, at__gte=since).exists()


def get_facts(verb: str, *, subject: Model) -> dict[str, Any]:
    """The details of the newest entry of this event about a row, empty where there is none. One query."""
    entry = find_entry(verb, subject=subject)
    return dict(entry.details) if entry else {}


def find_entry(verb: str, *, subject: Model) -> Entry | None:
    """The newest entry of this event about a row. One query."""
    entries = Entry.objects.filter(verb=verb, subject_type=subject._meta.label_lower, subject_id=str(subject.pk))
    return entries.order_by("-id").first()


def has_followed(verb: str, *, label: str, id: UUID, by: Collection[str]) -> bool | None:
    """Whether any event of `by` followed the newest `verb` about the row of this model and key; None where that never was. Two queries."""
    about = Entry.objects.filter(subject_type=label, subject_id=str(id))
    entry = about.filter(verb=verb).order_by("-id").first()
    return about.filter(id__gt=entry.id, verb__in=by).exists() if entry else None


def get_decision(subject: Model) -> Entry | None:
    """The newest entry about a row that is someone's decision: not the program's, and not of the person themselves. One query."""
    entries = Entry.objects.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk), actor__isnull=False)
    table = getattr(subject, "STATES", None)
    if table is not None:
        entries = entries.filter(verb__startswith=f"{table.name}.")
    return entries.exclude(person=F("actor")).select_related("actor").order_by("-id").first()


def find_emails(person: "User") -> QuerySet[Email]:
    """The emails to a person, newest first."""
    return Email.objects.filter(person=person).order_by("-created_at", "-id")


def list_newest_emails(person: "User") -> list[Email]:
    """The newest emails to a person, ten at most. One query."""
    return ask(lambda person: Email.objects.filter(person_id=person).order_by("-created_at", "-id")[:10], person.pk)


def list_days(rows: QuerySet[Any, Any], since: Any, until: Any) -> list[int]:
    """For each row the days between two days of it, none at least, the fewest first; each number of days is read once. One query."""
    took = ExpressionWrapper(until - since, output_field=DurationField())
    counted = rows.annotate(took=took).values("took").annotate(count=Count("pk")).order_by("took")
    return [max(0, took.days) for took, count in counted.values_list("took", "count") for _ in range(count)]


def count_undone() -> tuple[int, int]:
    """How many deliveries and emails are not done yet; a reminder that is not written counts as an email."""
    return (
        Delivery.objects.filter(done_at=None).count(),
        Email.objects.filter(state__in=[EmailState.QUEUED, EmailState.SENDING]).count()
        + Reminder.objects.filter(said_at=None, dropped=False).count(),
    )


@dataclass(frozen=True)
class Break:
    """One place where the chain does not hold."""

    position: int
    entry_id: int | None
    what: str


VERIFY = """
    WITH checked AS (
        SELECT link.position, link.entry_id, link.previous_hash, link.hash, entry.id IS NULL AS gone,
               lag(link.position, 1, 0::bigint) OVER chain AS before_position,
               lag(link.hash, 1, decode(repeat('00', 32), 'hex')) OVER chain AS before_hash,
               CASE WHEN entry.id IS NOT NULL THEN ledger_entry_hash(entry, link.previous_hash) END AS right_hash
        FROM ledger_link link LEFT JOIN ledger_entry entry ON entry.id = link.entry_id
        WINDOW chain AS (ORDER BY link.position)
    )
    SELECT position, entry_id,
           CASE WHEN position <> before_position + 1 THEN 'entries before it were deleted'
                WHEN gone THEN 'the entry was deleted'
                WHEN right_hash <> hash THEN 'the entry was changed or moved'
                ELSE 'its link to the entry before it was changed' END
    FROM checked
    WHERE position <> before_position + 1 OR gone OR right_hash <> hash OR previous_hash <> before_hash
    UNION ALL
    SELECT head.position, NULL, 'the end of the chain was cut off or changed'
    FROM ledger_chainhead head LEFT JOIN ledger_link link ON link.position = head.position AND link.hash = head.hash
    WHERE head.position > 0 AND link.position IS NULL
    UNION ALL
    SELECT link.position, link.entry_id, 'it stands after the end of the chain'
    FROM ledger_link link JOIN ledger_chainhead head ON link.position > head.position
    UNION ALL
    SELECT 0, NULL, 'the row that knows where the chain ends was deleted'
    WHERE NOT EXISTS (SELECT FROM ledger_chainhead)
    UNION ALL
    SELECT 0, entry.id, 'the entry is not in the chain'
    FROM ledger_entry entry LEFT JOIN ledger_link link ON link.entry_id = entry.id WHERE link.position IS NULL
    ORDER BY 1
"""


def find_breaks() -> Iterator[Break]:
    """Every place where an audit entry was changed, deleted, added or moved behind the program's back. One pass in the database."""
    with connection.cursor() as cursor:
        cursor.execute(VERIFY)
        for position, entry_id, text in cursor:
            yield Break(position, entry_id, text)
