"""The main job, end to end: from sign-up to a certificate that anyone can verify, in a real browser against the real system.

After sign-up nothing is put into the database by hand: an operator gives Rita her role and loads the catalog by command, all else is done
on pages.
"""

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

BY_COURSE = ["Foundations of Library Services", "Communication and Teamwork", "Cataloging and Classification", "Supervision and Management"]
LAST_COURSE = "Reference and Information Services"
TODAY = date.today


def picture(words: str) -> bytes:
    image = Image.new("RGB", (600, 400), "white")
    ImageDraw.Draw(image).text((40, 40), words, fill="black", font_size=24)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def apply(alice: Person) -> None:
    """Fill in the application in the order of its tasks, send it, and land on the page of the fee."""
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
    began = TODAY() - timedelta(days=730)
    page.get_by_label("Name of the library").fill("Marlow County Library")
    page.get_by_label("Type of library").select_option(label="Public library")
    page.get_by_label("What you did there").fill("Circulation assistant")
    page.get_by_label("Paid", exact=True).check()
    alice.date("First day", began.month, began.day, began.year)
    page.get_by_label("Hours a week").fill("six")
    alice.press("Save and add up")
    alice.sees("There is one thing to fix")
    alice.shot("work-error")
    page.get_by_label("Hours a week").fill("25")
    alice.press("Save and add up")
    alice.sees("That is enough")
    alice.shot("work")
    alice.follow("Continue")
    alice.follow("Add your resume")
    alice.upload("Your resume", "resume.png", picture("A resume"), "image/png")
    alice.press("Save and continue")
    alice.follow("Check your answers and send")
    alice.shot("check")
    alice.press("Send and continue to payment $350")


def write_portfolio(alice: Person) -> None:
    """A portfolio for Technology: nine answers, one piece of evidence, the learning statement."""
    page = alice.page
    alice.go("/portfolios/")
    page.locator("li", has_text="Technology").get_by_role("link", name="See what it takes").click()
    alice.press("Start")
    alice.shot("portfolio")
    alice.follow("1. Knows the general trends")
    for number in range(1, 10):
        expect(page.get_by_text(f"Technology, competency {number} of 9", exact=True)).to_be_visible()
        page.get_by_label("How will you show it?").fill(f"For competency {number} I chose something that happened at our desk this year.")
        page.get_by_label("Your answer").fill(
            f"I counted what people asked, wrote a handout, and tried it. What I learned, number {number}: people remember what they did."
        )
        if number == 1:
            alice.shot("answer")
            alice.press("Save and add a file")
            alice.upload("File", "handout.png", picture("Getting on the library Wi-Fi"), "image/png")
            page.get_by_label("What is it?").fill("Getting on the Wi-Fi, second version")
            page.get_by_label("Yes: primary evidence").check()
            alice.press("Add this evidence")
        alice.press("Mark this answer as finished")
    alice.sees("9 of 9 answers are finished")
    alice.follow("Write your personal learning statement")
    page.get_by_label("Your personal learning statement").fill(
        "This set is what I do every day. Writing it down showed me how much I had learned by watching."
    )
    alice.press("Save and go to the list")
    alice.shot("portfolio-done")
    alice.follow("Check, seal and pay $60")
    alice.shot("portfolio-check")


def plan(alice: Person) -> None:
    """Choose three electives."""
    alice.go("/my/plan/")
    for name in ("Cataloging and Classification", "Supervision and Management", LAST_COURSE):
        alice.page.get_by_role("checkbox", name=name).check()
    alice.press("Save your plan")
    alice.shot("plan")


def approve_evaluator(rita: Person, email: str) -> None:
    rita.go("/evaluators/approve/")
    rita.page.get_by_label("Email address").fill(email)
    rita.page.get_by_label("Where do they work?").fill(f"Library of {email}")
    rita.page.get_by_role("checkbox", name="Technology").check()
    rita.page.get_by_role("checkbox", name="They already took our training").check()
    rita.press("Approve")


def approve_courses(rita: Person) -> dict[str, str]:
    """Give one course of each set its dates of approval; the address of each course by its set."""
    courses = {}
    first, last = TODAY() - timedelta(days=300), TODAY() + timedelta(days=1160)
    rita.go("/courses/")
    rita.shot("catalog")
    for name in [*BY_COURSE, LAST_COURSE]:
        rita.go("/courses/")
        rita.page.locator(".card", has_text=name).first.get_by_role("link").first.click()
        courses[name] = rita.page.url
        rita.page.get_by_role("link", name=re.compile("approval", re.IGNORECASE)).first.click()
        rita.date("First day of the approval", first.month, first.day, first.year)
        rita.date("Last day of the approval", last.month, last.day, last.year)
        rita.page.get_by_label("Where do these dates come from?").fill("Letter of approval in our files")
        rita.shot("approval")
        rita.page.locator("main form").get_by_role("button").first.click()
        rita.sees("approved")
    return courses


