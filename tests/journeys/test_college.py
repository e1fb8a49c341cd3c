"""A college's contact submits a program, staff sign the agreement, everybody can read it, and a graduate is posted."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys.person import Person
from tests.journeys.stack import Stack

pytestmark = pytest.mark.journey

PROGRAM = "Archives and Records Assistant"
COVERED = (
    "Foundations of Library Services",
    "Communication and Teamwork",
    "Technology",
    "Access Services",
    "Cataloging and Classification",
)
CONDITION = "An approved course, or a portfolio"


def submit(gwen: Person) -> None:
    """Write the program down in two sittings, and hand it to staff."""
    page = gwen.page
    gwen.go("/home/")
    gwen.follow("Submit a program")
    gwen.press("Continue")
    gwen.sees("There are two things to fix")
    page.get_by_label("Name of the program").fill(PROGRAM)
    page.get_by_label("Certificate", exact=True).check()
    gwen.press("Continue")
    page.get_by_label("What must a student do to graduate?").fill("36 credits: all ARC courses, and an internship.")
    gwen.press("Save for later")
    gwen.sees("No one sees it until you submit it")
    for number, name in enumerate(COVERED, 1):
        page.get_by_label(name, exact=True).fill(f"ARC {number}01")
    gwen.shot("program")
    gwen.press("Submit to staff")
    gwen.sees("Staff will compare it with the sets")


def sign(rita: Person, *, on: date) -> None:
    """Compare it with the sets, and sign."""
    page = rita.page
    rita.go("/office/?queue=Agreements")
    page.locator("tr", has_text=PROGRAM).get_by_role("link").first.click()
    rita.date("Date of the agreement", on.month, on.day, on.year)
    for name in COVERED:
        page.get_by_role("checkbox", name=f"{name} is covered").check()
    rita.press("Sign it")
    rita.sees(re.compile("six|three", re.IGNORECASE))
    page.get_by_label("Or, how graduates show Reference and Information Services").fill(CONDITION)
    rita.shot("sign")
    rita.press("Sign it")
    rita.sees("Signed")


def test_a_program_becomes_an_agreement_with_graduates(town: Stack, resident: Callable[..., Person]) -> None:
    today = date.today()
    gwen = resident("gwen@cedarvalley.example")
    submit(gwen)
    rita = resident("rita@lssc.example")
    sign(rita, on=today - timedelta(days=2))
    town.letter("gwen@cedarvalley.example", "agreement")

    gwen.go("/home/")
    gwen.follow(PROGRAM)
    late = today - timedelta(days=800)
    gwen.page.get_by_label("Name of the graduate").fill("Nell Abara")
    gwen.page.get_by_label("Email address of the graduate").fill("nell@abara.example")
    gwen.date("Day of graduation", late.month, late.day, late.year)
    gwen.press("Post this graduate")
    gwen.sees("There is one thing to fix")
    right = today - timedelta(days=60)
    gwen.date("Day of graduation", right.month, right.day, right.year)
    gwen.shot("post")
    gwen.press("Post this graduate")
    gwen.sees("1 graduate posted")

    nell = resident()
    nell.go(town.link("nell@abara.example", "Your degree counts"))
    expect(nell.page.get_by_role("heading", level=1)).to_have_text("Cedar Valley College")
    nell.sees(CONDITION)
    nell.sees("Apply, and pay the same fee as everyone")
    nell.shot("agreement")
    nell.go("/agreements/")
    nell.sees(PROGRAM)
    assert "Nell Abara" not in nell.page.locator("main").inner_text()
