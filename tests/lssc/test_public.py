"""The public pages: open to all, with the numbers of today's Terms and fees, and the masthead of the person who reads."""

import re
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views import defaults

from lssc import site
from programs.models import Terms

PAGES = [part.name for part in site.list_parts() if ":" not in part.name]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_demonstration(settings: Any) -> None:
    settings.DEMO = False


def text(html: bytes) -> str:
    """What a reader reads, without markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode()).split())


def masthead(client: Client, path: str) -> list[tuple[str, str]]:
    """The labels of the masthead, each with its aria-current."""
    page = client.get(path).content.decode()
    return [(label, current) for current, label in re.findall(r'class="usa-nav__link"[^>]*?(?:aria-current="(\w+)")?>([^<]+)</a>', page)]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_open_to_visitors_and_to_everybody_with_an_account(name: str, client: Client, request: Any) -> None:
    assert client.get(reverse(name)).status_code == 200
    for person in ("alice", "bob", "rita"):
        client.force_login(request.getfixturevalue(person))
        assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_a_page_takes_no_post(name: str, client: Client) -> None:
    assert client.post(reverse(name)).status_code == 405


def test_the_home_page_shows_the_shelf_of_ten_and_todays_numbers(client: Client) -> None:
    page = client.get(reverse("home_public"))
    html, read = page.content.decode(), text(page.content)
    assert html.count('class="spine spine--done"') == 3
    assert html.count('class="spine spine--cloth"') == 7
    assert "1,820 hours of library work in the last five years" in read
    assert "Electives: any three of seven" in read
    assert "Apply and enroll $350 $325" in read
    assert "Each portfolio $60 $50" in read


def test_new_terms_change_the_pages_without_a_change_of_code(client: Client) -> None:
    Terms.objects.create(effective_on=date(2020, 1, 1), hours_needed=2000, candidacy_months=36, hours_window_years=6)
    read = text(client.get(reverse("home_public")).content)
    assert "2,000 hours of library work in the last six years" in read
    assert "You have three years." in read


def test_terms_of_a_later_day_are_not_shown_yet(client: Client) -> None:
    Terms.objects.create(effective_on=date(2190, 1, 1), hours_needed=2000)
    assert "1,820 hours" in text(client.get(reverse("home_public")).content)


def test_fees_that_nobody_has_set_are_not_shown(client: Client) -> None:
    read = text(client.get(reverse("fees")).content)
    assert "Approval of a course For course providers, not for candidates. $100 $100" in read
    assert "Renewal of a certificate" not in read
    assert "The fee to renew a certificate is not set yet." in read


def test_each_set_has_a_page_with_all_its_competencies(client: Client, framework: Any) -> None:
    for each in framework.sets.all():
        page = client.get(reverse("set", args=[each.code]))
        listed = page.content.decode().split("<ol")[1].split("</ol>")[0]
        assert listed.count("<li>") == each.competencies.count()


def test_a_text_that_is_not_known_is_not_presented_as_official(client: Client) -> None:
    read = text(client.get(reverse("set", args=["supervision"])).content)
    assert read.count("Text to be completed by the program") == 2
    assert "Sixteenth competency" not in read
    assert "Knows the basic principles of a further area" not in read


def test_an_unknown_set_is_not_there(client: Client) -> None:
    assert client.get(reverse("set", args=["alchemy"])).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_has_not_changed_is_not_sent_again(name: str, client: Client) -> None:
    first = client.get(reverse(name))
    again = client.get(reverse(name), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_home_page_needs_few_queries(client: Client, django_assert_num_queries: Any) -> None:
    client.get(reverse("home_public"))
    with django_assert_num_queries(5):  # terms, framework, sets, competencies, fees
        client.get(reverse("home_public"))


def test_a_visitor_is_offered_the_public_pages(client: Client) -> None:
    assert masthead(client, reverse("home_public")) == [("About", ""), ("Courses", ""), ("Check a certificate", ""), ("Sign in", "")]
    assert masthead(client, reverse("about"))[0] == ("About", "page")
    assert masthead(client, reverse("people:contact"))[0] == ("About", "true")
    assert masthead(client, reverse("set", args=["access"]))[0] == ("About", "true")
    assert masthead(client, reverse("account_signup"))[-1] == ("Sign in", "true")


def test_an_applicant_is_offered_the_application(client: Client, alice: Any) -> None:
    client.force_login(alice)
    assert masthead(client, reverse("people:account")) == [("My application", ""), ("Courses", ""), ("Alice Moreau", "page")]
    assert masthead(client, reverse("people:preferences"))[-1] == ("Alice Moreau", "true")


def test_an_evaluator_is_offered_what_is_to_rate(client: Client, bob: Any) -> None:
    client.force_login(bob)
    assert [label for label, _ in masthead(client, reverse("help"))] == ["To rate", "Rated", "Courses", "Bob Tran"]


def test_staff_are_offered_the_office(client: Client, rita: Any) -> None:
    client.force_login(rita)
    assert [label for label, _ in masthead(client, reverse("help"))] == [
        "Inbox",
        "People",
        "Evaluators",
        "Certificates",
        "Courses",
        "Rita Lindqvist",
    ]
    assert masthead(client, reverse("people"))[:2] == [("Inbox", ""), ("People", "page")]


def test_the_masthead_costs_two_queries_beside_the_session_and_the_user(client: Client, alice: Any, django_assert_num_queries: Any) -> None:
    client.force_login(alice)
    client.get(reverse("privacy"))
    with django_assert_num_queries(5):  # session, user, groups, candidacy, terms
        client.get(reverse("privacy"))


def test_the_footer_leads_to_help_and_the_small_print(client: Client, alice: Any) -> None:
    footer = client.get(reverse("help")).content.decode().split("<footer")[1]
    assert re.findall(r'href="([^"]+)"', footer) == ["/help/", "/contact/", "/fees/", "/privacy/", "/accessibility/", "/about/pages/"]
    client.force_login(alice)
    footer = client.get(reverse("help")).content.decode().split("<footer")[1]
    assert re.findall(r'href="([^"]+)"', footer)[-1] == "/about/"


def test_an_address_that_is_not_there_says_so_in_words(client: Client) -> None:
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "There is no page at this address" in text(answer.content)


def test_a_page_for_others_says_so_in_words(client: Client, alice: Any) -> None:
    client.force_login(alice)
    answer = client.get(reverse("office"))
    assert answer.status_code == 403
    assert "This page is not for your account" in text(answer.content)


def test_a_failure_of_ours_is_told_without_the_database(rf: RequestFactory, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = defaults.server_error(rf.get("/"))
    assert answer.status_code == 500
    assert "Something went wrong on our side" in text(answer.content)


def test_a_reason_for_a_refusal_is_told(rf: RequestFactory, alice: Any) -> None:
    request = rf.get("/")
    request.user = alice
    answer = defaults.permission_denied(request, PermissionDenied("You rated this person before."))
    assert "You rated this person before." in text(answer.content)


def test_a_demonstration_says_so_on_every_page(client: Client, settings: Any) -> None:
    assert "demonstration" not in text(client.get(reverse("home_public")).content)
    settings.DEMO = True
    page = client.get(reverse("home_public"))
    assert "This is a demonstration." in text(page.content)
    assert f'href="{reverse("demo_people")}"' in page.content.decode()


def test_too_many_tries_are_answered_in_words(client: Client) -> None:
    cache.clear()
    typed = {"login": "nobody@nowhere.example", "password": "a guess"}
    answers = [client.post(reverse("account_login"), typed) for _ in range(40)]
    cache.clear()
    assert answers[-1].status_code == 429
    assert "That was too often in a short time" in text(answers[-1].content)
