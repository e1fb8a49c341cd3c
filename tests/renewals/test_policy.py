"""Contact hours, dates, terms and the sample at every boundary, and their laws."""

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.policy import add_months, nth_term
from renewals.policy import (
    Activity,
    Frame,
    LearningKind,
    Logged,
    Stage,
    Term,
    Total,
    Unit,
    Why,
    add_up,
    counted_minutes,
    fingerprint,
    is_sampled,
    judge,
    last_counting_day,
    mark_of,
    next_term,
    plan_dates,
    read_minutes,
    seal,
    stage,
    sum_up,
    to_minutes,
    write_hours,
)


def minutes(amount: int, technology: int = 0) -> Activity:
    return Activity(unit=Unit.MINUTE, amount=amount, technology_minutes=technology)


@pytest.mark.parametrize(
    ("unit", "amount", "expected"),
    [
        (Unit.SEMESTER_CREDIT, 1, 15 * 60),
        (Unit.SEMESTER_CREDIT, Fraction(3, 2), 1350),
        (Unit.QUARTER_CREDIT, 1, 10 * 60),
        (Unit.CEU, 1, 10 * 60),
        (Unit.CEU, Fraction(1, 10), 60),
        (Unit.CONFERENCE_DAY, 1, 6 * 60),
        (Unit.CONFERENCE_DAY, Fraction(1, 2), 180),
        (Unit.MINUTE, 90, 90),
        (Unit.CEU, Fraction(1, 7), 85),
    ],
)
def test_units_are_converted(unit: Unit, amount: Fraction | int, expected: int) -> None:
    assert to_minutes(unit, amount) == expected


@pytest.mark.parametrize(("amount", "expected"), [(0, 0), (59, 0), (60, 60), (61, 61), (90, 90)])
def test_under_sixty_minutes_does_not_count(amount: int, expected: int) -> None:
    assert counted_minutes(minutes(amount)) == expected


@pytest.mark.parametrize(("tenths", "expected"), [(Fraction(99, 1000), 0), (Fraction(1, 10), 60)])
def test_part_of_a_unit_under_an_hour_does_not_count(tenths: Fraction, expected: int) -> None:
    assert counted_minutes(Activity(unit=Unit.CEU, amount=tenths)) == expected


@pytest.mark.parametrize(
    ("activities", "missing", "missing_technology", "enough"),
    [
        ([], 1920, 240, False),
        ([minutes(1919, 240)], 1, 0, False),
        ([minutes(1920, 239)], 0, 1, False),
        ([minutes(1920, 240)], 0, 0, True),
        ([minutes(1921, 241)], 0, 0, True),
        ([minutes(1860, 240), minutes(59)], 60, 0, False),
        ([minutes(1920, 190), minutes(59, 50)], 0, 50, False),
        ([Activity(unit=Unit.SEMESTER_CREDIT, amount=2, technology_minutes=240), minutes(120)], 0, 0, True),
    ],
)
def test_thirty_two_hours_and_four_on_technology(activities: list[Activity], missing: int, missing_technology: int, enough: bool) -> None:
    total = add_up(activities, hours=32, technology_hours=4)
    assert (total.missing_minutes, total.missing_technology_minutes, total.enough) == (missing, missing_technology, enough)


@pytest.mark.parametrize(("amount", "technology"), [(-1, 0), (60, 61), (60, -1)])
def test_what_cannot_be_is_refused(amount: int, technology: int) -> None:
    with pytest.raises(ValueError, match="activity"):
        minutes(amount, technology)


