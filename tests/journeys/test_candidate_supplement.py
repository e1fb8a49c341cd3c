"""A candidate sends more, both evaluators rate again and differ, a third one decides, and the set is achieved."""

import re
from collections.abc import Callable

import pytest

from tests.journeys.person import Person
from tests.journeys.stack import Stack

pytestmark = pytest.mark.journey

HOW = "Please say what you did yourself, in one real case."


def rate(evaluator: Person, *, not_met: int | None = None) -> None:
    """Rate Luz’s portfolio: everything Met, but for one competency; send it."""
    page = evaluator.page
    evaluator.go("/rating/")
    evaluator.follow("portfolio by Luz Ortega")
    evaluator.shot("overview")
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile("^Rate competency")).click()
    while page.get_by_role("heading", name="Your rating", exact=True).is_visible():
        number = int(re.findall(r"Competency (\d+) of", page.locator("main").inner_text(), re.IGNORECASE)[0])
        page.get_by_label("Not met" if number == not_met else "Met", exact=False).first.check()
        if number == not_met:
            page.get_by_label("Comment").fill(HOW)
        evaluator.shot(f"rates-{number}")
        with page.expect_navigation():
            evaluator.press(re.compile("^Save and"))  # type: ignore[arg-type]
    evaluator.press("Send my ratings")
    evaluator.sees("Your ratings are sent")


def test_a_supplement_and_a_third_evaluator_achieve_the_set(resident: Callable[..., Person], town: Stack) -> None:
    luz = resident("luz@mesa.example")
    luz.go("/portfolios/")
    luz.follow("Communication and Teamwork")
    luz.sees("You can add to your answers once")
    asked = luz.page.locator(".tasks a").count()
    assert asked == 2
    for number in range(asked):
        luz.page.locator(".tasks a").nth(number).click()
        luz.page.get_by_label("What you add").fill(
            "In May I led one talk myself. I wrote down what each of us would do, and we kept to it."
        )
        luz.press("Save and go to the list")
    luz.shot("added")
    luz.follow("Check and send")
    luz.press("Seal and send")
    luz.sees("The evaluators are rating what you added")

    rate(resident("bob@prairie.example"), not_met=3)
    rate(resident("beth@lakeside.example"))
    luz.page.reload()
    luz.sees("A third evaluator is rating part of your portfolio")

    rita = resident("rita@lssc.example")
    rita.go("/office/")
    rita.page.get_by_role("row", name="Invite a third evaluator").filter(has_text="Luz Ortega").get_by_role("link").first.click()
    rita.shot("third")
    rita.press("Invite")
    rita.sees("Invited")

    find = "select person.email from portfolios_assignment assignment join portfolios_evaluator one on one.id = assignment.evaluator_id "
    find += "join people_user person on person.id = one.person_id where assignment.slot = 3 and assignment.state = 'invited'"
    [[email]] = town.ask(find)
    visitor = resident()
    visitor.go(town.link(email, "Can you rate a Communication"))
    visitor.sees("1 competency, on which two evaluators differ")
    visitor.press("Accept")
    rate(resident(email))

    luz.page.reload()
    luz.sees("You achieved Communication and Teamwork")
    luz.sees("The middle rating counts: Met.")
    luz.shot("achieved")
    assert "Bob Tran" not in luz.page.content()
