"""Contact hours, which activities count, the dates of a renewal, the next term, and the audit sample. Pure; all sums in whole minutes."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any

from programs.policy import add_months

HOUR = 60


class Unit(StrEnum):
    """In what an activity is measured."""

    SEMESTER_CREDIT = "semester_credit"
    QUARTER_CREDIT = "quarter_credit"
    CEU = "ceu"
    CONFERENCE_DAY = "conference_day"
    MINUTE = "minute"


# rules.md, "Renewal". A workshop, a webinar and documented self-directed learning are counted by their minutes.
MINUTES = {
    Unit.SEMESTER_CREDIT: 15 * HOUR,
    Unit.QUARTER_CREDIT: 10 * HOUR,
    Unit.CEU: 10 * HOUR,
    Unit.CONFERENCE_DAY: 6 * HOUR,
    Unit.MINUTE: 1,
}


class LearningKind(StrEnum):
    """What someone did to learn."""

    WORKSHOP = "workshop"
    SELF_DIRECTED = "self_directed"
    CONFERENCE = "conference"
    SEMESTER = "semester"
    QUARTER = "quarter"
    CEU = "ceu"


UNITS = {
    LearningKind.WORKSHOP: Unit.MINUTE,
    LearningKind.SELF_DIRECTED: Unit.MINUTE,
    LearningKind.CONFERENCE: Unit.CONFERENCE_DAY,
    LearningKind.SEMESTER: Unit.SEMESTER_CREDIT,
    LearningKind.QUARTER: Unit.QUARTER_CREDIT,
    LearningKind.CEU: Unit.CEU,
}
# More than this of a unit is a slip of the finger: a thousand hours, a month of conferences, a college degree.
MOST = {Unit.MINUTE: 60_000, Unit.CONFERENCE_DAY: 31, Unit.SEMESTER_CREDIT: 130, Unit.QUARTER_CREDIT: 190, Unit.CEU: 100}


@dataclass(frozen=True, kw_only=True)
class Activity:
    """One activity: so much of a unit, of which so many minutes were on technology."""

    unit: Unit
    amount: Fraction | int
    technology_minutes: int = 0

    def __post_init__(self) -> None:
        """Raise ValueError for what can't be: less than nothing, or more technology than there was activity."""
        if self.amount < 0:
            raise ValueError("An activity can't be shorter than nothing")
        if not 0 <= self.technology_minutes <= to_minutes(self.unit, self.amount):
            raise ValueError("Technology is a part of the activity")


@dataclass(frozen=True, kw_only=True)
class Total:
    """What activities come to, what is needed, and what is still missing; all in minutes."""

    minutes: int
    technology_minutes: int
    missing_minutes: int
    missing_technology_minutes: int

    @property
    def enough(self) -> bool:
        """Whether nothing is missing."""
        return self.missing_minutes == 0 and self.missing_technology_minutes == 0


def to_minutes(unit: Unit, amount: Fraction | int) -> int:
    """The minutes of so much of a unit; a begun minute does not count."""
    return int(amount * MINUTES[unit])


def counted_minutes(activity: Activity) -> int:
    """The minutes that count: all of them, or none for an activity under one contact hour. 90 minutes are an hour and a half."""
    minutes = to_minutes(activity.unit, activity.amount)
    return minutes if minutes >= HOUR else 0


def add_up(activities: Iterable[Activity], *, hours: int, technology_hours: int) -> Total:
    """Add up activities against the contact hours that are needed, and those on technology among them."""
    counting = [activity for activity in activities if counted_minutes(activity)]
    minutes = sum(counted_minutes(activity) for activity in counting)
    technology = sum(activity.technology_minutes for activity in counting)
    return Total(
        minutes=minutes,
        technology_minutes=technology,
        missing_minutes=max(0, hours * HOUR - minutes),
        missing_technology_minutes=max(0, technology_hours * HOUR - technology),
    )


