"""The arithmetic of dates: months, terms, the deadline's day, working days, whether a day counts. Pure; rules.md calls it "Dates"."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

DEADLINE_ZONE = "Pacific/Pago_Pago"


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """One way against a decision: where to appeal it, until which day, and whether someone has (then `path` shows how it stands)."""

    path: str
    last_day: date
    is_taken: bool = False


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later (or earlier), or the month's last day where there is none.

    29 February 2024 + 48 months is 29 February 2028; 31 December 2025 + 2 months is 28 February 2026.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def nth_term(anchor: date, *, n: int, months: int) -> date:
    """The end of the n-th term (n from 1), counted from the first day, so that a clamp does not creep.

    29 February 2096 with terms of 48 months: the first ends on 28 February 2100, the second on 29 February 2104.
    """
    if n < 1:
        raise ValueError("Terms are counted from 1")
    return add_months(anchor, n * months)


def today(at: datetime, *, zone: str = DEADLINE_ZONE) -> date:
    """The date that counts for deadlines at this instant: a day ends when it has ended everywhere in the United States."""
    if at.tzinfo is None:
        raise ValueError("An instant needs a zone")
    return at.astimezone(ZoneInfo(zone)).date()


def in_time(deadline: date, *, at: datetime, zone: str = DEADLINE_ZONE) -> bool:
    """Whether an act at this instant meets a deadline; the last day is still on time."""
    return today(at, zone=zone) <= deadline


def add_working_days(day: date, n: int) -> date:
    """The n-th Monday to Friday after `day`; holidays are not known to us and count as working days."""
    if n < 0:
        raise ValueError("Working days are counted forward")
    weeks, rest = divmod(n, 5)
    start = day if day.weekday() < 5 else day - timedelta(days=day.weekday() - 4)
    ahead = start + timedelta(weeks=weeks, days=rest)
    return ahead + timedelta(days=2) if rest and start.weekday() + rest > 4 else ahead


def written(day: date) -> str:
    """Write a day as people do: January 20, 2030."""
    return f"{day:%B} {day.day}, {day.year}"


class Finding(StrEnum):
    """What the dates say about the day of a completion or graduation."""

    COUNTS = "counts"
    UNKNOWN = "unknown"
    FUTURE = "future"
    EARLY = "early"
    LATE = "late"


@dataclass(frozen=True, kw_only=True)
class Window:
    """The days on which a completion or graduation counts, both included."""

    first_on: date
    last_on: date


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether a day counts: what was found, the rule with its dates, and what would help where it does not."""

    finding: Finding
    words: str
    help: str = ""

    @property
    def counts(self) -> bool:
        """Say whether the day gives credit."""
        return self.finding == Finding.COUNTS

    @property
    def message(self) -> str:
        """Give the whole explanation in one paragraph."""
        return f"{self.words} {self.help}".strip()