def claim_course(alice: Person, address: str) -> None:
    """Send the proof of a course."""
    alice.go(address)
    alice.follow("I finished this course")
    for whole in alice.page.get_by_role("radio", name="All of them").all():
        whole.check()
    finished = TODAY() - timedelta(days=10)
    alice.date("When did you finish the course?", finished.month, finished.day, finished.year)
    alice.upload("Your proof", "proof.png", picture("Completion form, signed"), "image/png")
    alice.shot("claim")
    alice.press("Send to staff")
    alice.sees("Staff are reviewing your proof")


def accept_completion(rita: Person) -> None:
    """Take the oldest completion of the inbox and accept it."""
    rita.go("/office/?queue=Completions")
    rita.page.locator("tbody th a").first.click()
    rita.shot("completion")
    rita.page.get_by_role("button", name=re.compile("^Accept")).click()


def rate(evaluator: Person, *, partial_on: int) -> None:
    """Accept the invitation from the mail, rate every competency, send the ratings."""
    page = evaluator.page
    evaluator.go(evaluator.stack.link(evaluator.email, "Can you rate a"))
    evaluator.shot("invitation")
    evaluator.press("Accept")
    evaluator.follow("Start rating")
    evaluator.follow("Rate competency 1")
    for number in range(1, 10):
        expect(page.get_by_text(f"Competency {number} of 9", exact=True)).to_be_visible()
        page.get_by_label("Partially met" if number == partial_on else "Met", exact=False).first.check()
        if number == partial_on:
            evaluator.press(re.compile("^Save and"))
            evaluator.sees("A comment is required")
            page.get_by_label("Comment").fill("A start. One example of a real case would show this fully.")
        if number == 1:
            evaluator.shot("rating")
        evaluator.press(re.compile("^Save and"))
    evaluator.shot("ratings")
    evaluator.press("Send my ratings")


def test_the_main_job(stack: Stack, somebody: Callable[..., Person], tmp_path: Path) -> None:
    alice = somebody("Alice", "Alice Moreau", "alice@marlow-journey.example")
    bob = somebody("Bob", "Bob Tran", "bob@prairie-journey.example")
    beth = somebody("Beth", "Beth Alvarez", "beth@lakeside-journey.example")
    rita = somebody("Rita", "Rita Lindqvist", "rita@lssc-journey.example")
    for person in (alice, bob, beth, rita):
        person.sign_up()
    stack.manage("role", "give", rita.email, "staff")
    stack.manage("load_program")

    apply(alice)
    alice.pay()
    alice.follow("Continue")
    alice.sees("Staff are reviewing your application")
    rita.go("/home/")
    rita.shot("inbox")
    rita.follow("Alice Moreau")
    rita.shot("review")
    rita.press(re.compile("^Admit until"))
    stack.letter(alice.email, "admitted")

    courses = approve_courses(rita)
    for evaluator in (bob, beth):
        approve_evaluator(rita, evaluator.email)
    alice.go("/home/")
    alice.shot("home-new")
    plan(alice)
    write_portfolio(alice)
    alice.press("Seal and go to the payment")
    alice.pay()
    for name in BY_COURSE:
        claim_course(alice, courses[name])
        accept_completion(rita)
    alice.go("/my/")
    alice.shot("home-half")

    rita.go("/office/?queue=Assignments")
    rita.shot("assignments")
    rita.page.locator("tbody th a").first.click()
    rita.shot("assign")
    rita.press("Invite these two")
    rate(bob, partial_on=3)
    rate(beth, partial_on=5)
    stack.letter(alice.email, "Technology")

    claim_course(alice, courses[LAST_COURSE])
    accept_completion(rita)
    alice.go("/my/")
    alice.shot("home-six")
    alice.follow("Request it")
    alice.press("Request my certificate")
    alice.shot("asked")
    rita.go("/certificates/waiting/")
    rita.press("Preview the selected ones")
    rita.shot("issue")
    rita.press(re.compile("^Issue 1 certificate"))
    alice.go(re.findall(r"https?://\S+", stack.letter(alice.email, "certificate is ready", seconds=60))[0])
    alice.shot("certificate")
    with alice.page.expect_download() as download:
        alice.follow("Download the PDF")
    pdf = tmp_path / "certificate.pdf"
    download.value.save_as(pdf)
    number = alice.page.locator("dd.num").first.inner_text()
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    assert "Alice Moreau" in text
    assert number in text
    assert re.search(r"Tagged:\s+yes", subprocess.run(["pdfinfo", str(pdf)], capture_output=True, text=True, check=True).stdout)

    visitor = somebody("Visitor", "", "")
    visitor.go("/verify/")
    visitor.page.get_by_label("Certificate number").fill(number.lower().replace("-", " "))
    visitor.press("Check")
    visitor.sees("Alice Moreau")
    visitor.sees("Active")
    visitor.shot("verified")

    rita.go("/office/people/?q=alice")
    rita.sees("Alice Moreau")
    rita.sees("issued")
    rita.shot("file")
    assert "The chain holds" in stack.manage("verify_chain")
