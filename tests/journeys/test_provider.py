"""A course on its way into the catalog: a provider's contact applies and pays, two evaluators recommend, the committee approves."""

import re
from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from playwright.sync_api import expect

from tests.journeys.person import Person
from tests.journeys.stack import Stack

pytestmark = pytest.mark.journey

TITLE = "Questions at the Door"


def resume() -> bytes:
    pdf, out = pikepdf.new(), BytesIO()
    pdf.add_blank_page()
    pdf.save(out)
    return out.getvalue()


def apply(pat: Person) -> None:
    """Fill in the application in the order of its tasks, and land on the page of the fee."""
    page = pat.page
    pat.go("/providers/")
    pat.press("Submit a new course for approval")
    pat.follow("Name the course and its set")
    page.get_by_label("Title of the course").fill(TITLE)
    page.get_by_label("Which competency set").select_option(label="Technology")
    pat.press("Save and continue")
    pat.follow("Describe objectives, syllabus and readings")
    page.get_by_label("Objectives").fill("Students help a reader with any device.")
    page.get_by_label("Syllabus").fill("Week 1: devices. Week 2: networks.")
    pat.press("Save and continue")
    pat.sees("There is one thing to fix")
    page.get_by_label("Readings").fill("Chapters 1 to 3.")
    pat.press("Save and continue")
    pat.follow("Describe methods and assessment")
    page.get_by_label("Methods").fill("Live hours and exercises.")
    page.get_by_label("Assessment").fill("A project.")
    pat.press("Save and continue")
    pat.follow("Give the format, place, dates and price")
    page.get_by_label("Online", exact=True).check()
    page.get_by_label("Self-paced", exact=True).check()
    page.get_by_label("Price in dollars").fill("$120")
    page.get_by_label("When does it run?").fill("Any time")
    pat.press("Save and continue")
    pat.follow("Add the instructors")
    page.get_by_label("Name of the instructor").fill("Ada Young")
    pat.upload("Resume", "young.pdf", resume(), "application/pdf")
    pat.press("Add this instructor")
    pat.follow("Continue")
    pat.follow("Fill in the course map")
    expect(page.get_by_role("heading", level=1)).to_have_text("Fill in the course map")
    for field in page.locator("table textarea").all():
        field.fill("Week 1")
    expect(page.locator("[data-saved]")).to_contain_text("Saved", timeout=15_000)
    pat.shot("map")
    pat.press("Save and continue")
    pat.follow("Check your answers and send")
    pat.shot("check")
    pat.press("Send and continue to payment $100")


def recommend(evaluator: Person, *, comment: str) -> None:
    evaluator.go("/home/")
    evaluator.follow(TITLE)
    evaluator.page.get_by_label("Comment on competency 2").fill(comment)
    evaluator.press("Send my recommendation")
    evaluator.sees("Choose what you recommend.")
    evaluator.page.get_by_label("Approve", exact=True).check()
    evaluator.shot("review")
    evaluator.press("Send my recommendation")
    evaluator.sees("Your recommendation is sent.")


def test_provider(town: Stack, resident: Callable[..., Person]) -> None:
    pat, rita = resident("pat@prairielibrary.example"), resident("rita@lssc.example")
    apply(pat)
    pat.pay()
    pat.follow("Continue")
    pat.sees("It is in review.")
    rita.go("/office/?queue=Courses")
    rita.page.locator("tbody tr", has_text=TITLE).get_by_role("link").first.click()
    rita.press("Send the invitation")
    rita.sees("Recommendations")
    for email in ("vera@canyon.example", "nils@dell.example"):
        recommend(resident(email), comment="A good week.")
    cora = resident("cora@lakes.example")
    cora.go("/home/")
    cora.follow(TITLE)
    cora.sees("A good week.")
    cora.shot("decide")
    cora.press("Approve until")
    cora.sees(f"{TITLE} is approved.")
    pat.go(town.link("pat@prairielibrary.example", f"{TITLE} is approved"))
    pat.sees("It is approved through")
    visitor = resident()
    visitor.go("/courses/")
    visitor.page.get_by_label("Words").fill("questions door")
    visitor.press("Show courses")
    visitor.follow(TITLE)
    visitor.sees(re.compile(r"\$120"))
    visitor.sees("Prairie State Library")
    visitor.shot("catalog")


def test_course_evaluator(town: Stack, resident: Callable[..., Person]) -> None:
    """Vera finds the course that waits for her, comments on a row, saves, goes on, and asks for changes."""
    vera = resident("vera@canyon.example")
    vera.follow("First Answers")
    vera.sees("North Coast Library Cooperative")
    vera.page.get_by_label("Comment on competency 1").fill("Nothing here says what students read.")
    expect(vera.page.locator("[data-saved]")).to_contain_text("Saved", timeout=15_000)
    vera.follow("Courses to review")
    vera.sees("In progress")
    vera.follow("First Answers")
    expect(vera.page.get_by_label("Comment on competency 1")).to_have_value("Nothing here says what students read.")
    vera.page.get_by_label("Ask for changes").check()
    vera.page.get_by_label("Comment on the whole course").fill("Good, but name the readings.")
    vera.press("Send my recommendation")
    vera.sees("Nothing is waiting for you.")
    rita = resident("rita@lssc.example")
    rita.go("/approvals/")
    rita.follow("First Answers")
    rita.sees("Good, but name the readings.")
    rita.shot("recommended")
