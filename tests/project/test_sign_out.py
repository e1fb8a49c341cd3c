"""What the next person at a shared computer sees: a real browser with its ordinary back/forward cache, a real sign-out, then Back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Page

from tests.factories import people
from tests.factories.people import PASSWORD
from tests.project.chrome import Chrome

NAME = "Dora Vance"
PAGES = ("/account/email/", "/account/sessions/", "/account/me/", "/help/")


@pytest.fixture
def page(browser: Chrome, transactional_db: None, live_server: Any) -> Iterator[Page]:
    """A browser whose pages stay in memory when they are left, as everybody's do; automation switches that off."""
    cache.clear()
    people.person(name=NAME)
    own = browser.playwright.chromium.launch(
        executable_path=browser.path,
        args=["--no-sandbox", "--disable-gpu", "--no-first-run"],
        ignore_default_args=["--disable-back-forward-cache"],
    )
    page = own.new_page(base_url=live_server.url)
    page.goto("/account/login/")
    page.get_by_label("Email").fill("dora@county.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_function("document.body.dataset.person")
    yield page
    own.close()


def sign_out(page: Page) -> None:
    page.goto("/account/me/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_function("!document.body.dataset.person")


@pytest.mark.parametrize("path", PAGES)
def test_back_shows_nothing_of_who_was_signed_in(path: str, page: Page) -> None:
    page.goto(path)
    assert page.evaluate("document.body.dataset.person")
    sign_out(page)
    for _ in range(2):
        page.go_back(wait_until="load")
        assert page.evaluate("document.body.dataset.person") is None
        assert NAME not in page.content()
        assert "dora@county.example" not in page.content()


def test_what_was_typed_and_not_sent_leaves_with_the_person(page: Page) -> None:
    page.evaluate("localStorage.setItem('lssc x /application/who/ form', '{}')")
    sign_out(page)
    assert page.evaluate("localStorage.length") == 0
