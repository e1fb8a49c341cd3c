"""An evaluator's evening: the invitation is accepted from the mail without signing in, and every rating is given by keyboard alone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from demo import cast
from tests.journeys.keyboard import Keyboard
from tests.journeys.person import Person

pytestmark = pytest.mark.journey


def open_invitation(keyboard: Keyboard, to: str) -> None:
    """Read the newest open invitation in the demonstration's letters, and follow its link."""
    keyboard.person.go("/demo/emails/")
    keyboard.into_main()
    keyboard.type("To", to)
    keyboard.enter("Show")
    keyboard.into_main()
    keyboard.enter("Can you rate a")
    keyboard.into_main()
    keyboard.enter("You can answer without signing in")


def test_an_evaluator_accepts_from_the_mail_and_rates_by_keyboard_alone(resident: Callable[..., Person]) -> None:
    bob = resident()
    keyboard = Keyboard(bob)
    open_invitation(keyboard, "bob@prairie.example")
    bob.shot("invitation")
    bob.sees("You don’t need to sign in")
    keyboard.into_main()
    keyboard.enter("Accept")
    bob.sees("Thank you: you accepted")
    used = bob.page.url
    bob.shot("accepted")
    keyboard.into_main()
    keyboard.enter("Sign in and start")
    keyboard.into_main()
    keyboard.type("Email", "bob@prairie.example")
    keyboard.type("Password", cast.PASSWORD)
    with bob.page.expect_navigation():
        keyboard.press("Enter")
    bob.sees("Personal learning statement")
    keyboard.into_main()
    keyboard.enter("Rate competency 1")
    total = int(re.findall(r"Competency 1 of (\d+)", bob.page.locator("main").inner_text(), re.IGNORECASE)[0])
    for number in range(1, total + 1):
        expect(bob.page.get_by_text(f"Competency {number} of {total}", exact=True)).to_be_visible()
        keyboard.press("2" if number == 2 else "1")
        if number == 2:
            keyboard.press("c")
            bob.page.keyboard.type("You tell what was done. Please say how you know that it worked.")
            keyboard.look()
            keyboard.enter("Save and go to")
            continue
        keyboard.look()
        with bob.page.expect_navigation():
            keyboard.press("n")
    bob.sees("Check and send your ratings")
    bob.shot("ratings")
    keyboard.into_main()
    keyboard.enter("Send my ratings")
    bob.sees("Your ratings are sent")
    bob.go(used)
    bob.sees("You already sent these ratings")
