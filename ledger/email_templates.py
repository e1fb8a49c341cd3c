"""How an email is worded: one text makes the plain text and the HTML, so that both say the same."""

import re
import textwrap
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.template import Context, Engine, Template
from django.template.base import NodeList, VariableNode
from django.template.loader import render_to_string

WRAP = 76
SPACE = re.compile(r"\n{3,}")
# What stands for a value while a text is cut into blocks.
PLACE = re.compile("\0([0-9]+)\0")


@dataclass(frozen=True)
class Words:
    """An email as it will go out."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Block:
    """One paragraph: words, list items, or a link with its label."""

    words: str = ""
    items: tuple[str, ...] = ()
    url: str = ""


class _Facts(Context):
    """What a text is made of, and the values that were put into it, each by its number, with what the template calls it."""

    def __init__(self, details: dict[str, Any]) -> None:
        # There is nothing to escape in a plain text, and the HTML escapes later.
        super().__init__(details, autoescape=False)
        self.values: list[tuple[str, str]] = []


class _Value(VariableNode):
    """Leaves a place where the value will be: what someone typed never decides how the text around it is cut."""

    def render(self, context: Context) -> str:
        if not isinstance(context, _Facts):
            raise TypeError("An email is rendered by email_templates.render_email alone")
        context.values.append((self.filter_expression.token, clean(str(super().render(context)))))
        return f"\0{len(context.values) - 1}\0"


class _Cut(Template):
    """A template whose values are left out until its text is cut."""

    def compile_nodelist(self) -> NodeList:
        nodes = super().compile_nodelist()
        for node in nodes.get_nodes_by_type(VariableNode):
            node.__class__ = _Value
        return nodes


def render_email(notice: str, details: dict[str, Any], *, why: str) -> Words:
    """Render `templates/<app>/email/<name>/subject.txt` and `body.txt`; values are escaped in the HTML only.

    The template alone says what is a paragraph, a list or a button; a value is text, whatever stands in it.
    """
    room, name = notice.split("/")
    folder = f"{room}/email/{name}"
    subject = " ".join(" ".join(block.words for block in render(f"{folder}/subject.txt", details)).split())
    blocks = render(f"{folder}/body.txt", details)
    why = " ".join(clean(why).split())
    paragraphs = {"paragraphs": [_plain(block) for block in blocks], "why": why}
    text = Engine.get_default().get_template("ledger/email/email.txt").render(Context(paragraphs, autoescape=False))
    html = render_to_string("ledger/email/email.html", {"subject": subject, "blocks": blocks, "why": why})
    return Words(subject=subject[:250], text=text, html=html)


def clean(text: str) -> str:
    """A typed text without invisible control characters, its line breaks alike, and no more than one empty line in a row."""
    if text.isprintable():  # most are: one line without a tab or anything invisible
        return text.strip()
    lines = ("".join(sign for sign in line if unicodedata.category(sign) != "Cc").strip() for line in text.replace("\t", " ").splitlines())
    return SPACE.sub("\n\n", "\n".join(lines)).strip()


def body_of(html: str) -> str:
    """What stands under the subject in an email's HTML, for a page that shows it; its values are escaped."""
    return html.partition("</h1>")[2].partition("</footer>")[0].replace("<footer>", "")


@cache
def _cut(source: str) -> _Cut:
    return _Cut(source, engine=Engine.get_default())


def render(template: str, details: dict[str, Any]) -> list[Block]:
    """Cut a text at its empty lines into paragraphs, lists and links, and fill the values in.

    A paragraph whose last line is the value `url` is a link; lines with "- " are a list.
    """
    known = _Facts(details)
    rendered = str(_cut(Engine.get_default().get_template(template).source).render(known))

    def fill(text: str) -> str:
        return PLACE.sub(lambda place: known.values[int(place[1])][1], text).strip()

    blocks = []
    for paragraph in re.split(r"\n\s*\n", rendered):
        lines = [line.strip() for line in paragraph.strip().splitlines() if line.strip()]
        if not lines:
            continue
        if (place := PLACE.fullmatch(lines[-1])) and known.values[int(place[1])][0] == "url":
            words = " ".join(fill(" ".join(lines[:-1])).split())
            blocks.append(Block(words=words.rstrip(":"), url=known.values[int(place[1])][1]))
        elif all(line.startswith("- ") for line in lines):
            blocks.append(Block(items=tuple(fill(line[2:]) for line in lines)))
        else:
            blocks.append(Block(words=fill(" ".join(lines))))
    return [block for block in blocks if block.words or block.items or block.url]


def _plain(block: Block) -> str:
    if block.url:
        return f"{block.words}:\n{block.url}" if block.words else block.url
    if block.items:
        return "\n".join(_wrapped(item, first="- ", rest="  ") for item in block.items)
    return _wrapped(block.words)


def _wrapped(words: str, *, first: str = "", rest: str = "") -> str:
    """Wrap each line that someone typed, or the template, for itself."""
    lines = words.split("\n")
    begins = [first, *[rest] * (len(lines) - 1)]
    return "\n".join(_filled(line, first=begin, rest=rest) for line, begin in zip(lines, begins, strict=True))


def _filled(line: str, *, first: str, rest: str) -> str:
    return textwrap.fill(line, WRAP, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False)
