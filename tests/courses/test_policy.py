"""When a completed course counts: a table at each boundary, and laws."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.policy import LETTER_OF_APPROVAL, UNKNOWN_APPROVAL, Finding, Verdict, Window, credit_window, judge, written
from programs.policy import add_months

APPROVED_ON, APPROVED_UNTIL = date(2025, 6, 30), date(2029, 6, 30)
RULE = "It was approved on June 30, 2025. It counts when it was finished from June 30, 2023 to June 30, 2029; both days count."
DAYS = st.dates(date(2001, 1, 1), date(2090, 12, 31))


def verdict(
    completed_on: date, *, today: date = date(2030, 1, 1), on: date | None = APPROVED_ON, until: date | None = APPROVED_UNTIL
) -> Verdict:
    return judge(completed_on, approved_on=on, approved_until=until, credit_months_before=24, today=today)


@pytest.mark.parametrize(
    ("completed_on", "finding"),
    [
        (date(2023, 6, 29), Finding.EARLY),
        (date(2023, 6, 30), Finding.COUNTS),
        (date(2023, 7, 1), Finding.COUNTS),
        (date(2025, 6, 29), Finding.COUNTS),
        (date(2025, 6, 30), Finding.COUNTS),
        (date(2029, 6, 29), Finding.COUNTS),
        (date(2029, 6, 30), Finding.COUNTS),
        (date(2029, 7, 1), Finding.LATE),
    ],
)
def test_a_course_counts_from_two_years_before_its_approval_to_the_end_of_it(completed_on: date, finding: Finding) -> None:
    assert verdict(completed_on).finding == finding


@pytest.mark.parametrize(
    ("completed_on", "finding"),
    [(date(2026, 11, 22), Finding.COUNTS), (date(2026, 11, 23), Finding.COUNTS), (date(2026, 11, 24), Finding.FUTURE)],
)
def test_a_course_is_not_finished_after_today(completed_on: date, finding: Finding) -> None:
    assert verdict(completed_on, today=date(2026, 11, 23)).finding == finding


@pytest.mark.parametrize(("on", "until"), [(None, None), (APPROVED_ON, None), (None, APPROVED_UNTIL)])
def test_an_approval_without_dates_gives_no_credit_and_says_what_to_do(on: date | None, until: date | None) -> None:
    assert verdict(date(2026, 10, 2), on=on, until=until) == Verdict(
        finding=Finding.UNKNOWN, words=UNKNOWN_APPROVAL, help=LETTER_OF_APPROVAL
    )


@pytest.mark.parametrize(
    ("approved_on", "months", "first_on"),
    [
        (date(2024, 2, 29), 24, date(2022, 2, 28)),
        (date(2026, 2, 28), 24, date(2024, 2, 28)),
        (date(2025, 8, 31), 18, date(2024, 2, 29)),
        (date(2025, 8, 31), 0, date(2025, 8, 31)),
    ],
)
def test_the_first_day_is_counted_in_months(approved_on: date, months: int, first_on: date) -> None:
    until = add_months(approved_on, 48)
    window = credit_window(approved_on=approved_on, approved_until=until, credit_months_before=months)
    assert window == Window(first_on=first_on, last_on=until)


@pytest.mark.parametrize(
    ("completed_on", "today", "message"),
    [
        (
            date(2023, 6, 29),
            date(2026, 11, 23),
            f"June 29, 2023 is too early for this course. {RULE} Check the date on your proof. "
            "You can still use the course in a portfolio.",
        ),
        (
            date(2029, 7, 1),
            date(2030, 1, 1),
            f"July 1, 2029 is too late for this course. {RULE} Check the date on your proof. "
            "If the course was approved again, write to us. You can still use it in a portfolio.",
        ),
        (
            date(2026, 11, 24),
            date(2026, 11, 23),
            "The course can’t be finished after today, November 23, 2026. Check the date. "
            "If the course still goes on, come back when you have finished it.",
        ),
        (date(2026, 10, 2), date(2026, 11, 23), f"October 2, 2026 is within the dates of this course. {RULE}"),
    ],
)
def test_a_verdict_explains_itself_with_the_dates(completed_on: date, today: date, message: str) -> None:
    assert verdict(completed_on, today=today).message == message


@given(completed_on=DAYS, approved_on=DAYS, length=st.integers(1, 120), before=st.integers(0, 60), today=DAYS)
def test_it_counts_exactly_within_the_window_and_up_to_today(
    completed_on: date, approved_on: date, length: int, before: int, today: date
) -> None:
    until = add_months(approved_on, length)
    found = judge(completed_on, approved_on=approved_on, approved_until=until, credit_months_before=before, today=today)
    assert found.counts == (add_months(approved_on, -before) <= completed_on <= min(until, today))


@given(approved_on=DAYS, length=st.integers(1, 120), before=st.integers(0, 60), moved=st.integers(0, 4000), later=st.integers(0, 4000))
def test_what_counts_today_counts_on_every_later_day(approved_on: date, length: int, before: int, moved: int, later: int) -> None:
    until = add_months(approved_on, length)
    completed_on = min(add_months(approved_on, -before) + timedelta(days=moved), until)
    for today in (completed_on, completed_on + timedelta(days=later)):
        assert judge(completed_on, approved_on=approved_on, approved_until=until, credit_months_before=before, today=today).counts


@given(completed_on=DAYS, approved_on=DAYS, length=st.integers(1, 120), before=st.integers(0, 60), more=st.integers(0, 24))
def test_a_longer_time_before_the_approval_never_takes_credit_away(
    completed_on: date, approved_on: date, length: int, before: int, more: int
) -> None:
    facts = {"approved_on": approved_on, "approved_until": add_months(approved_on, length), "today": date(2100, 1, 1)}
    if judge(completed_on, credit_months_before=before, **facts).counts:
        assert judge(completed_on, credit_months_before=before + more, **facts).counts


@given(completed_on=DAYS, approved_on=DAYS, today=DAYS)
def test_every_verdict_names_a_day_and_a_refusal_says_what_would_help(completed_on: date, approved_on: date, today: date) -> None:
    found = judge(completed_on, approved_on=approved_on, approved_until=add_months(approved_on, 48), credit_months_before=24, today=today)
    assert written(today if found.finding == Finding.FUTURE else completed_on) in found.words
    assert bool(found.help) != found.counts
