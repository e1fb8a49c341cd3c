"""When one can still sign up: pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class WebinarStatus(StrEnum):
    """Where a webinar stands at an instant."""

    OPEN = "open"
    FULL = "full"
    RUNNING = "running"
    PAST = "past"
    CANCELLED = "cancelled"


# So long after a webinar the links in its emails still say what became of it.
LINK_LASTS = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What decides: when it begins, how long it is, how many come, and how many may (None for no limit)."""

    begins_at: datetime
    minutes: int
    cancelled: bool
    coming: int
    seats: int | None


def stand(facts: Facts, *, at: datetime) -> WebinarStatus:
    """Say where it stands: people sign up until it begins; it is past when its minutes are over."""
    if facts.cancelled:
        return WebinarStatus.CANCELLED
    if at >= facts.begins_at + timedelta(minutes=facts.minutes):
        return WebinarStatus.PAST
    if at >= facts.begins_at:
        return WebinarStatus.RUNNING
    return WebinarStatus.FULL if facts.seats is not None and facts.coming >= facts.seats else WebinarStatus.OPEN


def is_link_over(*, begins_at: datetime, minutes: int, at: datetime) -> bool:
    """Whether the link with which a guest cancels has ended: a day after the webinar."""
    return at >= begins_at + timedelta(minutes=minutes) + LINK_LASTS
