"""Whatever is sent wrongly: the page begins with what to fix, each line leads to its control, and what was typed is still there."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from people.models import Document
from people.states import DocumentState
from tests.factories import files
from tests.project.everybody import Project, rolled_back
from tests.project.test_addresses import TABLE, WHO, special, whom
from tests.project.test_bad_input import Form, forms, pages

__all__ = ["forms", "pages"]  # fixtures: every page that somebody may open, and every form on them
pytestmark = pytest.mark.django_db

# Answers with a page and without a form: whoever has no candidacy starts no portfolio.
# Nothing needs to be typed there.
NO_FORM = {(name, who) for name in ("portfolios:start", "close_account") for who in WHO}
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


def test_an_empty_form_is_answered_with_what_to_fix_or_with_why_it_is_too_late(project: Project) -> None:
    wrong = []
    for name, (_, answers) in TABLE.items():
        for who in (who for who, code in special(answers) if code in (200, 422) and (name, who) not in NO_FORM):
            with rolled_back():
                answer = project.browser(whom(name, who)).post(project.address(name), {"sent": "empty"})
            wrong += [f"{name} as {who}: {fault}" for fault in _faults(Answer(answer.getvalue().decode()))]
    assert not wrong, "\n".join(wrong)


def test_a_form_with_a_mistake_keeps_what_was_typed(project: Project, forms: list[tuple[str, Form]]) -> None:
    wrong = []
    for who, form in forms:
        if form.method != "post" or not form.typed:
            continue
        with rolled_back():
            answer = project.browser(who).post(form.action, {**form.chosen, **dict.fromkeys(form.typed, TYPED)})
        if answer.status_code not in (200, 422) or b'id="errors"' not in answer.getvalue():
            continue
        page = Answer(answer.getvalue().decode())
        lost = [name for name in form.typed & page.holds.keys() if page.holds[name].strip() != TYPED]
        wrong += [f"{form.action} as {who}: {fault}" for fault in [*_faults(page), *(f"{name} is lost" for name in lost)]]
    assert not wrong, "\n".join(wrong)


# Files that must not be taken, whatever form asks for one.
HOSTILE = {
    "a drawing with a script": ("drawing.png", files.SVG),
    "a page that is a PDF, too": ("proof.pdf", files.SCRIPT + files.pdf()),
    "a document with macros": ("letter.docx", files.docx(("word/vbaProject.bin", b"x"))),
    "a bomb": ("letter.docx", files.bomb("word/media/a.png", 301)),
    "a page behind a document": ("proof.pdf.html", files.SCRIPT),
}


# What shows only when the file is opened, which the worker does.
INSIDE = {"a page that is a PDF, too", "a document with macros", "a bomb"}


def _send(project: Project, who: str, form: Form, said: dict[str, object]) -> tuple[int, Answer]:
    """Send a form, take back what came of it, and read the answer."""
    client, sent = project.browser(who), {**form.chosen, **dict.fromkeys(form.typed, TYPED), **said}
    for button in ("add", "remove"):  # a row more or less is no answer yet
        sent.pop(button, None)
    with rolled_back():
        answer = client.post(form.action, sent) if form.method == "post" else client.get(form.action, sent)
        page = Answer(answer.getvalue().decode(errors="replace"))
        # What can be seen at once is refused at its field; what only shows inside is found by the worker, before anybody can open it.
        assert not Document.objects.filter(name__startswith="hostile ", state=DocumentState.READY).exists(), form.action
        waits = Document.objects.filter(name__startswith="hostile ").exists()
    cache.clear()
    return 302 if waits else answer.status_code, page


def test_there_are_files_and_dates_to_try(forms: list[tuple[str, Form]]) -> None:
    assert len({urlsplit(form.action).path for _, form in forms if form.files}) > 10
    assert len({(form.action, name) for _, form in forms for name in _dates(form)}) > 20


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_at_its_field_and_not_kept(kind: str, project: Project, forms: list[tuple[str, Form]]) -> None:
    name, content = HOSTILE[kind]
    notice = project.address("appeals:notice")
    wrong = []
    for who, form in forms:
        for field in sorted(form.files):
            status, page = _send(project, who, form, {field: SimpleUploadedFile(f"hostile {name}", content, "application/pdf")})
            # The day of a notice counts: it is given, and its files are told without them. What waits for the worker is taken so far.
            if status == 302 and (form.action == notice or kind in INSIDE):
                continue
            if status not in (200, 422) or f"id_{field}" not in page.links:
                wrong.append(f"{form.action}, {field} as {who}: {status} {page.links}")
    assert not wrong, "\n".join(wrong)


# A month, a day and a year, and whether they may be a day that somebody means.
DAYS = {
    "before all libraries": (("1", "1", "0001"), False),
    "long ago": (("1", "1", "1900"), True),
    "far ahead": (("12", "31", "2200"), True),
    "beyond": (("12", "31", "9999"), False),
    "in five digits": (("1", "1", "10000"), False),
    "February 31": (("2", "31", "2026"), False),
    "February 29 of no leap year": (("2", "29", "2026"), False),
    "month 13": (("13", "1", "2026"), False),
    "the year alone": (("", "", "2026"), False),
    "the month alone": (("5", "", ""), False),
    "the day alone": (("", "17", ""), False),
}


def _dates(form: Form) -> set[str]:
    """The fields of a form that take a day."""
    return {name.removesuffix("_month") for name in form.typed if name.endswith("_month") and name.replace("_month", "_year") in form.typed}


@pytest.mark.parametrize("day", DAYS)
def test_a_day_that_is_none_is_told_at_its_field(day: str, project: Project, forms: list[tuple[str, Form]]) -> None:
    """Whatever day is sent, there is an answer; what is no day is never taken."""
    parts, may_be = DAYS[day]
    wrong = []
    for who, form in forms:
        for field in sorted(_dates(form)):
            said: dict[str, object] = {f"{field}_{part}": text for part, text in zip(("month", "day", "year"), parts, strict=True)}
            status, page = _send(project, who, form, said)
            told = any(link.startswith(f"id_{field}") for link in page.links)
            narrows = form.method == "get" and not told  # a list that is narrowed by no day is the whole list
            if status >= 500 or not (may_be or told or narrows):
                wrong.append(f"{form.action}, {field} as {who}: {status} {page.links}")
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
