"""Otto reads everything that the office reads, and changes nothing: no button, and no request that is taken."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.person import Person
from tests.journeys.stack import Stack

pytestmark = pytest.mark.journey

# What the masthead and one's own account offer to everybody, and searches, which change nothing.
HARMLESS = ("Find", "Search", "Show", "Sign out", "Check", "Filter")
READS = (
    "/office/people/",
    "/office/reports/",
    "/office/reports/funnel/",
    "/office/terms/",
    "/office/reminders/",
    "/office/appeals/",
    "/office/webinars/",
    "/certificates/",
    "/evaluators/",
    "/billing/orders/",
    "/billing/fees/",
)


def test_an_auditor_reads_all_and_changes_nothing(resident: Callable[..., Person], town: Stack) -> None:
    otto = resident("otto@lssc.example")
    page = otto.page
    before = _entries(town)
    otto.go("/office/")
    _no_button(otto)
    otto.shot("inbox")
    tabs = page.get_by_role("list", name="Queues").get_by_role("link").all()
    links = {}
    for place in [tab.get_attribute("href") for tab in tabs][1:]:
        otto.go(f"/office/{place}" if str(place).startswith("?") else str(place))
        _no_button(otto)
        first = page.locator("table.inbox tbody th a").first
        links[str(place)] = str(first.get_attribute("href"))
    assert len(links) >= 6
    for link in links.values():
        otto.go(link)
        expect(page.locator("h1")).to_be_visible()
        _no_button(otto)
    for place in READS:
        assert page.goto(place).status == 200  # type: ignore[union-attr]
        _no_button(otto)
    otto.go("/office/people/?q=alice@marlow.example")
    otto.sees("Alice")
    otto.sees(re.compile(r"Alice Moreau \w+ .*\."))
    _no_button(otto)
    otto.shot("file")
    _refused(otto, links)
    assert (
        town.ask("SELECT count(*) FROM ledger_entry e JOIN people_user u ON u.id = e.actor_id WHERE u.email = 'otto@lssc.example'")
        == before
    )


def _entries(town: Stack) -> list[tuple[int]]:
    """How much the audit tells of what Otto did."""
    return town.ask("SELECT count(*) FROM ledger_entry e JOIN people_user u ON u.id = e.actor_id WHERE u.email = %s", "otto@lssc.example")


def _no_button(otto: Person) -> None:
    """No form that is sent by POST, and no button but those that search."""
    assert otto.page.locator("main form[method=post]").count() == 0, otto.page.url
    names = [one.inner_text() for one in otto.page.locator("main button").all()]
    assert [name for name in names if not name.startswith(HARMLESS)] == [], otto.page.url


def _refused(otto: Person, links: dict[str, str]) -> None:
    """The same requests that staff's buttons send are refused."""
    token = next(str(one.get("value")) for one in otto.context.cookies() if "csrf" in str(one.get("name")))
    application = next(link for link in links.values() if link.startswith("/applications/"))
    thing = application.split("/")[2]
    for place, form in (
        (f"{application}admit/", {}),
        ("/office/assign/", {"kind": "candidates.application", "thing": thing}),
        ("/office/bulk/", {"do": "candidates.admit", "thing": thing}),
        ("/office/webinars/add/", {}),
    ):
        answer = otto.context.request.post(place, form={**form, "csrfmiddlewaretoken": token}, headers={"Referer": otto.stack.url})
        assert (place, answer.status) == (place, 403)
