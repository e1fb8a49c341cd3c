"""Each page as it comes back with mistakes, and those to which no link leads, in the real browser: no barrier, no sideways scrolling.

The pages come from the project's own browsers; the real one shows them, with the policy that they were sent with. All other pages are
looked at by tests/journeys/test_every_page.py.
"""

from collections.abc import Callable, Iterator
from mimetypes import guess_type
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse
from playwright.sync_api import Page, Route

from tests.journeys.test_every_page import UNLINKED
from tests.project.chrome import Chrome
from tests.project.everybody import Project, rolled_back
from tests.project.pages import LOOKS, barriers, parts
from tests.project.test_addresses import ACCOUNT, ACCOUNT_ARGS, TABLE, WHO, whom

SITE = "http://localhost:8000"
SHOWN = {200, 409, 422}
LOOKED_AT = ACCOUNT.keys() | UNLINKED.keys() | {name for name, (_, posts) in TABLE.items() if SHOWN.intersection(posts)}


@pytest.fixture(scope="module")
def screen(browser: Chrome) -> Iterator[Page]:
    """One page for all; what the project answers is put into it."""
    page = browser.new_page()
    page.emulate_media(reduced_motion="reduce")
    yield page
    page.context.close()


def _serving(path: str, answer: Any) -> Callable[[Route], None]:
    """Who gives the page itself, and what it asks of our static files."""

    def serve(route: Route) -> None:
        asked = urlsplit(route.request.url).path
        found = finders.find(asked.removeprefix("/static/")) if asked.startswith("/static/") else None
        if asked == path:
            route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.getvalue())
        elif found:
            route.fulfill(content_type=guess_type(asked)[0] or "", body=Path(str(found)).read_bytes())
        else:
            route.fulfill(status=204)

    return serve


def _pages(project: Project, name: str) -> Iterator[tuple[str, Any]]:
    """The different pages of this address: what one person sees that nobody before saw made of the same parts."""
    in_account = name in ACCOUNT
    address = reverse(name, args=ACCOUNT_ARGS.get(name)) if in_account else project.address(name)
    people = ("visitor", "newcomer") if in_account else WHO
    seen: set[tuple[int, str]] = set()
    for method, told in zip(("get", "post"), ACCOUNT[name] if in_account else TABLE[name], strict=True):
        if method == "get" and not in_account and name not in UNLINKED:
            continue
        for who, expected in zip(people, told, strict=True):
            if expected not in SHOWN:
                continue
            client = project.browser(who) if in_account else project.clients[whom(name, who)]
            with rolled_back():
                answer = getattr(client, method)(address, {"sent": "empty"})
                html = answer.getvalue().decode(errors="replace")
            if answer.status_code not in SHOWN or not answer.headers["Content-Type"].startswith("text/html"):
                continue
            new = {(answer.status_code, part) for part in parts(html)} - seen
            if new:
                seen |= new
                yield f"{method} as {who}", answer


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(LOOKED_AT))
def test_a_page_has_no_barriers_as_each_person_sees_it(name: str, project: Project, screen: Page) -> None:
    found: list[str] = []
    for which, answer in _pages(project, name):
        path = urlsplit(answer.request["PATH_INFO"]).path
        screen.route("**/*", _serving(path, answer))
        screen.goto(SITE + path)
        for scheme, width, rules in LOOKS:
            screen.set_viewport_size({"width": width, "height": 900})
            screen.emulate_media(color_scheme=scheme)
            found += [f"{which}, {scheme}, {width} px: {what}" for what in barriers(screen, rules)]
        screen.unroute_all()
    assert found == []
