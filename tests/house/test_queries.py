"""What each page asks the database: the same number of questions at 3 rows of everything and at 300, and no more rows than it shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from people.models import User
from tests.house.crowd import FEW, Crowd, list_unfilled
from tests.house.everybody import House, taken_back
from tests.house.test_addresses import TABLE, WHO, whom

pytestmark = pytest.mark.django_db
SIZES = (3, 300)


@dataclass(frozen=True)
class Cost:
    """What one page took: questions, rows that came back, and whether it is a list with pages."""

    queries: int
    rows: int
    is_list: bool


# Whose list it is that is full, where it is not the candidate's.
READERS = {"billing:orders": "payer", "courses:portal": "provider", "appeals:mine": "appellant"}
READERS |= {f"courses:{name}": "college" for name in ("college", "college_agreement")}


def reader(name: str) -> str | None:
    """Who opens the page: its owner, else who works with it, else anybody who may."""
    if name in READERS:
        return READERS[name]
    may = [who for who, answer in zip(WHO, TABLE[name][0], strict=True) if answer == 200]
    who = next((one for one in ("owner", "rates", "staff") if one in may), may[-1] if may else None)
    return whom(name, who)


PAGES = sorted(name for name in TABLE if reader(name) and name not in ("healthz", "readyz"))


def look(house: House, name: str) -> Cost:
    asked: list[int] = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        asked.append(max(context["cursor"].cursor.rowcount, 0) if sql.lstrip().startswith(("SELECT", "WITH")) else 0)
        return result

    client = house.clients[reader(name)]
    with taken_back(), connection.execute_wrapper(count):
        answer = client.get(house.address(name))
        answer.getvalue()
    assert answer.status_code == 200
    return Cost(len(asked), sum(asked), "_pages.html" in {one.name for one in getattr(answer, "templates", [])})


@pytest.fixture(scope="module")
def costs(house: House) -> Iterator[dict[str, dict[int, Cost]]]:
    """What every page takes in a house with three of everything, and in one with three hundred."""
    house.clients["college"] = Client()
    house.clients["college"].force_login(User.objects.get(email="cora@cedarvalley.example"))
    crowd = Crowd(house)
    found: dict[str, dict[int, Cost]] = {name: {} for name in PAGES}
    for size in SIZES:
        crowd.grow(size)
        for name in PAGES:
            found[name][size] = look(house, name)
    yield found


# How many questions each list with pages asks: session, person, roles and the masthead's among them.
LISTS = {
    "appeals:queue": 7,
    "billing:list": 6,
    "billing:orders": 6,
    "billing:payer": 9,
    "candidates:queue": 6,
    "certificates:directory": 8,
    "certificates:issued": 6,
    "certificates:waiting": 6,
    "courses:agreements": 6,
    "courses:agreements_signed": 6,
    "courses:agreements_to_review": 6,
    "courses:catalog": 7,
    "courses:college_agreement": 9,
    "courses:colleges": 8,
    "courses:completions": 6,
    "courses:contacts": 7,
    "courses:courses": 7,
    "courses:evaluators": 7,
    "courses:graduate_claims": 6,
    "courses:reviews": 6,
    "courses:wishes": 6,
    "my_letters": 6,
    "portfolios:applications": 6,
    "portfolios:conflicts": 6,
    "portfolios:evaluators": 8,
    "portfolios:rated": 6,
    "portfolios:to_assign": 6,
    "portfolios:to_rate": 8,
    "renewals:queue": 6,
    "webinars:guests": 7,
    "webinars:office": 6,
    "webinars:webinars": 6,
}
# Pages that show one whole thing, and read all of it; everything else reads what it shows of a list.
ONE_PERSONS = ("appeals:decision", "appeals:mine", "certificates:listing", "certificates:mine", "my", "person")
AN_ORDERS = ("billing:credit_note", "billing:invoice", "billing:order")
SPELLS_OF_WORK = ("add_hours", "add_spell", "change_hours", "change_spell", "check", "hours", "work")
A_RENEWALS = ("activity", "check", "kind", "remove", "renewal", "review")
A_PORTFOLIOS = ("portfolio", "response", "send")
A_COURSES = ("approval", "check", "claim", "completion", "instructors", "offering", "portal")
WHOLE = {
    **dict.fromkeys(ONE_PERSONS, "what one person has, or can appeal"),
    **dict.fromkeys(AN_ORDERS, "the people of one order"),
    **{f"candidates:{name}": "one person's posts, which the hours are counted from" for name in SPELLS_OF_WORK},
    **{f"renewals:{name}": "the activities of one term, which the hours are counted from" for name in A_RENEWALS},
    **{f"portfolios:{name}": "the evidence of one portfolio" for name in A_PORTFOLIOS},
    **{f"courses:{name}": "approvals, instructors and applications of one provider" for name in A_COURSES},
    **dict.fromkeys(("courses:agreement_review", "courses:college", "courses:college_contacts", "courses:colleges"), "people of a college"),
    "billing:fees": "a new amount every few years",
    "terms": "new terms every few years",
    "certificates:certificate": "a term every four years",
    "portfolios:assign": "every evaluator of the set, of whom the best are proposed",
    "portfolios:propose": "every evaluator of the sets, of whom the best are proposed",
    "portfolios:evaluators": "the sets of 25 evaluators",
    **dict.fromkeys(("report_csv", "webinars:guests_csv"), "a whole file"),
}


def test_the_house_has_three_hundred_of_everything_that_there_can_be_many_of(house: House, costs: Any) -> None:
    assert set(list_unfilled()) == FEW


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_the_same_whatever_there_is(name: str, costs: dict[str, dict[int, Cost]]) -> None:
    few, many = (costs[name][size] for size in SIZES)
    assert many.queries == few.queries
    assert many.queries <= 19


def test_each_list_asks_as_often_as_the_table_says(costs: dict[str, dict[int, Cost]]) -> None:
    """A new list fails here until it has its number."""
    assert {name: cost[300].queries for name, cost in costs.items() if cost[300].is_list} == LISTS


def test_no_page_reads_more_than_it_shows(costs: dict[str, dict[int, Cost]]) -> None:
    """A page of 25, with what hangs on each line, and the built-in sets with their competencies."""
    assert {name for name, cost in costs.items() if cost[300].rows - cost[3].rows > 60 or cost[3].rows > 160} == set(WHOLE)
