"""The dates of an appeal, stage by stage, and when a statement on conflicts of interest holds. Every day is inclusive."""

from dataclasses import dataclass
from datetime import date, timedelta

from programs.policy import add_months

STATEMENT_MONTHS = 12


@dataclass(frozen=True, kw_only=True)
class Dates:
    """The last days of the first two stages; both count from the day of receipt."""

    notice_by: date
    grounds_by: date


def plan_dates(received_on: date, *, notice_days: int, grounds_days: int) -> Dates:
    """Give the last day to say that one will appeal, and the last day for the grounds."""
    return Dates(notice_by=received_on + timedelta(days=notice_days), grounds_by=received_on + timedelta(days=grounds_days))


def plan_response(grounds_on: date, *, days: int) -> date:
    """Give the last day on which the first committee responds or waives."""
    return grounds_on + timedelta(days=days)


def plan_decision(responded_on: date, *, days: int) -> date:
    """Give the last day on which the second committee meets; for a silent first one, `responded_on` is its last day."""
    return responded_on + timedelta(days=days)


def is_over(last_day: date, *, today: date) -> bool:
    """Say whether the last day has passed; the day itself is on time."""
    return today > last_day


def sworn_until(signed_on: date) -> date:
    """Give the last day on which a statement on conflicts of interest holds: the same day of the next year."""
    return add_months(signed_on, STATEMENT_MONTHS)
