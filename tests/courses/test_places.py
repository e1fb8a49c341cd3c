"""Where a course is held, how it is found by that, and whom one asks."""

from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from courses import queries
from courses.actions import load_examples
from courses.actions.applications import OF_OFFERING
from courses.forms.applications import EntryForm, FormatForm
from courses.models import Offering
from courses.queries import Filters
from tests.factories import courses
from tests.factories import people as others

pytestmark = pytest.mark.django_db
TYPED = {"pace": "live", "price": "95", "dates": "In May"}


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"format": "in_person"}, "city", "Enter the city where students meet"),
        ({"format": "blended", "city": "Columbus"}, "state_code", "Choose the state, or name the country below"),
        ({"format": "in_person", "city": "Columbus", "state_code": "OH", "country": "Canada"}, "country", "Leave this blank"),
    ],
)
def test_a_course_with_a_place_is_asked_for_it(typed: dict[str, str], field: str, said: str) -> None:
    assert said in FormatForm(TYPED | typed).errors[field][0]


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ({"format": "in_person", "city": "Columbus", "state_code": "OH"}, ("Columbus", "OH", "")),
        ({"format": "blended", "city": "Hagåtña", "state_code": "GU"}, ("Hagåtña", "GU", "")),
        ({"format": "in_person", "city": "Toronto", "country": "Canada"}, ("Toronto", "", "Canada")),
        ({"format": "online", "city": "Columbus", "state_code": "OH"}, ("", "", "")),
    ],
)
def test_a_place_is_a_city_with_a_state_or_a_country(typed: dict[str, str], place: tuple[str, ...]) -> None:
    form = FormatForm(TYPED | typed)
    assert form.is_valid(), form.errors
    assert tuple(form.cleaned_data[name] for name in ("city", "state_code", "country")) == place


def test_an_entry_keeps_its_place_up_to_date_and_staff_may_leave_open_what_nobody_knows() -> None:
    contact = {"contact_name": "Pat Reyes", "contact_email": "pat@prairie.example"}
    assert "city" in EntryForm(TYPED | contact, taught="in_person").errors
    assert EntryForm(TYPED | contact, taught="in_person", lenient=True).is_valid()
    assert "city" not in EntryForm(taught="online").fields


def test_an_application_is_complete_and_sealed_with_its_place(rita: Any, at: datetime) -> None:
    speaks = courses.contact(others.person("pat@prairie-courses.example"), staff=rita, at=at)
    made = courses.draft(speaks, at=at)
    courses.complete(made, at=at)
    made.format = "in_person"
    assert next(task for task in queries.list_tasks(made) if task.page == "format").status == "In progress"
    made.city, made.state_code = "Columbus", "OH"
    assert next(task for task in queries.list_tasks(made) if task.page == "format").done
    assert queries.snapshot(made)["place"] == "Columbus, Ohio"
    assert {"city", "state_code", "country"} <= set(OF_OFFERING)


@pytest.fixture
def shelf() -> None:
    courses.offering("Talking About Books", format="in_person", city="Columbus", state_code="OH", set_code="readers-advisory")
    courses.offering("Words That Help", set_code="communication")
    courses.offering("Far Away", format="blended", city="Montréal", country="Canada", set_code="technology")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=OH", "Talking About Books"),
        ("q=ohio", "Talking About Books"),
        ("q=Columbus", "Talking About Books"),
        ("q=talking+OHIO", "Talking About Books"),
        ("q=montreal", "Far Away"),
        ("q=canada", "Far Away"),
    ],
)
def test_a_course_is_found_by_its_place(client: Client, shelf: None, query: str, found: str) -> None:
    response = client.get(f"/courses/?{query}")
    assert [offering.title for offering, _ in response.context["rows"]] == [found]


def test_the_states_to_choose_are_those_where_courses_are_held(client: Client, shelf: None) -> None:
    assert queries.list_states() == [("OH", "Ohio")]
    page = text(client.get("/courses/"))
    assert "Columbus, Ohio" in page
    assert "Montréal, Canada" in page


@pytest.mark.parametrize("query", ["state=OH", "q=Bangor", "q=ohio", "state=OH&format=in_person"])
def test_where_few_are_near_the_online_courses_are_offered(client: Client, shelf: None, query: str, settings: Any) -> None:
    page = text(client.get(f"/courses/?{query}"))
    assert "Online, from anywhere" in page
    assert "Words That Help</a>" in page
    settings.FEW_COURSES = 1
    assert ("Online, from anywhere" in text(client.get(f"/courses/?{query}"))) is ("Bangor" in query)


def test_a_search_that_finds_enough_or_asks_for_no_place_offers_nothing_else(client: Client, shelf: None) -> None:
    for query in ("", "q=talking", "set=technology"):
        assert "Online, from anywhere" not in text(client.get(f"/courses/?{query}"))


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"website": "https://prairie.example/c"}, 'Enroll with the provider, on the <a href="https://prairie.example/c" rel="nofollow">'),
        ({"contact_name": "Pat Reyes", "contact_email": "pat@prairie.example"}, 'Ask Pat Reyes, <a href="mailto:pat@prairie.example">'),
        ({"contact_email": "pat@prairie.example"}, 'Ask <a href="mailto:pat@prairie.example">'),
        ({}, 'Ask the provider: Prairie State Library, Illinois. If you can’t reach them, <a href="/contact/">ask us</a>'),
    ],
)
def test_every_course_says_how_to_enroll_or_whom_to_ask(client: Client, known: dict[str, str], said: str) -> None:
    made = courses.offering(**known)
    page = text(client.get(f"/courses/{made.id}/"))
    assert "How to enroll" in page
    assert said in page


def test_the_demonstration_has_courses_with_places(at: datetime) -> None:
    load_examples(on=date(2026, 11, 23), at=at)
    held = Offering.objects.filter(format__in=["in_person", "blended"])
    assert held
    assert all(one.place for one in held)
    found = queries.find_offerings(Filters(words="columbus ohio"), on=date(2026, 11, 23), credit_months_before=24).offerings
    assert [one.format for one in found] == ["in_person"]
