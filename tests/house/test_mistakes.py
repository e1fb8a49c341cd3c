"""Whatever is sent wrongly: the page begins with what to fix, each line leads to its control, and what was typed is still there."""

from html.parser import HTMLParser

import pytest

from tests.house.everybody import House, taken_back
from tests.house.test_addresses import TABLE, WHO, whom
from tests.house.test_bad_input import Form, forms, pages

__all__ = ["forms", "pages"]  # fixtures: every page that somebody may open, and every form on them
pytestmark = pytest.mark.django_db

# Answers with a page and without a form: whoever has no candidacy starts no portfolio.
NO_FORM = {("portfolios:start", who) for who in WHO}
TYPED = "Zebra 12"


class Answer(HTMLParser):
    """What matters of a page after a mistake: its title, what comes first, where the summary leads, and what the controls hold."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.holds: dict[str, str] = {}
        self.first = self.title = ""
        self._tag = self._area = ""
        self._listed = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        self._tag = tag
        if "id" in has:
            self.ids.append(has["id"])
        if has.get("id") == "errors" or tag == "h1":
            self.first = self.first or has.get("id", tag)
            self._listed = tag != "h1"
        if self._listed and tag == "a":
            self.links.append(has["href"].removeprefix("#"))
        if tag == "input" and has.get("type", "text") in ("text", "email", "search"):
            self.holds[has.get("name", "")] = has.get("value", "")
        if tag == "textarea":
            self._area = has.get("name", "")
            self.holds[self._area] = ""

    def handle_endtag(self, tag: str) -> None:
        self._tag = ""
        self._listed = self._listed and tag != "ul"
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._tag == "title":
            self.title += data
        if self._area:
            self.holds[self._area] += data


def _faults(page: Answer) -> list[str]:
    """What is wrong with a page that shows a mistake."""
    if "errors" not in page.ids:
        return ["it has no summary"]
    found = [
        f"the summary leads to #{link}, which is there {page.ids.count(link)} times" for link in page.links if page.ids.count(link) != 1
    ]
    if page.first != "errors":
        found.append("the summary is not first")
    if not page.title.startswith("Error: "):
        found.append(f"the title is {page.title!r}")
    return found


def test_an_empty_form_is_answered_with_what_to_fix_or_with_why_it_is_too_late(house: House) -> None:
    wrong = []
    for name, (_, answers) in TABLE.items():
        for who in (who for who, code in zip(WHO, answers, strict=True) if code in (200, 422) and (name, who) not in NO_FORM):
            with taken_back():
                answer = house.clients[whom(name, who)].post(house.address(name), {"sent": "empty"})
            wrong += [f"{name} as {who}: {fault}" for fault in _faults(Answer(answer.getvalue().decode()))]
    assert not wrong, "\n".join(wrong)


def test_a_form_with_a_mistake_keeps_what_was_typed(house: House, forms: list[tuple[str, Form]]) -> None:
    wrong = []
    for who, form in forms:
        if form.method != "post" or not form.typed:
            continue
        with taken_back():
            answer = house.browser(who).post(form.action, {**form.chosen, **dict.fromkeys(form.typed, TYPED)})
        if answer.status_code not in (200, 422) or b'id="errors"' not in answer.getvalue():
            continue
        page = Answer(answer.getvalue().decode())
        lost = [name for name in form.typed & page.holds.keys() if page.holds[name].strip() != TYPED]
        wrong += [f"{form.action} as {who}: {fault}" for fault in [*_faults(page), *(f"{name} is lost" for name in lost)]]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<title>Error: A</title><h1>A</h1>", "it has no summary"),
        ("<title>Error: A</title><h1>A</h1><div id=errors></div>", "the summary is not first"),
        ("<title>A</title><div id=errors></div><h1>A</h1>", "the title is 'A'"),
        (
            "<title>Error: A</title><div id=errors><ul><li><a href='#b'>B</a></ul></div><h1>A</h1>",
            "the summary leads to #b, which is there 0 times",
        ),
    ],
)
def test_a_planted_fault_is_found(html: str, fault: str) -> None:
    assert _faults(Answer(html)) == [fault]
