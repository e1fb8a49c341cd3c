"""Hours of work and the six sets, against tables at each boundary, a plain day-by-day statement of the rule, and laws."""

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candidates.policy import (
    AchievedSet,
    Count,
    EmploymentPeriod,
    PlannedSet,
    Slot,
    arrange,
    completed_on,
    count_hours,
    counting,
    enough_on,
)

TERMS = {"window_years": 5, "week_cap": 40, "hours_needed": 1820}


def employment(
    began: str, ended: str | None, hours: str | int, library: str = "Marlow County Library", *, paid: bool = True
) -> EmploymentPeriod:
    return EmploymentPeriod(
        library=library,
        began_on=date.fromisoformat(began),
        ended_on=date.fromisoformat(ended) if ended else None,
        hours_a_week=Fraction(hours),
        paid=paid,
    )


def count(*employments: EmploymentPeriod, on: str) -> Count:
    return count_hours(employments, applied_on=date.fromisoformat(on), **TERMS)


def hours_day_by_day(employments: list[EmploymentPeriod], applied_on: date, *, window_years: int, week_cap: int) -> Fraction:
    """The rule, read aloud: walk the days of the window, add a seventh for each post, cut each Monday-to-Sunday week at the cap."""
    year = applied_on.year - window_years
    day = date(year, 2, 28) if (applied_on.month, applied_on.day) == (2, 29) and year % 4 else date(year, applied_on.month, applied_on.day)
    weeks: dict[tuple[int, int], Fraction] = defaultdict(Fraction)
    while day < applied_on:
        for one in employments:
            if one.began_on <= day and (one.ended_on is None or day <= one.ended_on):
                weeks[day.isocalendar()[:2]] += one.hours_a_week / 7
        day += timedelta(days=1)
    return sum((min(hours, Fraction(week_cap)) for hours in weeks.values()), Fraction(0))


def test_count_hours_shows_its_working_line_by_line():
    marlow = employment("2024-03-04", None, 15)
    lincoln = employment("2021-09-06", "2022-05-29", 8, "Lincoln School Library", paid=False)
    ridge = employment("2022-06-06", "2022-08-28", 6, "Ridge Road Branch Library")
    counted = count(marlow, lincoln, ridge, on="2026-01-12")
    assert [(line.weeks, line.days_over, line.shown, line.capped) for line in counted.lines] == [
        (97, 0, 1455, False),
        (38, 0, 304, False),
        (12, 0, 72, False),
    ]
    assert (counted.hours, counted.shown, counted.parts, counted.enough, counted.over_by, counted.short_by) == (1831, 1831, 0, True, 11, 0)
    assert (counted.first_on, counted.last_on) == (date(2021, 1, 12), date(2026, 1, 11))
    assert counted.enough_on == date(2026, 1, 12)


def test_count_hours_says_from_when_it_is_enough_if_the_present_post_goes_on():
    counted = count(employment("2024-03-04", None, 15), employment("2021-09-06", "2022-05-29", 8), on="2026-01-12")
    assert (counted.shown, counted.enough, counted.short_by, counted.enough_on) == (1759, False, 61, date(2026, 2, 10))


@pytest.mark.parametrize(
    ("began", "ended", "on", "days"),
    [
        ("2026-01-11", None, "2026-01-12", 1),  # the day before the application counts
        ("2026-01-12", None, "2026-01-12", 0),  # the day of application does not
        ("2026-01-13", None, "2026-01-12", 0),
        ("2026-01-01", "2026-01-01", "2026-01-12", 1),  # one day, first and last
        ("2026-01-01", "2026-01-11", "2026-01-12", 11),  # the last day counts
        ("2026-01-01", "2026-01-12", "2026-01-12", 11),
        ("2020-01-01", "2021-01-11", "2026-01-12", 0),  # ended the day before the window
        ("2020-01-01", "2021-01-12", "2026-01-12", 1),  # on the window's first day
        ("2020-01-01", "2021-01-13", "2026-01-12", 2),
        ("2024-02-28", "2024-03-01", "2026-01-12", 3),  # across a leap day
        ("2023-02-28", "2023-03-01", "2026-01-12", 2),
        ("2019-01-01", None, "2024-02-29", 1827),  # window from February 28, 2019
        ("2019-01-01", None, "2024-02-28", 1826),
        ("2019-01-01", None, "2024-03-01", 1827),  # window from March 1, 2019
    ],
)
def test_count_hours_counts_days_at_each_edge(began, ended, on, days):
    counted = count(employment(began, ended, 7), on=on)
    assert (counted.lines[0].days, counted.hours) == (days, days)