activities = st.builds(lambda amount, share: minutes(amount, amount * share // 100), st.integers(0, 3000), st.integers(0, 100))


@given(some=st.lists(activities, max_size=12), one=activities)
def test_one_more_activity_never_takes_away(some: list[Activity], one: Activity) -> None:
    before, after = (add_up(listed, hours=32, technology_hours=4) for listed in (some, [*some, one]))
    assert after.minutes - before.minutes == counted_minutes(one)
    assert after.missing_minutes <= before.missing_minutes
    assert after.missing_technology_minutes <= before.missing_technology_minutes


@given(some=st.lists(activities, max_size=12), data=st.data())
def test_the_order_does_not_matter(some: list[Activity], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(some))
    assert add_up(shuffled, hours=32, technology_hours=4) == add_up(some, hours=32, technology_hours=4)


@given(some=st.lists(activities, max_size=12))
def test_what_is_there_and_what_is_missing_make_the_whole(some: list[Activity]) -> None:
    total = add_up(some, hours=32, technology_hours=4)
    assert isinstance(total, Total)
    assert total.technology_minutes <= total.minutes
    assert total.missing_minutes == max(0, 1920 - total.minutes)
    assert total.enough == (total.minutes >= 1920 and total.technology_minutes >= 240)


# Lengths as people type them


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90", 90),
        (" 90 min ", 90),
        ("90 minutes", 90),
        ("90min.", 90),
        ("1:30", 90),
        ("1.5 hours", 90),
        ("1,5 h", 90),
        ("1h30", 90),
        ("1 h 30 min", 90),
        ("1 hour and 30 minutes", 90),
        ("2 hrs", 120),
        ("0", 0),
        ("59.9", 59),
        ("", None),
        ("an hour", None),
        ("-90", None),
        ("1:75", None),
        ("90 90", None),
        ("9" * 40, None),
        ("٩٠", None),
        ("1e5", None),
    ],
)
def test_a_length_is_read_as_people_type_it(text: str, expected: int | None) -> None:
    assert read_minutes(text) == expected


@pytest.mark.parametrize(
    ("count", "missing", "expected"),
    [
        (0, False, "0"),
        (59, False, "0.98"),
        (60, False, "1"),
        (90, False, "1.5"),
        (1410, False, "23.5"),
        (1919, False, "31.98"),
        (1920, False, "32"),
        (1, True, "0.02"),
        (60, True, "1"),
        (510, True, "8.5"),
        (60_000, False, "1,000"),
        (600, False, "10"),
    ],
)
def test_hours_are_written_so_that_nobody_reads_enough_too_early(count: int, missing: bool, expected: str) -> None:
    assert write_hours(count, missing=missing) == expected


@given(have=st.integers(0, 5000), needed=st.integers(1, 80))
def test_what_is_written_as_enough_is_enough(have: int, needed: int) -> None:
    assert (float(write_hours(have).replace(",", "")) >= needed) == (have >= needed * 60)
    missing = max(0, needed * 60 - have)
    assert (write_hours(missing, missing=True) == "0") == (missing == 0)


# Which activities count

FIRST, LAST = date(2024, 3, 1), date(2028, 4, 30)
FRAME = Frame(first_day=FIRST, last_day=LAST)


def logged(title: str = "Webinar", *, on: date | None = date(2025, 5, 5), **said: Any) -> Logged:
    return Logged(**{"title": title, "kind": LearningKind.WORKSHOP, "amount": 90, "technology_minutes": 0, "completed_on": on, **said})


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"amount": None}, Why.UNFINISHED),
        ({"on": None}, Why.UNFINISHED),
        ({"complete": False}, Why.UNFINISHED),
        ({"amount": 59}, Why.UNDER_AN_HOUR),
        ({"amount": 60}, None),
        ({"kind": LearningKind.CEU, "amount": Fraction(9, 100)}, Why.UNDER_AN_HOUR),
        ({"kind": LearningKind.CEU, "amount": Fraction(1, 10)}, None),
        ({"on": FIRST - timedelta(days=1)}, Why.TOO_EARLY),
        ({"on": FIRST}, None),
        ({"on": FIRST + timedelta(days=1)}, None),
        ({"on": LAST - timedelta(days=1)}, None),
        ({"on": LAST}, None),
        ({"on": LAST + timedelta(days=1)}, Why.TOO_LATE),
        ({"refused": True}, Why.REFUSED),
        ({"kind": LearningKind.SELF_DIRECTED}, Why.UNDOCUMENTED),
        ({"kind": LearningKind.SELF_DIRECTED, "documented": True}, None),
    ],
)
def test_an_activity_counts_or_says_why_not(changes: dict[str, Any], why: Why | None) -> None:
    (one,) = judge([logged(**changes)], frame=FRAME)
    assert (one.why, one.counts) == (why, why is None)


@pytest.mark.parametrize("title", ["The Web, Today", "the web today", " THE WEB – TODAY! "])
def test_what_earned_a_set_or_counted_before_does_not_count_again(title: str) -> None:
    taken = frozenset({mark_of("The web today", date(2025, 5, 5))})
    for name, why in (("earned", Why.EARNED_A_SET), ("before", Why.COUNTED_BEFORE)):
        frame = Frame(first_day=FIRST, last_day=LAST, **{name: taken})
        same, other_day, other = judge([logged(title), logged(title, on=date(2025, 5, 6)), logged("Another")], frame=frame)
        assert (same.why, other_day.why, other.why) == (why, None, None)


