"""When a graduation counts, and what an agreement must cover: every boundary a day before, on and after."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements.policy import AgreementStatus, Days, SetCoverage, find_gaps, judge, promise, renewal_day, standing
from programs.policy import Finding, add_months

DAYS = Days(agreement_on=date(2024, 6, 9), retroactive_to=date(2022, 6, 9), ends_on=date(2028, 6, 9))
DAY = timedelta(days=1)
ANY = st.dates(date(1990, 1, 1), date(2150, 1, 1))


def test_an_agreement_is_two_years_back_and_four_ahead_unless_it_states_others() -> None:
    assert promise(date(2024, 6, 9), months=48, months_before=24) == DAYS
    assert promise(date(2024, 2, 29), months=48, months_before=24).retroactive_to == date(2022, 2, 28)
    stated = promise(date(2024, 6, 9), months=48, months_before=24, retroactive_to=date(2010, 1, 1), ends_on=date(2025, 1, 1))
    assert (stated.retroactive_to, stated.ends_on) == (date(2010, 1, 1), date(2025, 1, 1))


@pytest.mark.parametrize("stated", [{"retroactive_to": date(2024, 6, 10)}, {"ends_on": date(2024, 6, 9)}, {"ends_on": date(2024, 6, 8)}])
def test_days_out_of_order_are_refused(stated: dict[str, date]) -> None:
    with pytest.raises(ValueError, match=r"^The (first|last)"):
        promise(date(2024, 6, 9), months=48, months_before=24, **stated)


@pytest.mark.parametrize(
    ("day", "finding"),
    [
        (date(2022, 6, 8), Finding.EARLY),
        (date(2022, 6, 9), Finding.COUNTS),
        (date(2024, 6, 9), Finding.COUNTS),
        (date(2028, 6, 9), Finding.COUNTS),
        (date(2028, 6, 10), Finding.LATE),
        (date(2029, 1, 2), Finding.FUTURE),
    ],
)
def test_a_graduation_counts_within_the_dates_both_included(day: date, finding: Finding) -> None:
    verdict = judge(day, days=DAYS, today=date(2029, 1, 1))
    assert verdict.finding == finding
    if finding in (Finding.EARLY, Finding.LATE):
        assert "from June 9, 2022 to June 9, 2028" in verdict.message


def test_a_day_after_today_never_counts_and_unknown_dates_say_so() -> None:
    assert judge(date(2026, 1, 2), days=DAYS, today=date(2026, 1, 1)).finding == Finding.FUTURE
    for days in (
        Days(agreement_on=None, retroactive_to=None, ends_on=None),
        Days(agreement_on=DAYS.agreement_on, retroactive_to=DAYS.retroactive_to, ends_on=None),
    ):
        assert judge(date(2025, 1, 1), days=days, today=date(2026, 1, 1)).finding == Finding.UNKNOWN


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2024, 6, 8), AgreementStatus.AHEAD),
        (date(2024, 6, 9), AgreementStatus.IN_FORCE),
        (date(2028, 6, 9), AgreementStatus.IN_FORCE),
        (date(2028, 6, 10), AgreementStatus.OVER),
    ],
)
def test_the_last_day_is_still_in_force(on: date, expected: AgreementStatus) -> None:
    assert standing(DAYS, on=on) == expected
    assert standing(Days(agreement_on=DAYS.agreement_on, retroactive_to=None, ends_on=None), on=on) == AgreementStatus.UNKNOWN


def test_a_renewal_follows_the_old_end_or_begins_today() -> None:
    assert renewal_day(date(2028, 6, 9), today=date(2028, 1, 1)) == date(2028, 6, 10)
    assert renewal_day(date(2028, 6, 9), today=date(2028, 6, 10)) == date(2028, 6, 10)
    assert renewal_day(date(2028, 6, 9), today=date(2029, 1, 1)) == date(2029, 1, 1)
    assert renewal_day(None, today=date(2029, 1, 1)) == date(2029, 1, 1)


def places(required: list[str], electives: list[str]) -> list[SetCoverage]:
    """Sets whose word is "covered", "" for nothing, or else a condition."""
    return [
        SetCoverage(
            name=f"Set {number}", required=number < len(required), covered=said == "covered", condition="" if said == "covered" else said
        )
        for number, said in enumerate([*required, *electives])
    ]


@pytest.mark.parametrize(
    ("required", "electives", "gaps"),
    [
        (["covered"] * 3, ["covered"] * 3, []),
        (["covered", "COM 110", "covered"], ["covered", "covered", "A portfolio"], []),
        (["covered", "", "covered"], ["covered"] * 3, ["Set 1 is a required set: mark it as covered, or say how graduates show it."]),
        (["covered"] * 3, ["covered", "covered", ""], ["2 of 3 electives are covered or have a condition. Mark 1 more."]),
        (["covered"] * 2, ["covered"] * 3, ["The agreement must name all 3 required sets."]),
        (["A course"] * 3, ["A course"] * 3, ["The agreement covers no set. Mark at least one."]),
    ],
)
def test_three_required_and_three_electives_are_covered_or_have_a_condition(
    required: list[str], electives: list[str], gaps: list[str]
) -> None:
    assert find_gaps(places(required, electives), required=3, electives=3) == gaps


@given(ANY, ANY, st.integers(1, 120), st.integers(0, 60))
def test_what_counts_is_one_unbroken_stretch_that_has_the_agreements_day(agreement_on: date, day: date, months: int, before: int) -> None:
    days = promise(agreement_on, months=months, months_before=before)
    assert days.window is not None
    counts = judge(day, days=days, today=date(2300, 1, 1)).counts
    assert counts == (add_months(agreement_on, -before) <= day <= add_months(agreement_on, months))
    assert judge(agreement_on, days=days, today=agreement_on).counts
    assert standing(days, on=days.window.last_on) == AgreementStatus.IN_FORCE
    assert standing(days, on=days.window.last_on + DAY) == AgreementStatus.OVER
