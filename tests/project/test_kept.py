"""A form that is sent when the session has ended: nothing that was typed is lost, in the real browser, on pages as they are."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connections
from django.urls import reverse
from playwright.sync_api import Page, expect

from people.models import Inquiry
from people.states import Role
from tests.factories import people
from tests.project.chrome import Chrome

PASSWORD = "correct horse battery"


@pytest.fixture
def page(transactional_db: None, browser: Chrome, live_server: Any) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url, bypass_csp=True)
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()
    connections.close_all()


def sign_in(page: Page, person: Any) -> None:
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.fixture
def staff(transactional_db: None) -> Any:
    return people.person("rita@lssc.example", roles=(Role.STAFF,))


@pytest.fixture
def question(transactional_db: None, at: Any) -> Inquiry:
    return people.inquiry(at=at)


def type_and_lose(page: Page, staff: Any, question: Inquiry) -> None:
    page.goto(f"/account/login/?next={reverse('people:inquiry', args=[question.id])}")
    sign_in(page, staff)
    page.locator("textarea[name=answer]").fill("Yes, it can.\n\nSend us the order.")
    Session.objects.all().delete()
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("heading", name="You were signed out")).to_be_visible()
    expect(page.get_by_text("Your text is safe in this browser.")).to_be_visible()


def test_it_is_back_in_the_form_after_signing_in(page: Page, staff: Any, question: Inquiry) -> None:
    type_and_lose(page, staff, question)
    page.get_by_label("Email").fill(staff.email)
    page.get_by_label("Password").first.fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    sign_in(page, staff)
    expect(page.get_by_role("heading", name="This was not sent yet")).to_be_visible()
    assert page.locator("textarea[name=answer]").input_value() == "Yes, it can.\n\nSend us the order."
    page.get_by_role("button", name="Send the answer").click()
    page.wait_for_load_state()
    assert Inquiry.objects.get().answer.splitlines() == ["Yes, it can.", "", "Send us the order."]
    assert page.evaluate("sessionStorage.getItem('lssc sent')") is None


def test_nobody_else_finds_it(page: Page, staff: Any, question: Inquiry) -> None:
    other = people.person("ruth@lssc.example", roles=(Role.STAFF,))
    type_and_lose(page, staff, question)
    sign_in(page, other)
    expect(page.locator("textarea[name=answer]")).to_have_value("")
    assert page.evaluate("sessionStorage.getItem('lssc sent')") is None
