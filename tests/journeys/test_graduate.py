"""A graduate of a college with an agreement: six sets by the transcript, a provisional certificate, then the hours and a full one."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from tests.journeys.person import Person
from tests.journeys.stack import Stack

pytestmark = pytest.mark.journey

GRACE = "grace@reader.example"


def transcript() -> bytes:
    image = Image.new("RGB", (600, 400), "white")
    ImageDraw.Draw(image).text((40, 40), "Final transcript: Grace Obi, Diploma", fill="black", font_size=24)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def claim(grace: Person) -> None:
    """Find the agreement of the college, and send the final transcript."""
    grace.go("/agreements/")
    grace.page.locator("tr", has_text="Library Services").get_by_role("link").first.click()
    grace.follow("I graduated from this program")
    graduated = date.today() - timedelta(days=310)
    grace.date("Day of graduation", graduated.month, graduated.day, graduated.year)
    grace.press("Send to staff")
    grace.sees("There is one thing to fix")
    grace.upload("Your final transcript", "transcript.png", transcript(), "image/png")
    grace.shot("claim")
    grace.press("Send to staff")
    grace.sees("Staff are reviewing your transcript")


def show_hours(grace: Person) -> None:
    """Add the work that is missing to the application's, and send it."""
    page = grace.page
    grace.go("/my/")
    grace.follow("Show hours")
    grace.press("Start")
    grace.follow("Add a library")
    began = date.today() - timedelta(days=900)
    page.get_by_label("Name of the library").fill("Cedar Valley College Library")
    page.get_by_label("Type of library").select_option(label="College or university library")
    page.get_by_label("What you did there").fill("Student assistant")
    page.get_by_label("Paid", exact=True).check()
    grace.date("First day", began.month, began.day, began.year)
    page.get_by_label("Hours a week").fill("25")
    grace.press("Save and add up")
    grace.sees("That is enough")
    grace.shot("hours")
    grace.press("Send my hours to staff")
    grace.sees("Staff are reviewing your hours")


def test_a_graduate_earns_six_sets_and_shows_the_hours_later(town: Stack, resident: Callable[..., Person]) -> None:
    grace = resident(GRACE)
    claim(grace)
    rita = resident("rita@lssc.example")
    rita.go("/office/?queue=Graduates")
    rita.follow("Accept a graduate: Grace Obi")
    rita.sees("Posted by Gwen Fields")
    rita.shot("claim")
    rita.press(re.compile("^Accept: 6 sets"))
    town.letter(GRACE, "sets")
    grace.go("/my/")
    grace.sees("You have all six sets")
    grace.shot("six")
    grace.follow("Request it")
    grace.press("Request my certificate")
    rita.go("/certificates/waiting/")
    for box in rita.page.get_by_role("checkbox").all():
        box.uncheck()
    rita.page.locator("tr", has_text="Grace Obi").get_by_role("checkbox").check()
    rita.press("Preview the selected ones")
    rita.press(re.compile("^Issue 1 certificate"))
    town.letter(GRACE, "certificate", seconds=60)
    grace.go("/certificates/")
    number = grace.page.locator("dd.num").first.inner_text()
    visitor = resident()
    visitor.go(f"/v/{number}/")
    expect(visitor.page.locator(".stamp")).to_have_text("Provisional")

    show_hours(grace)
    rita.go("/office/?queue=Hours")
    rita.page.get_by_role("link", name=re.compile("Grace Obi")).first.click()
    rita.shot("hours")
    rita.press("Accept the hours")
    rita.sees("The hours of Grace Obi are accepted")
    visitor.go(f"/v/{number}/")
    expect(visitor.page.locator(".stamp")).to_have_text("Active")
    visitor.shot("active")
    grace.go("/certificates/")
    grace.sees("You are Certified Library Support Staff")
