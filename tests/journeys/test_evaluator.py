"""An evaluator's evening: the invitation is accepted from the mail without signing in, and every rating is given by keyboard alone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from lssc.demo import cast
from tests.journeys.person import Person

pytestmark = pytest.mark.journey

FOCUSED = "() => [document.activeElement.innerText, document.activeElement.getAttribute('aria-label'), document.activeElement.id].join(' ')"


def tab_to(person: Person, words: str, *, at_most: int = 60) -> None:
    """Press Tab until what has the focus says these words."""
    for _ in range(at_most):
        person.page.keyboard.press("Tab")
        if words in person.page.evaluate(FOCUSED):
            return
    raise AssertionError(f"No Tab leads to “{words}” on {person.page.url}")


def enter(person: Person, words: str) -> None:
    """Tab to a link or button, press Enter, and wait for the page that it leads to."""
    tab_to(person, words)
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")


def open_invitation(visitor: Person, to: str) -> None:
    """Read the newest open invitation in the demonstration's letters, and follow its link."""
    visitor.go(f"/demo/letters/?to={to}")
    visitor.page.get_by_role("link", name=re.compile("^Can you rate a .* portfolio")).first.click()
    visitor.page.locator(".letter a[href^=http]").last.click()


def test_an_evaluator_accepts_from_the_mail_and_rates_by_keyboard_alone(resident: Callable[..., Person]) -> None:
    bob = resident()
    open_invitation(bob, "bob@prairie.example")
    bob.shot("invitation")
    main = bob.page.locator("main").inner_text()
    assert "You don’t need to sign in" in main
    enter(bob, "Accept")
    bob.sees("Thank you: you accepted")
    used = bob.page.url
    bob.shot("accepted")
    enter(bob, "Sign in and start")
    tab_to(bob, "id_login")
    bob.page.keyboard.type("bob@prairie.example")
    tab_to(bob, "id_password")
    bob.page.keyboard.type(cast.PASSWORD)
    with bob.page.expect_navigation():
        bob.page.keyboard.press("Enter")
    bob.sees("Personal learning statement")
    enter(bob, "Rate competency 1")
    total = int(re.findall(r"Competency 1 of (\d+)", bob.page.locator("main").inner_text(), re.IGNORECASE)[0])
    for number in range(1, total + 1):
        expect(bob.page.get_by_text(f"Competency {number} of {total}", exact=True)).to_be_visible()
        bob.page.keyboard.press("2" if number == 2 else "1")
        if number == 2:
            bob.page.keyboard.press("c")
            bob.page.keyboard.type("You tell what was done. Please say how you know that it worked.")
            enter(bob, "Save and go to")
            continue
        with bob.page.expect_navigation():
            bob.page.keyboard.press("n")
    bob.sees("Check and send your ratings")
    bob.shot("ratings")
    enter(bob, "Send my ratings")
    bob.sees("Your ratings are sent")
    bob.go(used)
    bob.sees("You already sent these ratings")
