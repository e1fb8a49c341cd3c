"""When a completed course counts: a table at each boundary, and laws."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.policy import (
    LETTER_OF_APPROVAL,
    UNKNOWN_APPROVAL,
    Finding,
    Party,
    Period,
    RenewalTime,
    Reviewer,
    Verdict,
    Window,
    conflicts,
    credit_window,
    credit_windows,
    first_approval,
    judge,
    last_approval_for,
    mail_domain,
    next_approval,
    renewal_time,
    written,
)
from programs.policy import add_months

APPROVED_ON, APPROVED_UNTIL = date(2025, 6, 30), date(2029, 6, 30)
RULE = "It was approved on June 30, 2025. It counts when it was finished from June 30, 2023 to June 30, 2029; both days count."
DAYS = st.dates(date(2001, 1, 1), date(2090, 12, 31))


def verdict(
    completed_on: date, *, today: date = date(2030, 1, 1), on: date | None = APPROVED_ON, until: date | None = APPROVED_UNTIL
) -> Verdict:
    periods = [Period(first_on=on, last_on=until)] if on and until else []
    return judge(completed_on, periods=periods, credit_months_before=24, today=today)


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


def test_a_course_without_a_known_approval_gives_no_credit_and_says_what_to_do() -> None:
    assert verdict(date(2026, 10, 2), on=None) == Verdict(finding=Finding.UNKNOWN, words=UNKNOWN_APPROVAL, help=LETTER_OF_APPROVAL)


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
    window = credit_window(Period(first_on=approved_on, last_on=until), credit_months_before=months)
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
            "If the course is still going on, come back when you finish it.",
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
    periods = [Period(first_on=approved_on, last_on=until)]
    found = judge(completed_on, periods=periods, credit_months_before=before, today=today)
    assert found.counts == (add_months(approved_on, -before) <= completed_on <= min(until, today))


@given(approved_on=DAYS, length=st.integers(1, 120), before=st.integers(0, 60), moved=st.integers(0, 4000), later=st.integers(0, 4000))
def test_what_counts_today_counts_on_every_later_day(approved_on: date, length: int, before: int, moved: int, later: int) -> None:
    until = add_months(approved_on, length)
    completed_on = min(add_months(approved_on, -before) + timedelta(days=moved), until)
    for today in (completed_on, completed_on + timedelta(days=later)):
        periods = [Period(first_on=approved_on, last_on=until)]
        assert judge(completed_on, periods=periods, credit_months_before=before, today=today).counts


@given(completed_on=DAYS, approved_on=DAYS, length=st.integers(1, 120), before=st.integers(0, 60), more=st.integers(0, 24))
def test_a_longer_time_before_the_approval_never_takes_credit_away(
    completed_on: date, approved_on: date, length: int, before: int, more: int
) -> None:
    details = {"periods": [Period(first_on=approved_on, last_on=add_months(approved_on, length))], "today": date(2100, 1, 1)}
    if judge(completed_on, credit_months_before=before, **details).counts:
        assert judge(completed_on, credit_months_before=before + more, **details).counts


@given(completed_on=DAYS, approved_on=DAYS, today=DAYS)
def test_every_verdict_names_a_day_and_a_refusal_says_what_would_help(completed_on: date, approved_on: date, today: date) -> None:
    found = verdict(completed_on, today=today, on=approved_on, until=add_months(approved_on, 48))
    assert written(today if found.finding == Finding.FUTURE else completed_on) in found.words
    assert bool(found.help) != found.counts


# Several approvals


@pytest.mark.parametrize(
    ("completed_on", "finding"),
    [
        (date(2013, 12, 31), Finding.EARLY),
        (date(2014, 1, 1), Finding.COUNTS),
        (date(2019, 12, 31), Finding.COUNTS),
        (date(2020, 1, 1), Finding.EARLY),
        (date(2022, 12, 31), Finding.EARLY),
        (date(2023, 1, 1), Finding.COUNTS),
        (date(2028, 12, 31), Finding.COUNTS),
        (date(2029, 1, 1), Finding.LATE),
    ],
)
def test_an_old_approval_goes_on_counting_beside_a_new_one(completed_on: date, finding: Finding) -> None:
    old = Period(first_on=date(2016, 1, 1), last_on=date(2019, 12, 31))
    new = Period(first_on=date(2025, 1, 1), last_on=date(2028, 12, 31))
    found = judge(completed_on, periods=[new, old], credit_months_before=24, today=date(2030, 1, 1))
    assert found.finding == finding
    if finding == Finding.EARLY and completed_on > date(2014, 1, 1):
        assert "falls between two approvals" in found.words
        assert "from January 1, 2014 to December 31, 2019 or from January 1, 2023 to December 31, 2028" in found.words


def test_windows_that_touch_are_one() -> None:
    first = Period(first_on=date(2020, 1, 1), last_on=date(2023, 12, 31))
    second = Period(first_on=date(2024, 1, 1), last_on=date(2027, 12, 31))
    after = Period(first_on=date(2030, 1, 2), last_on=date(2033, 12, 31))
    assert credit_windows([second, first], credit_months_before=0) == [Window(first_on=date(2020, 1, 1), last_on=date(2027, 12, 31))]
    assert len(credit_windows([first, second, after], credit_months_before=24)) == 2
    assert len(credit_windows([first, second, after], credit_months_before=25)) == 1


PERIODS = st.lists(st.tuples(DAYS, st.integers(1, 80)), min_size=1, max_size=4)


@given(days=PERIODS, completed_on=DAYS, before=st.integers(0, 36))
def test_a_day_counts_exactly_where_one_approval_alone_would_count_it(
    days: list[tuple[date, int]], completed_on: date, before: int
) -> None:
    periods = [Period(first_on=first, last_on=add_months(first, length)) for first, length in days]
    details = {"credit_months_before": before, "today": date(2110, 1, 1)}
    alone = any(judge(completed_on, periods=[period], **details).counts for period in periods)
    assert judge(completed_on, periods=periods, **details).counts == alone


@given(day=DAYS, approved_on=DAYS, before=st.integers(0, 60))
def test_the_last_approval_for_a_day_is_found_without_looking_at_each(day: date, approved_on: date, before: int) -> None:
    last = last_approval_for(day, credit_months_before=before)
    assert (approved_on <= last) == (add_months(approved_on, -before) <= day)


# Renewal


def test_renewals_are_counted_from_the_first_day_so_that_a_clamp_does_not_creep() -> None:
    first = first_approval(date(2096, 2, 29), months=48)
    assert first.last_on == date(2100, 2, 28)
    second = next_approval(ended_on=first.last_on, anchor_on=first.anchor_on, months_before=first.months, months=48)
    assert (second.first_on, second.last_on) == (date(2100, 3, 1), date(2104, 2, 29))


@given(decided_on=DAYS, terms=st.lists(st.integers(1, 60), min_size=1, max_size=4))
def test_renewals_leave_no_day_between_them_and_never_overlap(decided_on: date, terms: list[int]) -> None:
    now = first_approval(decided_on, months=terms[0])
    for months in terms[1:]:
        then = next_approval(ended_on=now.last_on, anchor_on=now.anchor_on, months_before=now.months, months=months)
        assert then.first_on == now.last_on + timedelta(days=1)
        assert then.last_on == add_months(decided_on, then.months)
        now = then


@pytest.mark.parametrize(
    ("today", "is_open", "words"),
    [
        (date(2028, 6, 29), False, "You can renew it from June 30, 2028."),
        (date(2028, 6, 30), True, "Renew it by June 30, 2029, so that it stays in the catalog."),
        (date(2029, 6, 30), True, "Renew it by June 30, 2029, so that it stays in the catalog."),
        (date(2029, 7, 1), True, "The approval ended on June 30, 2029. You can still renew it until September 30, 2029."),
        (date(2029, 9, 30), True, "You can still renew it until September 30, 2029."),
        (date(2029, 10, 1), False, "the time to renew it on September 30, 2029. Send it as a new course."),
    ],
)
def test_a_renewal_has_its_time(today: date, is_open: bool, words: str) -> None:
    found = renewal_time(approved_until=APPROVED_UNTIL, months_before=12, late_months=3, today=today)
    assert isinstance(found, RenewalTime)
    assert (found.is_open, found.opens_on, found.closes_on) == (is_open, date(2028, 6, 30), date(2029, 9, 30))
    assert words in found.words


# Who may review

PROVIDER, OTHER = UUID(int=1), UUID(int=2)
SIDE = Party(
    provider=PROVIDER,
    name="Prairie State Library",
    people=frozenset({7}),
    domains=frozenset({"prairie.example"}),
    instructors=frozenset({"Ada Young"}),
)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ()),
        ({"person": 7}, ("They represent this provider.",)),
        ({"name": "ada  YOUNG"}, ("They teach this course.",)),
        ({"domain": "prairie.example"}, ("Both have an email address at prairie.example.",)),
        ({"employer": "prairie state  library "}, ("The provider employs them.",)),
        ({"declared": frozenset({PROVIDER, OTHER})}, ("They declared a conflict of interest with this provider.",)),
        ({"declared": frozenset({OTHER})}, ()),
        ({"domain": ""}, ()),
    ],
)
def test_nobody_reviews_a_provider_that_they_have_to_do_with(changes: dict[str, Any], words: tuple[str, ...]) -> None:
    details = {"person": 1, "name": "Vera Sato", "domain": "mesa.example", "employer": "Mesa College", "declared": frozenset(), **changes}
    assert conflicts(Reviewer(**details), SIDE) == words


@pytest.mark.parametrize(("email", "domain"), [("a@Prairie.Example", "prairie.example"), ("a@gmail.com", ""), ("", ""), ("a", "a")])
def test_an_address_that_anybody_can_have_has_no_domain(email: str, domain: str) -> None:
    assert mail_domain(email) == domain
