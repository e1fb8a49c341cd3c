"""The main job, end to end: from sign-up to a certificate that anyone can verify, in a real browser against the real system."""

import re
import subprocess
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from tests.journeys.person import Person
from tests.journeys.stack import Stack

pytestmark = pytest.mark.journey


def picture(words: str) -> bytes:
    image = Image.new("RGB", (600, 400), "white")
    ImageDraw.Draw(image).text((40, 40), words, fill="black", font_size=24)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def apply(alice: Person) -> None:
    """Fill in the application in the order of its tasks, and send it."""
    page = alice.page
    alice.follow("My application")
    alice.press("Start your application")
    alice.shot("tasks")
    alice.follow("Show your high-school diploma")
    page.get_by_label("High-school diploma").check()
    page.get_by_label("Where and when").fill("Marlow High School, 2003")
    alice.press("Save and continue")
    alice.follow("Add your ALA member number")
    page.get_by_label("No", exact=True).check()
    alice.press("Save and continue")
    alice.follow("Add your library work")
    alice.follow("Add a library")
    spell(alice, "Marlow County Library", hours="six")
    alice.sees("There is one thing to fix")
    alice.shot("work-error")
    page.get_by_label("Hours a week").fill("25")
    alice.press("Save and add up")
    alice.sees("That is enough")
    alice.shot("work")
    alice.follow("Continue")
    alice.follow("Add your resume")
    alice.upload("Your resume", "resume.png", picture("Resume of Alice Moreau"), "image/png")
    alice.press("Save and continue")
    alice.follow("Check your answers and send")
    alice.shot("check")
    alice.press("Send and go on to pay $350")


def spell(alice: Person, library: str, *, hours: str) -> None:
    """Two years of work that go on."""
    page = alice.page
    began = date.today() - timedelta(days=730)
    page.get_by_label("Name of the library").fill(library)
    page.get_by_label("Type of library").select_option(label="Public library")
    page.get_by_label("What you did there").fill("Circulation assistant")
    page.get_by_label("Paid", exact=True).check()
    alice.date("First day", began.month, began.day, began.year)
    page.get_by_label("Hours a week").fill(hours)
    alice.press("Save and add up")


def test_from_sign_up_to_application(stack: Stack, somebody: Callable[..., Person]) -> None:
    alice = somebody("Alice", "Alice Moreau", "alice@marlow-journey.example")
    alice.sign_up()
    apply(alice)
    alice.pay()
