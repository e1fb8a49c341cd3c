"""A morning at the program office: more than 20 things of eleven kinds leave the inbox, each with its entry in the audit."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.person import Person
from tests.journeys.stack import Stack
from tests.journeys.test_applicant import who_waits

pytestmark = pytest.mark.journey

# Their applications are those of other journeys.
# Two wait for journeys of their own; the third is back after an appeal against what Rita decided; the check of the last one bounced.
OTHERS = ("Dana Whitfield", "Theo Marsh", "Ivo Sand", "The fee is due again")
KINDS = {
    "Applications",
    "Completions",
    "Graduates",
    "Certificates",
    "Hours",
    "Extensions",
    "Refunds",
    "Sets from an earlier candidacy",
    "Providers",
    "Course requests",
    "Questions",
}
DONE = {
    "candidates.application.admit",
    "courses.completion.accept",
    "certificates.certificate.issue",
    "agreements.graduate_claim.accept",
    "candidates.hours.accept",
    "candidates.candidacy.extend",
    "courses.contact.confirm",
    "courses.course_request.answer",
    "people.inquiry.answer",
}


def test_a_morning_of_twenty_things(resident: Callable[..., Person], town: Stack) -> None:
    rita = resident("rita@lssc.example")
    others = (*OTHERS, *(name for _, name in who_waits(town)))
    (last,) = town.ask("SELECT max(id) FROM ledger_entry")[0]
    rita.go("/office/")
    rita.shot("inbox")
    done = [
        *_many(rita, "Applications", "Admit to the program", "Admit or refuse", others),
        *_many(rita, "Completions", "Accept the course completions", "Accept a course completion"),
        *_many(rita, "Graduates", "Accept the graduates", "Accept a graduate"),
        *_many(rita, "Certificates", "Issue the certificates", "Issue the certificate"),
        *_each(rita, "Hours", _hours),
        *_each(rita, "Extensions", _extension),
        *_each(rita, "Refunds", _fee),
        *_each(rita, "Sets from an earlier candidacy", _reuse),
        *_each(rita, "Providers", _contact),
        *_each(rita, "Course requests", _wish),
        *_each(rita, "Questions", _question),
    ]
    assert len(done) >= 20
    assert {queue for queue, _ in done} == KINDS
    left = _read_all(rita)
    assert [one for one in done if one in left] == []
    told = town.ask(
        "SELECT e.verb, count(*) FROM ledger_entry e JOIN people_user u ON u.id = e.actor_id WHERE u.email = %s AND e.id > %s GROUP BY 1",
        "rita@lssc.example",
        last,
    )
    assert sum(count for verb, count in told) >= len(done)
    assert {verb for verb, _ in told} >= DONE
    rita.shot("after")


def _tab(rita: Person, queue: str) -> None:
    rita.go("/office/")
    tab = rita.page.get_by_role("list", name="Queues").get_by_role("link", name=queue)
    tab.click()
    expect(tab).to_have_attribute("aria-current", "page")


def _rows(rita: Person) -> list[tuple[str, str]]:
    """The queue and the words of each row in sight."""
    rows = rita.page.locator("table.inbox tbody tr:not(.group)").all()
    return [(row.locator("[data-label=Queue]").inner_text(), row.locator("th").inner_text()) for row in rows]


def _read_all(rita: Person) -> list[tuple[str, str]]:
    rita.go("/office/")
    found = _rows(rita)
    while rita.page.get_by_role("link", name="Next page").count():
        rita.follow("Next page")
        found += _rows(rita)
    return found


def _many(rita: Person, queue: str, what: str, title: str, others: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Tick all rows of a queue that begin so, look at what will happen, and press once."""
    _tab(rita, queue)
    rita.page.get_by_label("With selected").select_option(label=what)
    names = []
    for row in rita.page.locator("table.inbox tbody tr:not(.group)").all():
        words = row.locator("th").inner_text()
        if words.startswith(title) and not any(name in words for name in others):
            row.get_by_role("checkbox").check()
            names.append((queue, words))
    assert names
    rita.press("Preview")
    rita.sees("Nothing happens until you press the button.")
    rita.shot(f"look-{queue.lower()}")
    rita.page.locator("main").get_by_role("button", name=what).click()
    rita.sees("Done")
    # What could not be done stands on the page with its reason, and stays in the inbox.
    words = rita.page.locator("main").inner_text().split("Not done")
    left = words[1] if len(words) > 1 else ""
    return [(where, name) for where, name in names if name.split("\n")[0] not in left]


def _each(rita: Person, queue: str, decide: Callable[[Person], None]) -> list[tuple[str, str]]:
    """Take each thing of a queue, open it, and decide."""
    _tab(rita, queue)
    names = _rows(rita)
    for _, words in names:
        _tab(rita, queue)
        first, second = words.split("\n")
        row = rita.page.locator("table.inbox tbody tr", has_text=first).filter(has_text=second).first
        row.get_by_role("button", name="Assign to me").click()
        rita.sees("It is assigned to you.")
        rita.page.locator("table.inbox tbody tr", has_text=first).filter(has_text=second).first.get_by_role("link").click()
        decide(rita)
        expect(rita.page.locator(".usa-alert").first).to_be_visible()
    return names


def _hours(rita: Person) -> None:
    rita.press("Accept the hours")


def _extension(rita: Person) -> None:
    rita.page.get_by_label("Give the extension").check()
    rita.page.get_by_label("Why?").fill("A long illness in the family.")
    rita.press("Decide and email")


def _fee(rita: Person) -> None:
    rita.page.get_by_label("Refund it in full").check()
    rita.page.get_by_label("Why?").fill("No one had looked at it yet.")
    rita.press("Decide and email")


def _reuse(rita: Person) -> None:
    rita.page.get_by_label("Technology").check()
    rita.page.get_by_label("Why these, and not the others?").fill("It covers what is asked today.")
    rita.press("Decide and email")


def _contact(rita: Person) -> None:
    rita.page.get_by_role("button", name="Confirm", exact=True).click()


def _wish(rita: Person) -> None:
    rita.page.get_by_label("Your answer").fill("A course in your state starts in spring. The catalog has it soon.")
    rita.press("Send the answer")


def _question(rita: Person) -> None:
    rita.page.get_by_label("Your answer").fill("Yes. Please look at the page about fees, and write again if it stays unclear.")
    rita.press("Send the answer to")