def test_of_two_that_are_the_same_the_first_counts() -> None:
    listed = [logged("Web"), logged("web"), logged("Web", on=date(2025, 5, 6)), logged("Web", amount=30), logged("web", amount=30)]
    assert [one.why for one in judge(listed, frame=FRAME)] == [None, Why.TWICE, None, Why.UNDER_AN_HOUR, Why.UNDER_AN_HOUR]
    listed = [logged("Web", refused=True), logged("Web")]
    assert [one.why for one in judge(listed, frame=FRAME)] == [Why.REFUSED, None]


@pytest.mark.parametrize(("stated", "accepted", "expected"), [(40, None, 40), (40, 0, 0), (40, 30, 30), (90, None, 90), (90, 200, 90)])
def test_technology_is_what_was_stated_and_accepted(stated: int, accepted: int | None, expected: int) -> None:
    (one,) = judge([logged(technology_minutes=stated, accepted_technology_minutes=accepted)], frame=FRAME)
    assert one.technology_minutes == expected


many = st.lists(
    st.builds(
        logged,
        st.sampled_from(["A", "B", "C"]),
        on=st.none() | st.dates(FIRST - timedelta(days=3), FIRST + timedelta(days=3)),
        amount=st.none() | st.integers(0, 300),
        refused=st.booleans(),
    ),
    max_size=10,
)


@given(listed=many)
def test_the_sum_is_that_of_what_counts_and_each_counts_once(listed: list[Logged]) -> None:
    judged = judge(listed, frame=FRAME)
    total = sum_up(judged, hours=32, technology_hours=4)
    counting = [(one, verdict) for one, verdict in zip(listed, judged, strict=True) if verdict.counts]
    assert total.minutes == sum(verdict.minutes for _, verdict in counting)
    marks = [mark_of(one.title, one.completed_on) for one, _ in counting if one.completed_on]
    assert len(marks) == len(set(marks)) == len(counting)
    assert all(one.completed_on and FIRST <= one.completed_on <= LAST and (one.amount or 0) >= 60 for one, _ in counting)


# Dates

DAYS = plan_dates(first_day=date(2026, 11, 23), expires_on=date(2030, 11, 23), window_months=12, grace_months=2)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 11, 23), Stage.EARLY),
        (date(2029, 11, 22), Stage.EARLY),
        (date(2029, 11, 23), Stage.OPEN),
        (date(2029, 11, 24), Stage.OPEN),
        (date(2030, 11, 22), Stage.OPEN),
        (date(2030, 11, 23), Stage.OPEN),
        (date(2030, 11, 24), Stage.GRACE),
        (date(2031, 1, 22), Stage.GRACE),
        (date(2031, 1, 23), Stage.GRACE),
        (date(2031, 1, 24), Stage.LAPSED),
    ],
)
def test_the_window_grace_and_lapse(on: date, expected: Stage) -> None:
    assert stage(DAYS, on=on) == expected


@pytest.mark.parametrize(
    ("expires_on", "opens_on", "grace_ends_on"),
    [
        (date(2028, 2, 29), date(2027, 2, 28), date(2028, 4, 29)),
        (date(2025, 12, 31), date(2024, 12, 31), date(2026, 2, 28)),
        (date(2027, 12, 31), date(2026, 12, 31), date(2028, 2, 29)),
    ],
)
def test_days_that_are_not_there_are_the_month_s_last(expires_on: date, opens_on: date, grace_ends_on: date) -> None:
    days = plan_dates(first_day=date(2020, 1, 1), expires_on=expires_on, window_months=12, grace_months=2)
    assert (days.opens_on, days.grace_ends_on) == (opens_on, grace_ends_on)


def test_a_term_shorter_than_the_window_opens_with_its_first_day() -> None:
    days = plan_dates(first_day=date(2026, 5, 1), expires_on=date(2026, 11, 1), window_months=12, grace_months=2)
    assert days.opens_on == date(2026, 5, 1)


@pytest.mark.parametrize(
    ("today", "late", "expected"),
    [
        (date(2030, 6, 1), False, date(2030, 6, 1)),
        (date(2031, 1, 23), False, date(2031, 1, 23)),
        (date(2031, 1, 24), False, date(2031, 1, 23)),
        (date(2031, 6, 1), False, date(2031, 1, 23)),
        (date(2031, 6, 1), True, date(2031, 6, 1)),
    ],
)
def test_what_counts_ends_with_the_sending_or_with_grace(today: date, late: bool, expected: date) -> None:
    assert last_counting_day(DAYS, today=today, late=late) == expected


