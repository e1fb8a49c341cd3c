"""Reminder schedules: each app says in its `reminder_schedules.py` who is reminded of which day, and how far ahead."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Protocol
from uuid import UUID

from django.db.models import BigIntegerField, Case, CharField, F, QuerySet, Value, When
from django.db.models.functions import Cast

WORDS = re.compile(r"(-?\d{1,4}) (day|week|month)s?")


@dataclass(frozen=True, order=True)
class Offset:
    """One step of a reminder schedule: so many months and days after the due date, or before it where they are negative."""

    months: int
    days: int

    @property
    def is_before(self) -> bool:
        """Whether it falls before the due date: such a step is never sent once the due date has passed."""
        return (self.months, self.days) < (0, 0)

    def __str__(self) -> str:
        if self.months:
            return f"{self.months} month{'' if abs(self.months) == 1 else 's'}"
        if self.days and self.days % 7 == 0:
            return f"{self.days // 7} week{'' if abs(self.days) == 7 else 's'}"
        return f"{self.days} day{'' if abs(self.days) == 1 else 's'}"


def parse_offset(words: str) -> Offset:
    """Read "-24 months", "-2 weeks", "0 days" or "30 days"; raises ValueError with what would be right."""
    match = WORDS.fullmatch(words.strip())
    if match is None:
        raise ValueError(f"“{words.strip()[:40]}” is not a valid offset. Write it like “-3 months”, “-2 weeks” or “30 days”.")
    count, unit = int(match[1]), match[2]
    return Offset(count, 0) if unit == "month" else Offset(0, count * (7 if unit == "week" else 1))


def parse_offsets(words: Iterable[str]) -> tuple[Offset, ...]:
    """Read a reminder schedule's steps, the earliest first; a month counts as 31 days in this order."""
    return tuple(sorted({parse_offset(text) for text in words}, key=lambda step: step.months * 31 + step.days))


@dataclass(frozen=True)
class Due:
    """Whom a reminder schedule is about: rows of what is *not done*, and the names of the columns that say so.

    `due_date` is the day that the offsets count from, `since` the day on which it was promised; `person` leads to an account, `to` to an
    address; with both, the address is for rows without an account. The sweep asks for due dates within a few days of each offset: keep a
    partial index on them. Which rows they are must not depend on the clock: the statement is made once.
    """

    rows: QuerySet[Any, Any]
    thing: str
    due_date: str
    since: str
    person: str = ""
    to: str = ""


@dataclass(frozen=True)
class ReminderContent:
    """What one email says: its link, its context, a day for the calendar, and why the reader gets it. `until`: not from this instant on.

    `about` and `secret` are those of `ledger.queue_email`.
    """

    path: str
    context: dict[str, Any] = field(default_factory=dict)
    calendar: tuple[date, str] | None = None
    why: str = "you are in the program"
    until: datetime | None = None
    about: Any = None
    secret: bool = False


class ContentRenderer(Protocol):
    """Gathers what the emails about these things say, in a number of queries that does not depend on how many they are."""

    def __call__(self, ids: Collection[UUID], *, today: date) -> dict[UUID, ReminderContent]:
        """Give the words by thing; a thing that is left out gets no email."""


@dataclass(eq=False)
class ReminderSchedule:
    """One kind of reminder. Of those of one `group` that fell due on a thing together, only the latest is sent."""

    name: str
    title: str
    counts_from: str
    first_offsets: tuple[Offset, ...]
    notice: str
    due: Callable[[], Due]
    group: str
    render: ContentRenderer | None = None

    @cached_property
    def columns(self) -> tuple[str, tuple[Any, ...]]:
        """The SQL of the rows with its values, made once: which rows these are does not depend on the day."""
        due = self.due()
        return named(due, due.rows).query.sql_with_params()

    def content(self, renderer: ContentRenderer) -> ContentRenderer:
        """Decorate the function that gathers what the emails say."""
        self.render = renderer
        return renderer


REMINDER_SCHEDULES: dict[str, ReminderSchedule] = {}


def _address(due: Due) -> Any:
    """The address of whom we know nothing else of: a person is written to where they can be reached when it is sent."""
    if not due.to:
        return Value("", output_field=CharField())
    return Case(When(**{f"{due.person}__isnull": True}, then=F(due.to)), default=Value("")) if due.person else F(due.to)


def named(due: Due, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Rows of a reminder schedule as person, address, thing, due date and the day on which that was promised."""
    ours = {
        "schedule_person": F(due.person) if due.person else Cast(Value(None), BigIntegerField()),
        "schedule_to": _address(due),
        "schedule_thing": F(due.thing),
        "schedule_due_date": F(due.due_date),
        "schedule_since": F(due.since),
    }
    values: QuerySet[Any, Any] = rows.order_by().annotate(**ours).values_list(*ours)
    return values


def reminder_schedule(
    name: str, *, title: str, counts_from: str, offsets: tuple[str, ...], notice: str, group: str = ""
) -> Callable[[Callable[[], Due]], ReminderSchedule]:
    """Register a reminder schedule under a `name` that never changes; `offsets` are its first values, until staff change them.

    Those that count the steps of one list from two days have the same `group`: after a gap, only the latest step of the list is due.
    """

    def register(due: Callable[[], Due]) -> ReminderSchedule:
        if name in REMINDER_SCHEDULES:
            raise ValueError(f"Two ladders are called {name}")
        schedule = REMINDER_SCHEDULES[name] = ReminderSchedule(name, title, counts_from, parse_offsets(offsets), notice, due, group or name)
        return schedule

    return register