@pytest.mark.parametrize(
    ("hours", "ended", "shown", "enough", "short_by"),
    [
        ("35", "2023-01-01", 1820, True, 0),  # 52 weeks exactly
        ("35", "2022-12-31", 1815, False, 5),  # a day less
        ("34.99", "2023-01-01", 1819, False, 1),  # 1,819.48 is not rounded up
        ("35.01", "2023-01-01", 1820, True, 0),  # 1,820.52 is shown rounded down
    ],
)
def test_enough_is_decided_on_the_exact_sum(hours, ended, shown, enough, short_by):
    counted = count(employment("2022-01-03", ended, hours), on="2026-01-12")
    assert (counted.shown, counted.enough, counted.short_by) == (shown, enough, short_by)


@pytest.mark.parametrize(
    ("first", "second", "total", "capped"),
    [(20, 20, 40, False), (20, Fraction("20.5"), 40, True), (30, 30, 40, True), (168, 1, 40, True), (40, 0, 40, False)],
)
def test_no_week_counts_more_than_the_cap_over_all_posts(first, second, total, capped):
    counted = count(employment("2025-01-06", "2025-01-12", first), employment("2025-01-06", "2025-01-12", second), on="2026-01-12")
    assert (counted.hours, counted.capped) == (total, capped)
    if second:
        assert counted.lines[0].hours / counted.lines[1].hours == Fraction(first) / Fraction(second)


def test_the_cap_is_for_a_week_from_monday_to_sunday():
    thursday_to_wednesday = employment("2025-01-09", "2025-01-15", 70)  # 10 hours a day: 4 days, then 3
    assert count(thursday_to_wednesday, on="2026-01-12").hours == 40 + 30


def test_hidden_parts_of_an_hour_are_shown_so_that_the_sum_adds_up():
    counted = count(employment("2025-01-06", "2025-01-12", "1.5"), employment("2025-01-06", "2025-01-12", "2.5"), on="2026-01-12")
    assert ([line.shown for line in counted.lines], counted.parts, counted.shown) == ([1, 2], 1, 4)


def test_no_work_at_all_is_never_enough():
    counted = count(on="2026-01-12")
    assert (counted.hours, counted.short_by, counted.enough_on) == (0, 1820, None)


def test_old_work_falls_out_while_the_present_post_goes_on():
    old, present = employment("2021-01-04", "2021-12-31", 30), employment("2025-12-01", None, 14)
    counted = count(old, present, on="2026-01-04")
    assert (counted.shown, counted.enough_on) == (1619, date(2025, 12, 1) + timedelta(days=910))  # the present post alone: 2 hours a day


def test_seven_hours_a_week_reach_the_number_only_just_or_never():
    assert enough_on([employment("2026-01-01", None, 7)], applied_on=date(2026, 1, 1), **TERMS) == date(2030, 12, 26)
    assert enough_on([employment("2026-01-01", None, "6.97")], applied_on=date(2026, 1, 1), **TERMS) is None


def test_enough_on_is_quick():
    employments = [employment("2020-01-01", None, "0.37", f"Library {n}") for n in range(15)]
    began = perf_counter()
    assert enough_on(employments, applied_on=date(2026, 1, 12), **TERMS) is None
    assert perf_counter() - began < 0.5


days = st.dates(date(2018, 1, 1), date(2027, 12, 31))


@st.composite
def employments_of_work(draw: st.DrawFn) -> EmploymentPeriod:
    began = draw(days)
    length = draw(st.none() | st.integers(0, 1500))
    return EmploymentPeriod(
        library=draw(st.sampled_from(["Marlow County Library", "Lincoln School Library"])),
        began_on=began,
        ended_on=None if length is None else began + timedelta(days=length),
        hours_a_week=draw(st.decimals("0.25", "168", places=2).map(Fraction)),
    )


some_employments = st.lists(employments_of_work(), max_size=4)
applications = st.dates(date(2023, 1, 1), date(2028, 12, 31)) | st.sampled_from([date(2024, 2, 29), date(2028, 2, 29), date(2027, 2, 28)])


@given(some_employments, applications)
@settings(max_examples=60, deadline=None)
def test_law_the_sum_is_what_the_rule_says_day_by_day(employments, applied_on):
    counted = count_hours(employments, applied_on=applied_on, **TERMS)
    assert counted.hours == hours_day_by_day(employments, applied_on, window_years=5, week_cap=40)
    assert counted.shown == sum(line.shown for line in counted.lines) + counted.parts
    assert counted.shown <= counted.hours < counted.shown + 1
    assert counted.enough is (counted.short_by == 0) is (counted.enough_on == applied_on)