@pytest.mark.parametrize(
    ("anchor", "expires_on", "months", "first_day", "new_expiry"),
    [
        (date(2026, 11, 23), date(2030, 11, 23), 48, date(2030, 11, 24), date(2034, 11, 23)),
        (date(2096, 2, 29), date(2100, 2, 28), 48, date(2100, 3, 1), date(2104, 2, 29)),
        (date(2096, 2, 29), date(2104, 2, 29), 48, date(2104, 3, 1), date(2108, 2, 29)),
        (date(2025, 12, 31), date(2029, 12, 31), 60, date(2030, 1, 1), date(2034, 12, 31)),
        (date(2025, 12, 31), date(2034, 12, 31), 2, date(2035, 1, 1), date(2035, 2, 28)),
        (date(2025, 12, 31), date(2035, 2, 28), 1, date(2035, 3, 1), date(2035, 3, 31)),
    ],
)
def test_the_next_term_starts_the_day_after_and_is_counted_from_the_anchor(
    anchor: date, expires_on: date, months: int, first_day: date, new_expiry: date
) -> None:
    assert next_term(anchor=anchor, expires_on=expires_on, months=months) == Term(first_day=first_day, expires_on=new_expiry)


@given(anchor=st.dates(date(1990, 1, 1), date(2100, 12, 31)), terms=st.integers(1, 6), months=st.sampled_from([12, 24, 48, 60]))
def test_terms_follow_without_a_gap_and_no_clamp_creeps(anchor: date, terms: int, months: int) -> None:
    expires_on = add_months(anchor, months)
    for n in range(2, terms + 2):
        term = next_term(anchor=anchor, expires_on=expires_on, months=months)
        assert term.first_day == expires_on + timedelta(days=1)
        assert term.expires_on == nth_term(anchor, n=n, months=months)
        expires_on = term.expires_on


# The sample


def test_the_sample_is_what_anybody_can_work_out() -> None:
    seed = "2030"
    drawn = [number for number in range(1, 501) if is_sampled(seed=seed, number=number, percent=10)]
    by_hand = [number for number in range(1, 501) if _digits(seed, number) < 10]
    assert drawn == by_hand
    assert 25 < len(drawn) < 80
    assert not any(is_sampled(seed=seed, number=number, percent=0) for number in range(1, 101))
    assert all(is_sampled(seed=seed, number=number, percent=100) for number in range(1, 101))


def _digits(seed: str, number: int) -> int:
    return int(str(int.from_bytes(hashlib.sha256(f"{seed}:{number}".encode()).digest(), "big"))[-2:])


def test_a_fingerprint_and_a_seal_are_plain_sha256() -> None:
    assert fingerprint("secret") == hashlib.sha256(b"secret").hexdigest()
    assert seal({"b": 1, "a": ["é"]}) == hashlib.sha256('{"a":["é"],"b":1}'.encode()).hexdigest()


def test_two_activities_of_one_title_and_day_by_two_providers_both_count() -> None:
    two = [logged("Device help day", provider="Harbor Library"), logged("Device help day", provider="Prairie Library")]
    assert [one.why for one in judge(two, frame=FRAME)] == [None, None]


@pytest.mark.parametrize("again", ["Cafe\u0301 Nai\u0308ve", "CAF\u00c9 na\u00efve", "\uff23af\u00e9-na\u00efve"])
def test_one_activity_counts_once_however_its_accents_are_typed(again: str) -> None:
    two = [logged("Caf\u00e9 Na\u00efve", provider="B\u00fccherei"), logged(again, provider="bu\u0308cherei")]
    assert [one.why for one in judge(two, frame=FRAME)] == [None, Why.TWICE]


def test_titles_that_differ_in_a_vowel_sign_are_two() -> None:
    assert [one.why for one in judge([logged("\u0915\u0940"), logged("\u0915\u093e")], frame=FRAME)] == [None, None]


def test_what_earned_a_set_does_not_count_again_under_another_name_of_its_provider() -> None:
    frame = replace(FRAME, earned=frozenset({mark_of("Webinar", date(2025, 5, 5))}))
    assert judge([logged(provider="Harbor Lib.")], frame=frame)[0].why == Why.EARNED_A_SET
