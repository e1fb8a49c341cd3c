"""The dates of an appeal, at every boundary."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeals import policy

RECEIVED = date(2026, 11, 23)


def test_notice_and_grounds_both_count_from_the_receipt() -> None:
    dates = policy.plan_dates(RECEIVED, notice_days=10, grounds_days=30)
    assert (dates.notice_by, dates.grounds_by) == (date(2026, 12, 3), date(2026, 12, 23))


def test_the_committees_have_thirty_days_each_one_after_the_other() -> None:
    assert policy.plan_response(date(2026, 12, 23), days=30) == date(2027, 1, 22)
    assert policy.plan_decision(date(2027, 1, 22), days=30) == date(2027, 2, 21)


@pytest.mark.parametrize(("day", "over"), [(date(2026, 12, 2), False), (date(2026, 12, 3), False), (date(2026, 12, 4), True)])
def test_the_last_day_is_in_time(day: date, over: bool) -> None:
    assert policy.is_over(date(2026, 12, 3), today=day) is over


@pytest.mark.parametrize(
    ("signed_on", "until"),
    [(date(2026, 11, 23), date(2027, 11, 23)), (date(2028, 2, 29), date(2029, 2, 28)), (date(2027, 1, 1), date(2028, 1, 1))],
)
def test_a_statement_holds_for_a_year(signed_on: date, until: date) -> None:
    assert policy.sworn_until(signed_on) == until


@given(st.dates(max_value=date(9000, 1, 1)), st.integers(1, 90), st.integers(1, 180))
def test_the_whole_time_is_the_days_that_are_promised(received_on: date, notice: int, grounds: int) -> None:
    dates = policy.plan_dates(received_on, notice_days=notice, grounds_days=grounds)
    assert dates.notice_by - received_on == timedelta(days=notice)
    assert not policy.is_over(dates.grounds_by, today=dates.grounds_by)
    assert policy.is_over(dates.grounds_by, today=dates.grounds_by + timedelta(days=1))
