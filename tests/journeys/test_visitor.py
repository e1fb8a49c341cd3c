"""A visitor without an account: a course by set and state, what it costs, a certificate that holds, and a question that is answered."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.person import Person
from tests.journeys.stack import Stack

pytestmark = pytest.mark.journey

A_CERTIFICATE = """
    SELECT certificate.number, person.name FROM certificates_certificate certificate
    JOIN people_user person ON person.id = certificate.person_id
    WHERE person.email = 'hoa@harbor.example' AND certificate.state = 'issued'
"""
ASKED = "Can my library pay for three of us with one order?"
ANSWERED = "Yes. Send us one order with three names."


def find_a_course(visitor: Person) -> None:
    page = visitor.page
    visitor.go("/")
    visitor.follow("See courses")
    page.get_by_label("Technology", exact=True).check()
    page.get_by_text("Provider, state, price, start").click()
    expect(page.get_by_label("State where it is held")).to_be_visible()
    visitor.press("Show courses")
    cards = page.locator(".card")
    expect(cards.first).to_contain_text("Technology")
    expect(cards.filter(has_not_text="Technology")).to_have_count(0)
    visitor.shot("courses")
    cards.first.get_by_role("link").first.click()
    visitor.sees("Technology")


def add_up(visitor: Person) -> None:
    """From the masthead: About leads to everything."""
    page = visitor.page
    page.get_by_role("navigation", name="Main").get_by_role("link", name="About").click()
    visitor.follow("Work out your costs")
    page.get_by_label("Yes", exact=True).check()
    page.get_by_label("How many portfolios?").select_option("5")
    page.get_by_label("In how many years?").select_option("2")
    page.get_by_label("Price of course 1").fill("$1,200.50")
    visitor.press("Add it up")
    visitor.sees("$1,775.50")
    visitor.shot("costs")


def check(visitor: Person, number: str, name: str) -> None:
    visitor.follow("Check a certificate")
    visitor.page.get_by_label("number", exact=False).first.fill(number.lower().replace("-", " "))
    visitor.press("Check")
    visitor.sees(name)
    visitor.sees(re.compile("valid|active", re.IGNORECASE))
    visitor.shot("certificate")


def ask(visitor: Person, email: str) -> None:
    page = visitor.page
    visitor.follow("Questions and answers")
    page.get_by_label("Search by keyword").fill("library pay")
    visitor.press("Search")
    visitor.sees("Can my library pay for me?")
    page.get_by_role("contentinfo").get_by_role("link", name="Contact").click()
    page.get_by_label("Your name").fill("Vera Lund")
    page.get_by_label("Your email address").fill("vera at harbor")
    page.get_by_label("What is it about?").select_option("Fees and payments")
    page.get_by_label("Your question").fill(ASKED)
    visitor.press("Send your question")
    visitor.sees("There is one thing to fix")
    page.get_by_label("Your email address").fill(email)
    visitor.press("Send your question")
    visitor.sees("We have your question")
    visitor.shot("asked")


def test_a_visitor_finds_a_course_adds_up_checks_a_certificate_and_gets_an_answer(resident: Callable[..., Person], town: Stack) -> None:
    email = "vera@lund.example"
    visitor = resident()
    find_a_course(visitor)
    add_up(visitor)
    number, name = town.ask(A_CERTIFICATE)[0]
    check(visitor, number, name)
    ask(visitor, email)
    assert "Fees and payments" in town.letter(email, "We have your question")
    assert [cookie["name"] for cookie in visitor.context.cookies()] == ["csrftoken"]

    rita = resident("rita@lssc.example")
    rita.go("/office/")
    rita.follow("Questions")
    rita.follow("Vera Lund: Fees and payments")
    rita.sees(ASKED)
    rita.page.get_by_label("Your answer").fill(ANSWERED)
    rita.shot("question")
    rita.press("Send the answer")
    rita.sees("We will send your answer to Vera Lund by email.")
    letter = " ".join(town.letter(email, "Our answer").split())
    assert ANSWERED in letter
    assert ASKED not in letter  # The address is not confirmed: perhaps the question was typed for somebody else to read.


def test_the_first_view_is_light(resident: Callable[..., Person]) -> None:
    """At most 100 KB cross the wire in at most nine answers, as a browser without a cache fetches the home page."""
    visitor = resident()
    wire = visitor.context.new_cdp_session(visitor.page)
    sizes: list[int] = []
    wire.on("Network.loadingFinished", lambda answer: sizes.append(answer["encodedDataLength"]))
    wire.send("Network.enable")
    visitor.page.goto("/", wait_until="networkidle")
    assert 1 < len(sizes) < 10
    assert 5_000 < sum(sizes) < 100_000
