"""What one way costs: pure arithmetic, the form that reads what people type, and the page."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as some

from billing.models import FeeAmount
from lssc import costs, forms
from programs.models import Terms
from tests.lssc.test_public import text
from tests.markup import markup


@dataclass(frozen=True)
class Price:
    standard_cents: int
    member_cents: int


APPLICATION, PORTFOLIO = Price(35000, 32500), Price(6000, 5000)
PRICES = some.builds(Price, some.integers(0, 10**6), some.integers(0, 10**6))


def plan(**said: Any) -> costs.CostPlan:
    asked = {"application": APPLICATION, "portfolio": PORTFOLIO, "member": False, "portfolios": 0, "courses": [], "years": 1} | said
    return costs.plan(**asked)


@pytest.mark.parametrize(
    ("said", "cents", "by_year"),
    [
        ({}, 35000, [35000]),
        ({"member": True}, 32500, [32500]),
        ({"portfolios": 6}, 71000, [71000]),
        ({"portfolios": 6, "member": True}, 62500, [62500]),
        ({"portfolios": 6, "years": 4}, 71000, [47000, 12000, 6000, 6000]),
        ({"courses": [25000, 0, 19999], "years": 4}, 79999, [60000, 0, 19999, 0]),
        ({"courses": [100], "portfolios": 1, "years": 2}, 41100, [35100, 6000]),
    ],
)
def test_a_way_is_added_up_year_by_year(said: dict[str, Any], cents: int, by_year: list[int]) -> None:
    found = plan(**said)
    assert (found.cents, [year.cents for year in found.years]) == (cents, by_year)


def test_each_line_is_named_and_the_other_price_told() -> None:
    found = plan(portfolios=1, courses=[25000], years=2, member=True)
    assert found.years == (
        costs.Year(1, (costs.CostLine("Application", 32500), costs.CostLine("Course 1", 25000))),
        costs.Year(2, (costs.CostLine("Portfolio 1", 5000),)),
    )
    assert (found.sets, found.other_cents) == (2, 66000)


@pytest.mark.parametrize("said", [{"years": 0}, {"portfolios": -1}, {"courses": [-1]}])
def test_a_plan_that_cannot_be_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="at least one year"):
        plan(**said)


@given(PRICES, PRICES, some.booleans(), some.integers(0, 10), some.lists(some.integers(0, 10**6), max_size=10), some.integers(1, 8))
def test_the_years_hold_everything_once_and_evenly(
    application: Price, portfolio: Price, member: bool, portfolios: int, courses: list[int], years: int
) -> None:
    found = costs.plan(application=application, portfolio=portfolio, member=member, portfolios=portfolios, courses=courses, years=years)
    price = (lambda fee: fee.member_cents) if member else (lambda fee: fee.standard_cents)
    assert found.cents == price(application) + portfolios * price(portfolio) + sum(courses)
    assert [year.number for year in found.years] == list(range(1, years + 1))
    lines = [line.name for year in found.years for line in year.lines]
    assert len(lines) == len(set(lines)) == 1 + portfolios + len(courses)
    sizes = [len(year.lines) - (year.number == 1) for year in found.years]
    assert max(sizes) - min(sizes) <= 1
    other = costs.plan(application=application, portfolio=portfolio, member=not member, portfolios=portfolios, courses=courses, years=years)
    assert (found.other_cents, other.other_cents) == (other.cents, found.cents)


# What people type


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("250", 25000),
        ("$250", 25000),
        (" 1,250.50 ", 125050),
        ("0", 0),
        ("99.5", 9950),
        ("10000", 1000000),
        ("", None),
        ("$ 10,000.00", 1000000),
    ],
)
def test_a_price_is_read_as_people_type_it(typed: str, cents: int | None) -> None:
    assert forms.DollarsField().clean(typed) == cents


@pytest.mark.parametrize("typed", ["free", "-1", "1,2", "1.234", "250 to 300", "10000.01", "9" * 15, "٢٥٠", "1e3"])
def test_a_price_that_is_none_says_what_would_help(typed: str) -> None:
    with pytest.raises(forms.forms.ValidationError) as refused:
        forms.DollarsField().clean(typed)
    assert refused.value.messages[0].startswith("Enter ")


# The page


@pytest.mark.django_db
def test_the_page_asks_first_and_adds_up_then(client: Client) -> None:
    assert "Your cost" not in text(client.get(reverse("costs")).content)
    answers = {"member": "no", "portfolios": "2", "years": "4", "course1": "250", "course2": "$1,200.50"}
    read = text(client.get(reverse("costs"), answers).content)
    assert "$1,920.50 in 4 years" in read
    assert "Year 1 $600 Application $350 Course 1 $250 Year 2 $1,200.50 Course 2 $1,200.50 Year 3 $60 Portfolio 1 $60 Year 4 $60" in read
    assert "As an ALA member you would pay $1,875.50." in read
    assert "This pays for four of your six sets. For two more you still need" in read


@pytest.mark.django_db
def test_a_mistake_is_told_at_its_box_and_nothing_is_lost(client: Client) -> None:
    page = client.get(reverse("costs"), {"member": "yes", "portfolios": "7", "years": "4", "course1": "cheap"}).content.decode()
    assert "There are two things to fix" in page
    assert "<title>Error: " in page
    assert 'value="cheap"' in page
    assert "Your cost" not in page


@pytest.mark.django_db
def test_more_than_needed_is_told(client: Client) -> None:
    read = text(client.get(reverse("costs"), {"member": "yes", "portfolios": "6", "years": "1", "course1": "1"}).content)
    assert "This is more than you need: six sets are enough." in read
    assert "Without a membership it would be $711." in read


@pytest.mark.django_db
def test_the_choices_follow_the_terms(client: Client) -> None:
    Terms.objects.create(effective_on=date(2020, 1, 1), candidacy_months=24, required_sets=2, elective_sets=2)
    page = markup(client.get(reverse("costs")))
    assert page.count('name="course') == 4
    assert '<option value="2" selected>2</option>' in page
    assert '<option value="3">3</option>' in page.split('name="portfolios"')[1].split("</select>")[0]
    assert '<option value="3"' not in page.split('name="years"')[1].split("</select>")[0]


@pytest.mark.django_db
def test_without_fees_there_is_a_way_on_and_no_made_up_sum(client: Client) -> None:
    FeeAmount.objects.all().delete()
    read = text(client.get(reverse("costs"), {"member": "yes", "portfolios": "1", "years": "1"}).content)
    assert "Not all fees are set today" in read
    assert "$" not in read
