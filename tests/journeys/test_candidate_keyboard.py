"""A candidate without a mouse: applies and pays, plans, claims a course, writes, attaches, seals and pays, and sends more when asked."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from demo import cast
from tests.journeys.keyboard import Keyboard
from tests.journeys.person import Person
from tests.journeys.stack import Stack
from tests.journeys.test_main_job import picture

pytestmark = pytest.mark.journey


def sign_in(keyboard: Keyboard, email: str) -> None:
    """Open the front page, and go from there."""
    keyboard.person.go("/")
    keyboard.enter("Sign in")
    keyboard.type("Email", email)
    keyboard.type("Password", "wrong")
    with keyboard.page.expect_navigation():
        keyboard.press("Enter")
    assert "to fix" in keyboard.look()
    keyboard.type("Password", cast.PASSWORD)
    with keyboard.page.expect_navigation():
        keyboard.press("Enter")


def pay(keyboard: Keyboard) -> None:
    """Pay on the card company's page, and wait until the program knows."""
    keyboard.enter("Pay by card")
    expect(keyboard.page.locator("body")).to_contain_text("stand-in")
    keyboard.enter("Pay $")
    expect(keyboard.page.get_by_role("heading", level=1)).to_contain_text("Paid", timeout=60_000)


def test_an_applicant_applies_and_pays(town: Stack, resident: Callable[..., Person]) -> None:
    charlie = resident()
    keyboard = Keyboard(charlie)
    sign_in(keyboard, "charlie@elsewhere.example")
    keyboard.into_main()
    keyboard.enter("Start your application")
    keyboard.into_main()
    keyboard.enter("Show your high-school diploma")
    keyboard.into_main()
    keyboard.choose("High-school diploma")
    keyboard.enter("Save and continue")
    keyboard.mend("Say where and when")
    keyboard.press("Control+a")
    keyboard.keys.type("Marlow High School, 2003")
    keyboard.enter("Save and continue")
    keyboard.into_main()
    keyboard.enter("Add your ALA member number")
    keyboard.into_main()
    keyboard.choose("Yes", steps=1)
    keyboard.enter("Save and continue")
    keyboard.into_main()
    keyboard.enter("Add your library work")
    keyboard.into_main()
    keyboard.enter("Add a library")
    began = date.today() - timedelta(days=730)
    keyboard.into_main()
    keyboard.type("Name of the library", "Elsewhere Public Library")
    keyboard.to("Type of library")
    keyboard.keys.type("Public")
    keyboard.type("What you did there", "Library page")
    keyboard.choose("Paid")
    keyboard.date("First day", began.month, began.day, began.year)
    keyboard.type("Hours a week", "25")
    keyboard.enter("Save and add up")
    charlie.sees("That is enough")
    charlie.shot("work")
    keyboard.into_main()
    keyboard.enter("Continue")
    keyboard.into_main()
    keyboard.enter("Add your resume")
    keyboard.into_main()
    keyboard.upload("Your resume", "resume.png", picture("A resume"), "image/png")
    keyboard.enter("Save and continue")
    keyboard.into_main()
    keyboard.enter("Check your answers and send")
    keyboard.into_main()
    keyboard.enter("Send and continue to payment $350")
    keyboard.into_main()
    pay(keyboard)
    charlie.shot("paid")


def test_a_candidate_writes_attaches_seals_and_pays(town: Stack, resident: Callable[..., Person]) -> None:
    [[email]] = town.ask(
        "SELECT u.email FROM portfolios_portfolio p JOIN programs_competencyset s ON s.id = p.set_id "
        "JOIN candidates_candidacy c ON c.id = p.candidacy_id JOIN people_user u ON u.id = c.person_id "
        "WHERE p.state = 'draft' AND s.code = 'supervision' AND p.statement <> '' ORDER BY u.email LIMIT 1"
    )
    writer = resident()
    keyboard = Keyboard(writer)
    sign_in(keyboard, email)
    keyboard.into_main()
    keyboard.enter("Supervision and Management")
    keyboard.into_main()
    keyboard.enter("3. ")
    keyboard.into_main()
    keyboard.to("Your answer")
    keyboard.press("Control+End")
    keyboard.keys.type(" What I would do in another way: ask earlier.")
    keyboard.enter("Save and add a file")
    keyboard.into_main()
    keyboard.enter("Add this evidence")
    assert "to fix" in keyboard.look()
    keyboard.upload("id_file", "plan.png", picture("A plan for the week"), "image/png")
    keyboard.type("What is it?", "A plan for the week")
    keyboard.choose("primary evidence")
    writer.shot("evidence")
    keyboard.enter("Add this evidence")
    writer.sees("“A plan for the week” is added")
    expect(writer.page.get_by_label("Your answer")).to_have_value(re.compile(r"ask earlier\.$"))
    keyboard.into_main()
    keyboard.to("Save and go to competency 4")
    keyboard.to("Save and add a link", by="Shift+Tab")
    keyboard.enter("Save and go to competency 4")
    keyboard.into_main()
    keyboard.enter("Supervision and Management")
    keyboard.into_main()
    keyboard.enter("Check, seal and pay")
    keyboard.into_main()
    keyboard.enter("Seal and go to the payment")
    keyboard.into_main()
    pay(keyboard)
    writer.shot("paid")


