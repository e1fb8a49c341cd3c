"""Single keys on the rating page: they rate, they never type over words, and a button in sight turns them off."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.project.chrome import Chrome

STATIC = Path(__file__).resolve().parents[2] / "static"
ADDRESS = "http://rooms.example/rating/"
PAGE = """<!doctype html><html lang="en-US"><title>Rate</title><link rel="stylesheet" href="/static/css/lssc.css"><main>
<figure class="evidence"><figcaption>Handout</figcaption></figure>
<form><fieldset><legend>Rating</legend><div class="choice">
<input type="radio" name="value" value="met" id="met"><label for="met">Met <kbd>1</kbd></label>
<input type="radio" name="value" value="partial" id="partial"><label for="partial">Partially met <kbd>2</kbd></label>
<input type="radio" name="value" value="not" id="not"><label for="not">Not met <kbd>3</kbd></label></div></fieldset>
<label for="comment">Comment</label><textarea id="comment" name="comment"></textarea><button>Save and continue</button>
<ul class="keys" data-keys hidden><li><kbd>1</kbd> <kbd>2</kbd> <kbd>3</kbd> rate</li><li><kbd>N</kbd> next</li></ul></form></main>
<script src="/static/js/rate.js"></script></html>"""


def serve(route: Route) -> None:
    path = route.request.url.removeprefix("http://rooms.example").partition("?")[0]
    if path.startswith("/static/") and not path.endswith(".woff2"):
        kind = "text/css" if path.endswith(".css") else "text/javascript"
        route.fulfill(content_type=kind, body=(STATIC / path.removeprefix("/static/")).read_text())
    elif path == "/rating/":
        route.fulfill(content_type="text/html; charset=utf-8", body=PAGE)
    else:
        route.abort()


@pytest.fixture
def page(browser: Chrome) -> Iterator[Page]:
    context = browser.new_context()
    context.route("**/*", serve)
    page = context.new_page()
    page.goto(ADDRESS)
    yield page
    context.unroute_all(behavior="ignoreErrors")
    context.close()


@pytest.mark.parametrize(("key", "chosen"), [("1", "met"), ("2", "partial"), ("3", "not")])
def test_a_figure_rates(page: Page, key: str, chosen: str) -> None:
    page.keyboard.press(key)
    assert page.evaluate("document.forms[0].elements.value.value") == chosen


def test_letters_lead_to_comment_and_evidence(page: Page) -> None:
    page.keyboard.press("e")
    assert page.evaluate("document.activeElement.className") == "evidence"
    page.keyboard.press("C")
    assert page.evaluate("document.activeElement.id") == "comment"


def test_n_saves_and_goes_on(page: Page) -> None:
    page.keyboard.press("2")
    with page.expect_navigation(url="**/rating/?value=partial*"):
        page.keyboard.press("n")


def test_what_is_typed_in_the_comment_stays_text(page: Page) -> None:
    page.click("#comment")
    page.keyboard.type("1 new example, 2 cents")
    assert page.input_value("#comment") == "1 new example, 2 cents"
    assert page.evaluate("document.forms[0].elements.value.value") == ""


def test_keys_with_a_modifier_belong_to_the_browser(page: Page) -> None:
    page.keyboard.press("Control+1")
    page.keyboard.press("Alt+2")
    assert page.evaluate("document.forms[0].elements.value.value") == ""


def test_the_keys_can_be_turned_off_in_sight_and_stay_off(page: Page) -> None:
    page.get_by_role("button", name="Turn shortcuts off").click()
    page.goto(ADDRESS)
    page.keyboard.press("1")
    assert page.evaluate("document.forms[0].elements.value.value") == ""
    expect(page.locator("kbd").first).to_be_hidden()
    page.get_by_role("button", name="Turn shortcuts on").click()
    page.keyboard.press("1")
    assert page.evaluate("document.forms[0].elements.value.value") == "met"


def test_without_scripts_no_keys_are_promised(browser: Chrome) -> None:
    context = browser.new_context(java_script_enabled=False)
    context.route("**/*", serve)
    page = context.new_page()
    page.goto(ADDRESS)
    expect(page.locator("[data-keys]")).to_be_hidden()
    context.close()