@given(some_employments, applications, st.integers(1, 5), st.integers(20, 400))
@settings(max_examples=25, deadline=None)
def test_law_enough_on_is_the_first_day_that_counts_to_enough(employments, applied_on, window_years, hours_needed):
    terms = {"window_years": window_years, "week_cap": 40, "hours_needed": hours_needed}
    found = enough_on(employments, applied_on=applied_on, **terms)
    if found is None:
        samples = [applied_on + timedelta(days=ahead) for ahead in range(0, 3600, 450)]
        assert not any(hours_day_by_day(employments, day, window_years=window_years, week_cap=40) >= hours_needed for day in samples)
    else:
        assert hours_day_by_day(employments, found, window_years=window_years, week_cap=40) >= hours_needed
        before = found - timedelta(days=1)
        if found > applied_on:
            assert hours_day_by_day(employments, before, window_years=window_years, week_cap=40) < hours_needed
        for ahead in range(0, (found - applied_on).days, 97):
            day = applied_on + timedelta(days=ahead)
            assert hours_day_by_day(employments, day, window_years=window_years, week_cap=40) < hours_needed


@given(some_employments, employments_of_work(), applications)
@settings(max_examples=40, deadline=None)
def test_law_more_work_never_counts_less(employments, another, applied_on):
    assert (
        count_hours([*employments, another], applied_on=applied_on, **TERMS).hours
        >= count_hours(employments, applied_on=applied_on, **TERMS).hours
    )


@given(st.permutations([0, 1, 2]), applications)
@settings(max_examples=20, deadline=None)
def test_law_the_order_of_the_employments_does_not_matter(order, applied_on):
    employments = [
        employment("2021-01-04", "2024-12-31", "31.5"),
        employment("2023-02-01", None, 12),
        employment("2022-05-05", "2025-06-06", 60),
    ]
    straight = count_hours(employments, applied_on=applied_on, **TERMS)
    turned = count_hours([employments[i] for i in order], applied_on=applied_on, **TERMS)
    assert turned.hours == straight.hours
    assert [line.hours for line in turned.lines] == [straight.lines[i].hours for i in order]


def achieved(code: str, on: str, way: str = "course") -> AchievedSet:
    kind = "required" if code.startswith("r") else "elective"
    return AchievedSet(code=code, name=code.upper(), kind=kind, on=date.fromisoformat(on), way=way)


SIX = [
    achieved("r1", "2025-01-10"),
    achieved("r2", "2025-02-10"),
    achieved("r3", "2025-06-10"),
    achieved("e1", "2025-03-10"),
    achieved("e2", "2025-03-10"),
    achieved("e3", "2025-07-01"),
]


@pytest.mark.parametrize(
    ("achievements", "expected"),
    [
        ([], None),
        (SIX, date(2025, 7, 1)),
        (SIX[:5], None),
        (SIX[1:], None),
        ([*SIX, achieved("e4", "2025-08-01")], date(2025, 7, 1)),  # a seventh changes nothing
        ([*SIX, achieved("e4", "2025-05-01")], date(2025, 6, 10)),  # the first three electives count
        ([*SIX[1:], achieved("e4", "2025-05-01"), achieved("e5", "2025-05-01")], None),  # electives never stand in for a required set
    ],
)
def test_completed_on_is_the_first_day_with_three_of_each(achievements, expected):
    assert completed_on(achievements) == expected
    assert completed_on(reversed(achievements)) == expected


def test_counting_takes_six_of_more():
    more = [*SIX, achieved("e4", "2025-05-01")]
    assert [done.code for done in counting(more)] == ["r1", "r2", "r3", "e1", "e2", "e4"]


def planned(code: str, way: str = "") -> PlannedSet:
    return PlannedSet(code=code, name=code.upper(), kind="required" if code.startswith("r") else "elective", way=way)


REQUIRED = [planned("r1"), planned("r2", "course"), planned("r3")]


def test_arrange_starts_with_three_required_sets_and_three_open_places():
    assert arrange(REQUIRED, []) == [
        Slot(position=1, kind="required", code="r1", name="R1"),
        Slot(position=2, kind="required", code="r2", name="R2", way="course"),
        Slot(position=3, kind="required", code="r3", name="R3"),
        Slot(position=4, kind="elective"),
        Slot(position=5, kind="elective"),
        Slot(position=6, kind="elective"),
    ]


def test_arrange_puts_electives_achieved_first_and_drops_the_choice_without_a_place():
    choices = [*REQUIRED, planned("e1", "portfolio"), planned("e2"), planned("e3")]
    off_plan = achieved("e9", "2025-05-01", "agreement")
    slots = arrange(choices, [off_plan, achieved("r2", "2025-05-02", "portfolio")])
    assert [slot.code for slot in slots] == ["r1", "r2", "r3", "e9", "e1", "e2"]
    assert slots[1] == Slot(
        position=2, kind="required", code="r2", name="R2", way="portfolio", achieved=achieved("r2", "2025-05-02", "portfolio")
    )
    assert slots[3] == Slot(position=4, kind="elective", code="e9", name="E9", way="agreement", achieved=off_plan)


def test_arrange_always_has_six_places():
    everything = [*SIX, achieved("e4", "2025-05-01"), achieved("e5", "2025-09-01")]
    assert [slot.code for slot in arrange(REQUIRED, everything)] == ["r1", "r2", "r3", "e1", "e2", "e4"]