def test_a_candidate_plans_and_sends_the_proof_of_a_course(town: Stack, resident: Callable[..., Person]) -> None:
    newcomers = (
        "SELECT u.email FROM candidates_candidacy c JOIN people_user u ON u.id = c.person_id "
        "WHERE c.state = 'active' AND NOT c.provisional "
        "AND NOT EXISTS (SELECT FROM candidates_achievement a WHERE a.candidacy_id = c.id) "
        "AND NOT EXISTS (SELECT FROM portfolios_portfolio p WHERE p.candidacy_id = c.id) "
        "AND NOT EXISTS (SELECT FROM courses_completion d WHERE d.candidacy_id = c.id) "
        "AND c.admitted_on < current_date - 60 AND starts_with(u.email, 'person') ORDER BY u.email LIMIT 1"
    )
    [[email]] = town.ask(newcomers)
    today = date.today()
    covered = (
        "SELECT o.title, s.name FROM courses_offering o JOIN programs_competencyset s ON s.id = o.set_id "
        "WHERE s.code IN ('foundations', 'communication', 'technology') AND o.approved_on < %s AND o.approved_until > %s "
        "AND jsonb_array_length(o.parts) < 2 ORDER BY o.title LIMIT 1"
    )
    [[title, name]] = town.ask(covered, today, today)
    planner = resident()
    keyboard = Keyboard(planner)
    sign_in(keyboard, email)
    keyboard.into_main()
    keyboard.enter("Choose electives and ways")
    keyboard.into_main()
    keyboard.to(f"How you will do {name}")
    keyboard.keys.type("An approved course")
    boxes = planner.page.get_by_role("checkbox", checked=True)
    while boxes.count():
        keyboard.choose(str(boxes.first.get_attribute("id")))
    for elective in ("Reference", "Supervision", "Youth"):
        keyboard.choose(elective)
    planner.shot("plan")
    keyboard.enter("Save your plan")
    planner.shot("planned")
    keyboard.into_main()
    keyboard.enter(f"Find a course for {name}")
    keyboard.into_main()
    keyboard.enter(title)
    keyboard.into_main()
    keyboard.enter("I finished this course")
    keyboard.into_main()
    keyboard.enter("Send")
    keyboard.mend("When did you finish")
    keyboard.press("Shift+Tab")
    finished = today - timedelta(days=10)
    keyboard.date("When did you finish", finished.month, finished.day, finished.year)
    keyboard.choose("I have the form")
    keyboard.upload("Your proof", "proof.png", picture("Completion form, signed"), "image/png")
    planner.shot("claim")
    keyboard.enter("Send")
    planner.sees("Staff are reviewing your proof")


def test_a_candidate_who_is_asked_sends_more(town: Stack, resident: Callable[..., Person]) -> None:
    asked = (
        "SELECT u.email, s.name FROM portfolios_portfolio p JOIN programs_competencyset s ON s.id = p.set_id "
        "JOIN candidates_candidacy c ON c.id = p.candidacy_id JOIN people_user u ON u.id = c.person_id "
        "WHERE p.state = 'asked' AND u.email <> 'luz@mesa.example' ORDER BY u.email LIMIT 1"
    )
    [[email, name]] = town.ask(asked)
    sender = resident()
    keyboard = Keyboard(sender)
    sign_in(keyboard, email)
    keyboard.into_main()
    keyboard.enter(name)
    sender.sees("You can add to your answers once")
    numbers = re.findall(r"^(\d+\. .{20})", sender.page.locator(".tasks").inner_text(), re.MULTILINE)
    for number in numbers:
        keyboard.into_main()
        keyboard.enter(number)
        keyboard.into_main()
        keyboard.to("What you add")
        keyboard.keys.type("In May I led one talk myself. I wrote down what each of us would do.")
        keyboard.enter("Save and go to the list")
    sender.shot("added")
    keyboard.into_main()
    keyboard.enter("Check and send")
    keyboard.into_main()
    keyboard.enter("Seal and send")
    sender.sees("The evaluators are rating what you added")
