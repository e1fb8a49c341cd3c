"""A visitor finds out from when to apply; staff ask an applicant for more, who answers and is admitted."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.person import Person
from tests.journeys.stack import Stack
from tests.journeys.test_main_job import picture

pytestmark = pytest.mark.journey


def can_i_apply(visitor: Person) -> None:
    """Two spells of work, a mistake, and an answer with a date."""
    page = visitor.page
    visitor.go("/")
    visitor.follow("See if you can apply")
    page.get_by_label("Yes, or a diploma").check()
    began = date.today() - timedelta(weeks=40)
    visitor.date("First day", began.month, began.day, began.year)
    page.get_by_label("Hours a week").fill("20")
    visitor.press("Add more work")
    visitor.sees("× 20 hours")
    visitor.press("Can I apply?")
    visitor.sees(re.compile(r"You can apply from \w+ \d+, \d{4}"))
    visitor.shot("not-yet")
    second = page.get_by_role("region", name="Work 2")
    second.get_by_label("Hours a week").fill("60")
    visitor.press("Can I apply?")
    visitor.sees("Enter the first day of your work")
    visitor.shot("mistake")
    for label, value in (("Month", "1"), ("Day", "5"), ("Year", str(date.today().year - 2))):
        second.get_by_role("group", name="First day").get_by_label(label).fill(value)
    visitor.press("Can I apply?")
    visitor.sees("Yes, you can apply today")
    visitor.shot("yes")
    visitor.press("Remove work 2")
    expect(page.get_by_role("region", name="Work 2")).to_have_count(0)
    visitor.press("Can I apply?")
    visitor.follow("Create an account")
    expect(page.get_by_label("Email")).to_be_visible()


def who_waits(town: Stack) -> list[tuple[Any, ...]]:
    """The email and the name of whom, of those who paid, staff have the longest time to decide about."""
    return town.ask(
        "SELECT email, name FROM people_user JOIN candidates_application ON person_id = people_user.id "
        "WHERE state = 'in_review' AND returned_on IS NULL AND email LIKE %s "
        "AND NOT EXISTS (SELECT FROM billing_charge WHERE reference = candidates_application.id AND billing_charge.state = 'open') "
        "ORDER BY decide_by DESC, email LIMIT 1",
        "person%",
    )


def test_a_visitor_counts_and_an_applicant_answers_staff(town: Stack, resident: Callable[..., Person]) -> None:
    can_i_apply(resident(javascript=False))

    [[email, name]] = who_waits(town)
    rita = resident("rita@lssc.example")
    rita.go("/applications/")
    rita.follow(name)
    rita.page.get_by_label("The resume").fill("Your second page is cut off. Send it again, please.")
    rita.shot("ask")
    rita.press(re.compile("^Ask "))
    rita.sees(f"{name} has been asked for more")

    applicant = resident(email)
    applicant.go("/application/")
    applicant.sees("One part of your application is open again")
    applicant.shot("asked")
    applicant.press("Send my answer to staff")
    applicant.sees("Not changed yet: your resume")
    applicant.follow("Send your resume again")
    applicant.sees("Your second page is cut off")
    applicant.upload("Your resume", "resume.png", picture("The whole resume"), "image/png")
    applicant.press("Save and continue")
    applicant.sees("Completed")
    applicant.press("Send my answer to staff")
    applicant.sees("Staff are reviewing your application")
    applicant.shot("answered")

    rita.go("/office/?queue=Applications")
    rita.follow(name)
    rita.sees("Your second page is cut off")
    rita.shot("answer")
    rita.press(re.compile("^Admit until"))
    rita.sees(f"{name} is admitted until")
    applicant.go("/application/")
    applicant.sees("You are admitted")
