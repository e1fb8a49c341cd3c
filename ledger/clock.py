"""The one place where the entrances read the clock; everything below them is handed `at`."""

from datetime import UTC, datetime


def now() -> datetime:
    """This instant, with its zone."""
    return datetime.now(UTC)
