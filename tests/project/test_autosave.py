"""A form that saves itself, in the real browser against a server that answers as told: nothing typed is lost, nothing is overwritten."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, Route, expect

from tests.project.chrome import Chrome

STATIC = Path(__file__).resolve().parents[2] / "static"
ADDRESS = "http://rooms.example/answer/"
PAGE = """<!doctype html><html lang="en-US"><title>Answer</title><body data-person="alice"><main>
<form id="answer" method="post" data-autosave>
<input type="hidden" name="csrfmiddlewaretoken" value="old"><input type="hidden" name="version" value="{version}">
<label for="text">Your answer</label><textarea id="text" name="text">{text}</textarea>
<fieldset><legend>Way</legend><input type="radio" name="way" id="a" value="a" checked><label for="a">Suggestion A</label>
<input type="radio" name="way" id="b" value="b"><label for="b">Suggestion B</label></fieldset>
<input type="file" name="proof"><button>Save</button><p class="saved" role="status" data-saved></p></form></main>
<script src="/static/js/autosave.js"></script></body></html>"""

Answer = Callable[["Room", dict[str, str]], tuple[int, dict[str, object]] | None]


class Room:
    """A server with one text: it keeps what it is sent when the version fits, or answers what a test says."""

    def __init__(self) -> None:
        self.text, self.version = "", 1
        self.posts: list[dict[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.answer: Answer = Room.keep

    def keep(self, sent: dict[str, str]) -> tuple[int, dict[str, object]]:
        if int(sent["version"]) != self.version:
            return 409, {"error": "Another tab was faster.", "version": self.version}
        self.text, self.version = sent.get("text", ""), self.version + 1
        return 200, {"saved": "2:14 pm", "version": self.version}

    def handle(self, route: Route) -> None:
        request = route.request
        if request.url.endswith(".js"):
            route.fulfill(content_type="text/javascript", body=(STATIC / "js/autosave.js").read_text())
        elif request.method == "GET":
            route.fulfill(content_type="text/html; charset=utf-8", body=PAGE.format(version=self.version, text=self.text))
        else:
            sent = {name: values[-1] for name, values in parse_qs(request.post_data or "", keep_blank_values=True).items()}
            self.posts.append(sent)
            self.headers.append(request.headers)
            told = self.answer(self, sent)
            if told is None:
                route.abort("internetdisconnected")
            else:
                route.fulfill(status=told[0], content_type="application/json", body=json.dumps(told[1]))


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def page(browser: Chrome, room: Room) -> Iterator[Page]:
    context = browser.new_context()
    context.route("**/*", room.handle)
    page = context.new_page()
    page.clock.install(time=0)
    page.goto(ADDRESS)
    page.clock.pause_at(60_000)
    yield page
    context.unroute_all(behavior="ignoreErrors")  # A request that is on its way keeps the context from closing, forever.
    context.close()


def status(page: Page) -> str:
    return page.inner_text("[data-saved]")


def test_a_form_saves_itself_after_two_seconds_of_rest(page: Page, room: Room) -> None:
    page.locator("#text").press_sequentially("In March")
    page.clock.run_for(1900)
    assert room.posts == []
    page.clock.run_for(200)
    expect(page.locator("[data-saved]")).to_have_text("Saved 2:14 pm")
    assert [post["text"] for post in room.posts] == ["In March"]
    assert room.headers[0]["x-autosave"] == "1"
    assert "proof" not in room.posts[0]
    assert page.input_value("[name=version]") == "2"
    assert page.evaluate("localStorage.length") == 0


def test_a_form_saves_itself_when_a_field_is_left_and_only_what_changed(page: Page, room: Room) -> None:
    page.click("#text")
    page.click("legend")
    assert room.posts == []
    page.fill("#text", "In March")
    page.locator("#text").blur()
    expect(page.locator("[data-saved]")).to_have_text("Saved 2:14 pm")
    page.locator("#text").focus()
    page.locator("#text").blur()
    assert len(room.posts) == 1


def test_without_a_connection_the_text_is_kept_and_sent_later(page: Page, room: Room) -> None:
    room.answer = lambda room, sent: None
    page.fill("#text", "In March")
    page.locator("#text").blur()
    expect(page.locator("[data-saved]")).to_contain_text("Not saved: no connection. We keep trying.")
    assert "In March" in page.evaluate("JSON.stringify(localStorage)")
    room.answer = Room.keep
    page.clock.run_for(3100)
    expect(page.locator("[data-saved]")).to_have_text("Saved 2:14 pm")
    assert room.text == "In March"
    assert page.evaluate("localStorage.length") == 0


def test_a_failure_of_the_server_is_told_and_tried_again(page: Page, room: Room) -> None:
    room.answer = lambda room, sent: (500, {})
    page.fill("#text", "In March")
    page.locator("#text").blur()
    expect(page.locator("[data-saved]")).to_contain_text("something went wrong on our side")
    room.answer = Room.keep
    page.clock.run_for(3100)
    expect(page.locator("[data-saved]")).to_have_text("Saved 2:14 pm")


def test_a_refusal_is_told_in_the_servers_words_and_not_repeated(page: Page, room: Room) -> None:
    room.answer = lambda room, sent: (400, {"error": "The last day was November 20, 2026."})
    page.fill("#text", "In March")
    page.locator("#text").blur()
    expect(page.locator("[data-saved]")).to_have_text("Not saved. The last day was November 20, 2026.")
    page.clock.run_for(60000)
    assert len(room.posts) == 1


def test_who_is_signed_out_keeps_the_text_and_goes_on_after_signing_in_elsewhere(page: Page, room: Room) -> None:
    room.answer = lambda room, sent: (401, {"error": "signed out"})
    page.fill("#text", "In March")
    page.locator("#text").blur()
    expect(page.locator("[data-saved]")).to_contain_text("you are signed out")
    assert page.get_attribute("[data-saved] a", "href") == "/account/login/"
    assert page.get_attribute("[data-saved] a", "target") == "_blank"
    page.evaluate("document.cookie = 'csrftoken=new; path=/'")
    room.answer = Room.keep
    page.clock.run_for(3100)
    expect(page.locator("[data-saved]")).to_have_text("Saved 2:14 pm")
    assert [post["csrfmiddlewaretoken"] for post in room.posts] == ["old", "new"]


def conflict(page: Page, room: Room) -> None:
    room.text, room.version = "The other tab’s text", 7
    page.fill("#text", "This tab’s text")
    page.check("#b")
    page.locator("#text").focus()
    page.locator("#text").blur()
    expect(page.locator(".conflict h3")).to_have_text("This was changed in another tab")


def test_two_tabs_are_shown_side_by_side_and_nothing_is_overwritten(page: Page, room: Room) -> None:
    conflict(page, room)
    assert page.locator(".conflict__text").all_inner_texts() == ["The other tab’s text", "This tab’s text", "Suggestion A", "Suggestion B"]
    assert page.locator(".conflict h4").first.inner_text() == "Saved now: Your answer"
    page.clock.run_for(60000)
    assert room.text == "The other tab’s text"
    assert page.input_value("#text") == "This tab’s text"


def test_the_text_of_this_tab_can_be_kept(page: Page, room: Room) -> None:
    conflict(page, room)
    page.get_by_role("button", name="Keep the text in this tab").click()
    expect(page.locator("[data-saved]")).to_have_text("Saved 2:14 pm")
    assert (room.text, room.version) == ("This tab’s text", 8)
    assert page.locator(".conflict").count() == 0


def test_the_saved_text_can_be_taken(page: Page, room: Room) -> None:
    conflict(page, room)
    page.get_by_role("button", name="Take the saved text").click()
    expect(page.locator("[data-saved]")).to_have_text("You kept the text that was saved.")
    assert page.input_value("#text") == "The other tab’s text"
    assert page.is_checked("#a")
    assert page.input_value("[name=version]") == "7"
    assert (room.text, room.version) == ("The other tab’s text", 7)


def lose(page: Page, room: Room) -> None:
    """Type without a connection, and leave the page."""
    room.answer = lambda room, sent: None
    page.fill("#text", "In March")
    page.locator("#text").blur()
    expect(page.locator("[data-saved]")).to_contain_text("Not saved")
    room.answer = Room.keep
    page.goto(ADDRESS)


def test_what_was_not_saved_is_offered_on_the_next_visit(page: Page, room: Room) -> None:
    lose(page, room)
    expect(page.locator(".usa-alert")).to_contain_text("This browser has text that was not saved")
    assert page.input_value("#text") == ""
    page.get_by_role("button", name="Put it back").click()
    assert page.input_value("#text") == "In March"
    page.clock.run_for(2100)
    expect(page.locator("[data-saved]")).to_have_text("Saved 2:14 pm")
    page.goto(ADDRESS)
    assert page.input_value("#text") == "In March"
    assert page.locator(".usa-alert").count() == 0


def test_what_was_not_saved_can_be_deleted(page: Page, room: Room) -> None:
    lose(page, room)
    page.get_by_role("button", name="Delete it").click()
    page.goto(ADDRESS)
    assert page.locator(".usa-alert").count() == 0


def test_what_somebody_else_typed_in_this_browser_is_not_shown(page: Page, room: Room) -> None:
    room.answer = lambda room, sent: None
    page.fill("#text", "In March")
    page.locator("#text").blur()
    expect(page.locator("[data-saved]")).to_contain_text("Not saved")
    page.context.unroute("**/*")
    other = PAGE.replace('data-person="alice"', 'data-person="bob"').format(version=1, text="")
    page.context.route("**/answer/", lambda route: route.fulfill(content_type="text/html; charset=utf-8", body=other))
    page.context.route("**/*.js", room.handle)
    page.goto(ADDRESS)
    assert page.locator(".usa-alert").count() == 0


def test_the_button_waits_for_a_save_that_is_on_its_way(page: Page, room: Room) -> None:
    page.fill("#text", "In March")
    with page.expect_response(lambda response: response.request.method == "POST" and "x-autosave" not in response.request.headers):
        page.click("button")
    page.wait_for_load_state()
    assert [(post["text"], post["version"]) for post in room.posts] == [("In March", "1"), ("In March", "2")]