def write_hours(minutes: int, *, missing: bool = False) -> str:
    """Write minutes as contact hours: 23.5. Rounded down to hundredths, and up for what is `missing`, so that no one reads 32 too early."""
    hundredths = -(-minutes * 100 // HOUR) if missing else minutes * 100 // HOUR
    whole, rest = divmod(hundredths, 100)
    return f"{whole:,}.{rest:02}".rstrip("0").rstrip(".")


LENGTH = re.compile(
    r"(?:(?P<hours>\d{1,5}(?:\.\d{1,4}|,\d{1,2})?)\s*(?:h|hr|hrs|hour|hours)\b\.?)?\s*(?:and\s+)?"
    r"(?:(?P<minutes>\d{1,6}(?:\.\d{1,4}|,\d{1,2})?)\s*(?:m|min|mins|minute|minutes)?\.?)?",
    re.ASCII | re.IGNORECASE,
)


def read_minutes(text: str) -> int | None:
    """Read a length as people type it: 90, 90 min, 1:30, 1.5 hours, 1 h 30. A begun minute is left out; None for anything else."""
    text = re.sub(r"(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)", " ", text.strip(), flags=re.IGNORECASE)
    if match := re.fullmatch(r"(\d{1,4}):([0-5]\d)", text, re.ASCII):
        return int(match[1]) * HOUR + int(match[2])
    parts = LENGTH.fullmatch(text)
    if parts is None or not text:
        return None
    hours, minutes = (Fraction((parts[name] or "0").replace(",", ".")) for name in ("hours", "minutes"))
    return int(hours * HOUR + minutes)


class Why(StrEnum):
    """Why an activity does not count, or not yet."""

    UNFINISHED = "unfinished"
    UNDER_AN_HOUR = "under_an_hour"
    UNDOCUMENTED = "undocumented"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    EARNED_A_SET = "earned_a_set"
    COUNTED_BEFORE = "counted_before"
    TWICE = "twice"
    REFUSED = "refused"


Mark = tuple[str, str, date]


def mark_of(title: str, completed_on: date, provider: str = "") -> Mark:
    """What tells one activity from another: its title and provider without capitals, signs and gaps, and its day of completion."""
    return _bare(title), _bare(provider), completed_on


def _bare(text: str) -> str:
    """Letters with their accents, and digits: the same for every way to type them."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] in "LMN")


@dataclass(frozen=True, kw_only=True)
class Logged:
    """An activity as it was logged; `amount` and `completed_on` are None while no one has said them.

    `complete`: every answer that an activity needs is given. `accepted_technology_minutes`: what staff took of them, once they looked.
    """

    title: str
    kind: LearningKind
    amount: Fraction | int | None
    technology_minutes: int
    completed_on: date | None
    provider: str = ""
    complete: bool = True
    documented: bool = False
    refused: bool = False
    accepted_technology_minutes: int | None = None


@dataclass(frozen=True, kw_only=True)
class JudgedActivity:
    """What an activity is worth in minutes, and why it does not count where it doesn't. `minutes` is what it would be worth in any case."""

    minutes: int
    technology_minutes: int
    why: Why | None = None

    @property
    def counts(self) -> bool:
        """Whether it counts toward the hours."""
        return self.why is None


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What activities are held against: the days that count, both included; what earned a set; what counted in an earlier term.

    The marks of what earned a set have no provider.
    """

    first_day: date
    last_day: date
    earned: Collection[Mark] = field(default_factory=frozenset)
    before: Collection[Mark] = field(default_factory=frozenset)


def judge(activities: Sequence[Logged], *, frame: Frame) -> list[JudgedActivity]:
    """Judge activities one after the other, in the order in which they were logged: of two that are the same, the first counts."""
    seen: set[Mark] = set()
    judged = []
    for logged in activities:
        why = _why_not(logged, frame, seen)
        if why is None and logged.completed_on is not None:
            seen.add(mark_of(logged.title, logged.completed_on, logged.provider))
        minutes = to_minutes(UNITS[logged.kind], logged.amount or 0)
        accepted = logged.technology_minutes if logged.accepted_technology_minutes is None else logged.accepted_technology_minutes
        judged.append(JudgedActivity(minutes=minutes, technology_minutes=min(accepted, minutes), why=why))
    return judged


def _why_not(logged: Logged, frame: Frame, seen: Collection[Mark]) -> Why | None:
    if logged.amount is None or logged.completed_on is None or not logged.complete:
        return Why.UNFINISHED
    mark = mark_of(logged.title, logged.completed_on, logged.provider)
    reasons = (
        (Why.REFUSED, logged.refused),
        (Why.UNDER_AN_HOUR, to_minutes(UNITS[logged.kind], logged.amount) < HOUR),
        (Why.TOO_EARLY, logged.completed_on < frame.first_day),
        (Why.TOO_LATE, logged.completed_on > frame.last_day),
        # However the provider was typed: the catalog's name for it may be another.
        (Why.EARNED_A_SET, mark_of(logged.title, logged.completed_on) in frame.earned),
        (Why.COUNTED_BEFORE, mark in frame.before),
        (Why.TWICE, mark in seen),
        (Why.UNDOCUMENTED, logged.kind == LearningKind.SELF_DIRECTED and not logged.documented),
    )
    return next((why for why, holds in reasons if holds), None)


def sum_up(judged: Iterable[JudgedActivity], *, hours: int, technology_hours: int) -> Total:
    """Add up what counts."""
    counting = [
        Activity(unit=Unit.MINUTE, amount=judged_activity.minutes, technology_minutes=judged_activity.technology_minutes)
        for judged_activity in judged
        if judged_activity.counts
    ]
    return add_up(counting, hours=hours, technology_hours=technology_hours)


class Stage(StrEnum):
    """Where a day is in the dates of a renewal."""

    EARLY = "early"
    OPEN = "open"
    GRACE = "grace"
    LAPSED = "lapsed"


@dataclass(frozen=True, kw_only=True)
class Dates:
    """The days of a renewal, all included: the term's, the first on which it can be sent, and the last."""

    first_day: date
    expires_on: date
    opens_on: date
    grace_ends_on: date


def plan_dates(*, first_day: date, expires_on: date, window_months: int, grace_months: int) -> Dates:
    """The days of the renewal of a term: a window before its end, and grace after it."""
    return Dates(
        first_day=first_day,
        expires_on=expires_on,
        opens_on=max(first_day, add_months(expires_on, -window_months)),
        grace_ends_on=add_months(expires_on, grace_months),
    )


def stage(dates: Dates, *, on: date) -> Stage:
    """Where `on` is: before the window, in it (the last day of the term included), in grace, or after it."""
    if on < dates.opens_on:
        return Stage.EARLY
    if on <= dates.expires_on:
        return Stage.OPEN
    return Stage.GRACE if on <= dates.grace_ends_on else Stage.LAPSED


def last_counting_day(dates: Dates, *, today: date, late: bool) -> date:
    """The last day whose activities count: today, but never after grace, unless it is a lapsed certificate's (`late`)."""
    return today if late else min(today, dates.grace_ends_on)


def last_day_to_pay(dates: Dates, *, sent_on: date, days: int) -> date:
    """The last day for the fee of a renewal that is sent on a day: so many days later, and never before grace ends."""
    return max(dates.grace_ends_on, sent_on + timedelta(days=days))


@dataclass(frozen=True, kw_only=True)
class Term:
    """The days of one term, both included."""

    first_day: date
    expires_on: date


def next_term(*, anchor: date, expires_on: date, months: int) -> Term:
    """The term after the one that ends on `expires_on`: from the day after it, however late the approval comes.

    Its end is counted from the first `anchor`, so that a clamp does not creep: after 28 February 2100 comes 29 February 2104 where the
    anchor is 29 February 2096.
    """
    gone = (expires_on.year - anchor.year) * 12 + expires_on.month - anchor.month
    return Term(first_day=expires_on + timedelta(days=1), expires_on=add_months(anchor, gone + months))


def is_sampled(*, seed: str, number: int, percent: int) -> bool:
    """Whether the renewal with this number is audited: SHA-256 of "seed:number" as one long number ends in two digits under `percent`."""
    digest = hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()
    return int(digest, 16) % 100 < percent


def fingerprint(seed: str) -> str:
    """What is published of a seed while it is in use: its SHA-256, which tells nothing of the seed and binds to it."""
    return hashlib.sha256(seed.encode()).hexdigest()


def seal(content: dict[str, Any]) -> str:
    """The SHA-256 of what was sent, as canonical JSON."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()
