"""What the browser does about files: one that is too large stays here, and a check that is over shows by itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.project.chrome import Chrome

STATIC = Path(__file__).resolve().parents[2] / "static"
ADDRESS = "http://rooms.example/documents/"
PAGE = """<!doctype html><html lang="en-US"><title>Files</title><main id="main">
<ul><li data-file="1" {state}>report.pdf {words}</li><li data-file="2">other.pdf {words}</li></ul>
<form><div class="usa-form-group"><label for="f">File</label>
<input type="file" id="f" name="f" multiple data-limit="2097152" data-limit-together="3145728"></div>
<input id="typed" value=""></form></main>
<script src="/static/js/files.js"></script></html>"""


@pytest.fixture
def page(browser: Chrome) -> Iterator[Page]:
    asked = []

    def serve(route: Route) -> None:
        if route.request.url.endswith(".js"):
            route.fulfill(content_type="text/javascript", body=(STATIC / "js/files.js").read_text().replace("REST = 3000", "REST = 50"))
            return
        asked.append(route.request.url)
        state, words = ("data-checking", "Being checked") if len(asked) < 3 else ("", "Ready")
        route.fulfill(content_type="text/html; charset=utf-8", body=PAGE.format(state=state, words=words))

    context = browser.new_context()
    context.route("**/*", serve)
    page = context.new_page()
    page.goto(ADDRESS)
    yield page
    context.close()


def test_a_check_that_is_over_shows_by_itself_and_nothing_else_changes(page: Page) -> None:
    page.locator("#typed").fill("half a sentence")
    expect(page.locator("[data-file='1']")).to_have_text("report.pdf Ready")
    expect(page.locator("[data-checking]")).to_have_count(0)
    expect(page.locator("[data-file='2']")).to_have_text("other.pdf Being checked")
    expect(page.locator("#typed")).to_have_value("half a sentence")


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(page: Page, tmp_path: Path) -> None:
    large, two, small = (tmp_path / name for name in ("large.pdf", "two.pdf", "small.pdf"))
    large.write_bytes(b"0" * (2 * 2**20 + 1))
    two.write_bytes(b"0" * 2 * 2**20)
    small.write_bytes(b"0" * 2**20)
    chosen, told = page.locator("#f"), page.get_by_role("alert")
    chosen.set_input_files([large])
    expect(told).to_have_text("“large.pdf” has 3 MB. The limit is 2 MB. Choose a smaller file.")
    expect(chosen).to_have_value("")
    chosen.set_input_files([two, two])
    expect(told).to_have_text("These files have 4 MB together. The limit is 3 MB. Send them in two parts.")
    chosen.set_input_files([two, small])
    expect(told).to_have_count(0)
    assert chosen.evaluate("input => input.files.length") == 2
