"""What a page shows of a file whose link has died meanwhile: words in its place, and nothing where it is well."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.factories import portfolios
from tests.project.chrome import Chrome

STATIC = Path(__file__).resolve().parents[2] / "static"
ADDRESS = "http://rooms.example/rating/"
PAGE = """<!doctype html><html lang="en-US"><title>Rate</title><main id="main">
<figure class="evidence"><div class="leafbed">
<img src="/dead/1" width="40" height="30" alt="Handout, page 1 of 2" loading="lazy">
<div style="height: 9000px"></div>
<img src="/dead/2" width="40" height="30" alt="Handout, page 2 of 2" loading="lazy">
<img src="/alive" width="40" height="30" alt="Display">
<audio controls preload="metadata" src="/dead/3" aria-label="Talk"></audio>
</div></figure></main>
<script src="/static/js/page.js"></script></html>"""


def serve(route: Route) -> None:
    path = route.request.url.removeprefix("http://rooms.example")
    if path == "/static/js/page.js":
        route.fulfill(content_type="text/javascript", body=(STATIC / "js/page.js").read_text())
    elif path == "/rating/":
        route.fulfill(content_type="text/html; charset=utf-8", body=PAGE)
    elif path == "/alive":
        route.fulfill(content_type="image/png", body=portfolios.picture().read())
    else:
        route.fulfill(status=410, content_type="text/html", body="This link has expired")


@pytest.fixture
def page(browser: Chrome) -> Iterator[Page]:
    context = browser.new_context()
    context.route("**/*", serve)
    page = context.new_page()
    page.goto(ADDRESS)
    yield page
    context.close()


def test_what_can_no_longer_be_shown_says_so_when_it_is_reached(page: Page) -> None:
    notes = page.locator(".leafbed p.note")
    expect(notes).to_have_text(["Load the page again to see this: Handout, page 1 of 2", "Load the page again to see this: Talk"])
    expect(page.get_by_alt_text("Handout, page 2 of 2")).to_have_count(1)
    page.get_by_alt_text("Display").scroll_into_view_if_needed()
    expect(page.get_by_text("Load the page again to see this: Handout, page 2 of 2")).to_be_visible()
    expect(page.get_by_alt_text("Display")).to_be_visible()
