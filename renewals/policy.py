"""Contact hours: what an activity is worth, and whether the sum is enough to renew. Pure; all sums in whole minutes."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

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
    """What activities come to, and what is still missing; all in minutes."""

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
