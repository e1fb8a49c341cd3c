"""Where a webinar stands: at each boundary, and as a law."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webinars.policy import Facts, WebinarStatus, stand

BEGINS = datetime(2027, 3, 14, 18, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def facts(**changes: object) -> Facts:
    return Facts(**{"begins_at": BEGINS, "minutes": 60, "cancelled": False, "coming": 0, "seats": None, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("at", "changes", "standing"),
    [
        (BEGINS - SECOND, {}, "open"),
        (BEGINS, {}, "running"),
        (BEGINS + timedelta(minutes=60) - SECOND, {}, "running"),
        (BEGINS + timedelta(minutes=60), {}, "past"),
        (BEGINS - SECOND, {"seats": 2, "coming": 1}, "open"),
        (BEGINS - SECOND, {"seats": 2, "coming": 2}, "full"),
        (BEGINS, {"seats": 2, "coming": 2}, "running"),
        (BEGINS - SECOND, {"cancelled": True}, "cancelled"),
        (BEGINS + timedelta(days=9), {"cancelled": True}, "cancelled"),
    ],
)
def test_each_boundary(at: datetime, changes: dict[str, object], standing: str) -> None:
    assert stand(facts(**changes), at=at) == standing


@given(st.integers(0, 500), st.none() | st.integers(1, 400), st.integers(-500, 500))
def test_it_is_open_only_ahead_and_with_a_seat(coming: int, seats: int | None, minutes: int) -> None:
    at = BEGINS + timedelta(minutes=minutes)
    is_open = stand(facts(coming=coming, seats=seats), at=at) == WebinarStatus.OPEN
    assert is_open == (at < BEGINS and (seats is None or coming < seats))
