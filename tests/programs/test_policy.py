"""Dates at every boundary, and the laws that hold for all of them."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.policy import add_months, add_working_days, in_time, nth_term, today

DAYS = st.dates(date(1990, 1, 1), date(2110, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2096, 2, 29), 48, date(2100, 2, 28)),
        (date(2096, 2, 29), 96, date(2104, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 3, 31), 1, date(2026, 4, 30)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
    ],
)
def test_months_keep_the_day_or_take_the_months_last(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@given(DAYS, st.integers(-600, 600))
def test_adding_months_lands_in_the_right_month_and_never_after_the_day(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == min(day.day, monthrange(moved.year, moved.month)[1])


@given(DAYS, DAYS, st.integers(0, 240))
def test_a_later_day_never_gets_an_earlier_end(one: date, other: date, months: int) -> None:
    early, late = sorted([one, other])
    assert add_months(early, months) <= add_months(late, months)


@given(DAYS, st.integers(1, 12))
def test_terms_count_from_the_first_anchor_so_that_a_clamp_does_not_creep(anchor: date, n: int) -> None:
    ends = [nth_term(anchor, n=i, months=48) for i in range(1, n + 1)]
    assert ends == sorted(set(ends))
    assert all(end.day == anchor.day or (anchor.month == 2 and anchor.day == 29 and end.day == 28) for end in ends)


def test_the_zeroth_term_does_not_exist() -> None:
    with pytest.raises(ValueError, match="counted from 1"):
        nth_term(date(2026, 1, 1), n=0, months=48)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 11, 24, 10, 59, 59, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 24, 11, 0, 0, tzinfo=UTC), date(2026, 11, 24)),
        (datetime(2026, 11, 23, 11, 0, 0, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 23, 10, 59, 59, tzinfo=UTC), date(2026, 11, 22)),
    ],
)
def test_a_day_ends_when_it_has_ended_in_pago_pago(at: datetime, expected: date) -> None:
    assert today(at) == expected


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        today(datetime(2026, 11, 23))


@pytest.mark.parametrize(("hours", "expected"), [(-24, True), (0, True), (19, True), (20, False), (24, False)])
def test_the_last_day_is_still_in_time(hours: int, expected: bool) -> None:
    assert in_time(date(2026, 11, 23), at=datetime(2026, 11, 23, 15, tzinfo=UTC) + timedelta(hours=hours)) is expected


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2026, 11, 23), 5, date(2026, 11, 30)),
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 11, 23), 4, date(2026, 11, 27)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 11, 28), 1, date(2026, 11, 30)),
        (date(2026, 11, 29), 5, date(2026, 12, 4)),
    ],
)
def test_working_days(day: date, n: int, expected: date) -> None:
    assert add_working_days(day, n) == expected


@given(DAYS, st.integers(1, 400))
def test_working_days_agree_with_counting_one_by_one(day: date, n: int) -> None:
    counted, walked = 0, day
    while counted < n:
        walked += timedelta(days=1)
        counted += walked.weekday() < 5
    assert add_working_days(day, n) == walked
