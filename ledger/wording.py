"""How a letter is worded: one text makes the plain mail and the HTML mail, so that both say the same."""

import re
import textwrap
from dataclasses import dataclass
from typing import Any

from django.template import Context, Engine
from django.template.loader import render_to_string

WRAP = 76


@dataclass(frozen=True)
class Words:
    """A letter as it will go out."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Block:
    """One paragraph: words, list items, or a link with its label."""

    words: str = ""
    items: tuple[str, ...] = ()
    url: str = ""


def letter(notice: str, facts: dict[str, Any], *, why: str) -> Words:
    """Render `templates/<room>/email/<name>/subject.txt` and `body.txt`; values are escaped in the HTML only."""
    room, name = notice.split("/")
    folder = f"{room}/email/{name}"
    subject = " ".join(_unescaped(f"{folder}/subject.txt", facts).split())
    body = _unescaped(f"{folder}/body.txt", facts).strip()
    blocks = split(body)
    return Words(
        subject=subject[:250],
        text=_unescaped("ledger/email/letter.txt", {"paragraphs": [_plain(block) for block in blocks], "why": why}),
        html=render_to_string("ledger/email/letter.html", {"subject": subject, "blocks": blocks, "why": why}),
    )


def _unescaped(template: str, facts: dict[str, Any]) -> str:
    """Render a plain text: there is nothing to escape in it, and the HTML escapes later."""
    return str(Engine.get_default().get_template(template).render(Context(facts, autoescape=False)))


def split(body: str) -> list[Block]:
    """Split a text at its empty lines into paragraphs, lists and links.

    A paragraph whose last line is an address is a link; lines with "- " are a list.
    """
    blocks = []
    for paragraph in re.split(r"\n\s*\n", body):
        lines = [line.strip() for line in paragraph.strip().splitlines() if line.strip()]
        if not lines:
            continue
        if re.fullmatch(r"https?://\S+", lines[-1]):
            blocks.append(Block(words=" ".join(lines[:-1]).rstrip(":"), url=lines[-1]))
        elif all(line.startswith("- ") for line in lines):
            blocks.append(Block(items=tuple(line[2:] for line in lines)))
        else:
            blocks.append(Block(words=" ".join(lines)))
    return blocks


def _plain(block: Block) -> str:
    if block.url:
        return f"{block.words}:\n{block.url}" if block.words else block.url
    if block.items:
        return "\n".join(_wrapped(item, first="- ", rest="  ") for item in block.items)
    return _wrapped(block.words)


def _wrapped(words: str, *, first: str = "", rest: str = "") -> str:
    return textwrap.fill(words, WRAP, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False)
