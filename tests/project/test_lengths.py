"""How long a text may be: browser and server count alike, nothing is cut without a word, and what is too long is not called saved."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms
from playwright.sync_api import Page, Route, expect

from people.fields import TextField
from tests.project.chrome import Chrome

ROOT = Path(__file__).resolve().parents[2]
MOST = 200
PAGE = """<!doctype html><html lang="en-US"><title>Answer</title><body data-person="alice"><main id="main">
<form id="answer" method="post" data-autosave><input type="hidden" name="version" value="1"><label for="id_text">Your answer</label>
{field}<button>Save</button><p class="saved" role="status" data-saved></p></form></main>
<script src="/static/js/page.js"></script><script src="/static/js/autosave.js"></script></body></html>"""


class Answer(forms.Form):
    text = TextField(max_length=MOST, widget=forms.Textarea)
    name = TextField(max_length=MOST, required=False)


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
@pytest.mark.parametrize(("letters", "fits"), [(MOST - 1, True), (MOST, True), (MOST + 1, False)])
def test_a_line_break_counts_once_however_it_is_sent(line_break: str, letters: int, fits: bool) -> None:
    text = f"a{line_break}" * 40 + "b" * (letters - 80)
    assert Answer({"text": text}).is_valid() == fits


def test_no_field_is_drawn_so_that_a_browser_cuts_it() -> None:
    drawn = str(Answer()["text"]) + str(Answer()["name"])
    assert (drawn.count(f'data-most="{MOST}"'), "maxlength" in drawn) == (2, False)
    written = [path.name for path in (ROOT / "templates").rglob("*.html") if re.search(r"<textarea[^>]*\smaxlength", path.read_text())]
    assert written == []


@pytest.fixture
def page(browser: Chrome) -> Iterator[Page]:
    def handle(route: Route) -> None:
        if route.request.url.endswith(".js"):
            name = route.request.url.rpartition("/")[2]
            route.fulfill(content_type="text/javascript", body=(ROOT / "static/js" / name).read_text())
        elif route.request.method == "GET":
            route.fulfill(content_type="text/html; charset=utf-8", body=PAGE.format(field=Answer()["text"]))
        else:
            route.fulfill(json={"saved": "2:14 pm", "version": 2})

    context = browser.new_context()
    context.route("**/*", handle)
    page = context.new_page()
    page.goto("http://rooms.example/answer/")
    yield page
    context.unroute_all(behavior="ignoreErrors")
    context.close()


@pytest.mark.parametrize(
    ("letters", "told", "saved"),
    [
        (100, "", "Saved 2:14 pm"),
        (MOST - 1, "Room for 1 character more.", "Saved 2:14 pm"),
        (MOST, "Room for 0 characters more.", "Saved 2:14 pm"),
        (MOST + 1, "Too long by 1 character. There is room for 200 characters.", "Too long: shorten “Your answer” before you send it."),
        (MOST + 50, "Too long by 50 characters. There is room for 200 characters.", "Too long: shorten “Your answer” before you send it."),
    ],
)
def test_what_is_pasted_stays_whole_and_the_field_says_how_much_is_too_much(page: Page, letters: int, told: str, saved: str) -> None:
    text = "é\n" * 40 + "b" * (letters - 80)
    field = page.get_by_label("Your answer")
    field.focus()
    page.evaluate("text => document.execCommand('insertText', false, text)", text)
    assert field.input_value() == text
    expect(page.locator("#id_text_most")).to_have_text(told)
    field.blur()
    expect(page.locator("[data-saved]")).to_contain_text(saved)
