"""Contact hours at every boundary, and the laws of their sum."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewals.policy import Activity, Total, Unit, add_up, counted_minutes, to_minutes


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
