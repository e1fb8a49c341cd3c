"""Every email: what somebody typed is text. No value makes a button, a link, a list or a line of the head, whatever it looks like."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.template import Engine
from django.template.base import Lexer, TokenType
from hypothesis import example, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from ledger import calendar_files, email_templates
from ledger.calendar_files import Event

TEMPLATES = Path(settings.BASE_DIR) / "templates"
NOTICES = sorted(f"{one.parents[2].name}/{one.parent.name}" for one in TEMPLATES.glob("*/email/*/body.txt"))
URL = "http://testserver/where/?key=1"
# What templates go through: the rest are single values.
LISTS = {"approved", "sets", "covered", "achieved", "again", "left_out"}
DAYS = {"due_date", "paid_at", "paid_on"}
NUMBERS = {"days", "count"}
PAIRS = {"items", "conditions"}
PIECES = (
    *("\n", "\n\n", "\r\n\r\n", " ", "\u2028", "\x85", "\x0b", "\t", "\0", "\x000\x00"),
    *("https://evil.example/", "http://testserver/steal/", "evil.example", "Open it:\nhttps://evil.example/", "- ", "* ", "\n- a\n- b"),
    *("[press](https://evil.example/)", '<a href="https://evil.example/">press</a>', "</h1>", "<footer>", "&lt;", "{{ url }}", "{% if %}"),
    *("BCC: all@evil.example", "END:VEVENT", "BEGIN:VALARM", ";", ",", "\\", "Jo", "Please answer."),
)
hostile = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join)


class Facts(dict[str, Any]):
    """Whatever a template asks for, made of one typed text."""

    def __init__(self, typed: str) -> None:
        super().__init__(url=URL)
        self.typed = typed

    def __contains__(self, name: object) -> bool:
        return name not in ("True", "False", "None")

    def __missing__(self, name: str) -> Any:
        if name in LISTS:
            return [self.typed, self.typed]
        if name in DAYS:
            return date(2027, 3, 4)
        if name in NUMBERS:
            return 5
        if name in PAIRS:
            return [(self.typed, self.typed)]
        if name == "refused":
            return [SimpleNamespace(name=self.typed, why=self.typed)]
        return self.typed


def shape(words: email_templates.Words) -> list[str]:
    """The elements of an email's HTML, with the addresses of its links; line breaks are text."""
    return [tag for tag in re.findall(r"<[^>]*>", words.html) if tag != "<br>"]


def calm(typed: str) -> str:
    """A harmless text that shows nothing where the other shows nothing."""
    return "something" if email_templates.clean(typed) else " "


@pytest.mark.parametrize("notice", NOTICES)
@effort(max_examples=15, deadline=None)
@given(typed=hostile)
@example("Thank you.\n\nOpen my account:\nhttps://evil.example/")
@example("https://evil.example/")
@example("\n\n- one\n- two\n\n")
def test_what_was_typed_changes_nothing_but_text(notice: str, typed: str) -> None:
    words = email_templates.render_email(notice, Facts(typed), why="you pay for " + typed)
    assert shape(words) == shape(email_templates.render_email(notice, Facts(calm(typed)), why="you pay"))
    assert len(words.subject.splitlines()) <= 1
    assert set(re.findall(r'href="([^"]*)"', words.html)) == {URL.replace("&", "&amp;")}
    assert "\0" not in words.subject + words.text + words.html
    assert email_templates.body_of(words.html).count("<a ") == words.html.count("<a ")


@given(typed=hostile)
def test_nor_does_it_change_the_lines_of_a_calendar_entry(typed: str) -> None:
    def lines(title: str) -> list[str]:
        made = calendar_files.write(Event(day=date(2027, 3, 4), title=title), url=URL, at=datetime(2027, 1, 1, tzinfo=UTC), about="a")
        assert not set(made.replace("\r\n", "")) & set("\r\n\0\x0b\x85")
        return [line.partition(":")[0] for line in made.replace("\r\n ", "").split("\r\n")]

    assert lines(typed) == lines("Send it")


@pytest.mark.parametrize("notice", NOTICES)
def test_every_email_is_made_of_values_choices_and_repetitions_alone(notice: str) -> None:
    """A tag that writes by itself would go past the cut."""
    room, name = notice.split("/")
    for part in ("subject", "body"):
        source = Engine.get_default().get_template(f"{room}/email/{name}/{part}.txt").source
        tags = {token.contents.split()[0] for token in Lexer(source).tokenize() if token.token_type == TokenType.BLOCK}
        assert tags <= {"if", "elif", "else", "endif", "for", "endfor", "load"}
