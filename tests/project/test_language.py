"""Words that an American library would not use, in what people read: templates, emails, and strings of the product."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = {"lssc", *(path.parent.name for path in ROOT.glob("*/apps.py"))} - {"demo"}
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt") and path.name != "robots.txt")
MODULES = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)

# What is not said, and what is said instead.
INSTEAD = {
    r"(?i)\b(some|any|every|no)body\b": "someone, anyone, everyone, no one",
    r"(?i)(?<!To )\bwhom\b": "who",
    r"\bany more\b": "anymore, or: no longer",
    r"(?i)\bmails?\b": "email",
    r"\bletter (is on its way|with your reasons?)|\b(gets|sends|writes|wrote) a letter\b": "email",
    r"\bspells? of\b": "job",
    r"\bwish(es)?\b": "course request",
    r"\bseats? (of|on|off|in the order|is|was|cost)\b": "people on this order",
    r"\b[Tt](ake|akes|aken|ook) (it|them|this|that|your \w+ |the \w+ |a \w+ )?\s?back\b": "undo, withdraw, reverse",
    r"\b[Gg](ive|ives|iven|ave) (it|them|the \w+|this \w+)?\s?back\b": "refund, return, unassign",
    r"\b[Tt](ake|aken|ook) (it |them |people )?off\b": "remove",
    r"\bTake it(?! or save)\b": "Assign to me",
    r"\b(is|are|it) (now )?with (our )?staff\b|\bWith staff\b": "staff are reviewing it",
    r"\b(fee|money|payment|certificate|answer|application|invoice) (is|are) here\b": "we have the fee",
    r"\bcame in\b": "was received",
    r"\b(being|is|are|was|were|be) drawn\b|\bdraws? (it|them|a|the)\b|\b[Hh]ow we draw\b": "being prepared, or: chosen at random",
    r"\b[Ss]tands? (in|here|near|too near|against|beside)\b|\bit stands\b|\b[Ww]here you stand\b|\bstood on\b": "is listed; status",
    r"(?i)\b(good|valid|approved) until\b(?! (it is|staff)\b)": "valid through",
    r"\b(still|as if|as if sent) in time\b|\b(sent|send|came) (it )?in time\b": "on time, or: that day counts",
    r"\bknown to us\b": "leave it out, or: ask the provider",
    r"\bshelf\b": "the page's own name",
    r"\bthings? waits?\b|\b[Nn]othing waits\b|\bNeeds a person\b": "item; nothing is waiting",
    r"\bLook at what will\b": "Preview",
    r"\bDo with what\b|\b[Tt]ick (all|none|at least|the)\b": "With selected; select",
    r"\bWhat I take on\b|\bIn your hands\b|\bWhat you did<": "My sets and availability; To rate; Activities",
    r"\bHow it came about\b|\bFrom the first step\b|\bsay of themselves\b": "History; Applicants by stage; Applicant demographics",
    r"\b[Mm]ake (an|your|my) account\b": "create an account",
    r"\b[Yy]ou need no\b": "you don't need",
    r"\b[Ww]e write to you\b|\bwrote to you\b": "we will email you",
    r"\b[Gg]o on (to|with|here|where|rating|writing|from)\b": "continue",
    r"\b[Ss]peaks? for (a|your|its|this|the|another|\{)": "represents",
    r"\bcancelled\b|\bCancelled\b": "canceled",
    r"\banew\b|\bonce more\b": "again",
    r"\b(a|no|future) coming day\b|\bcoming (day|fee)\b": "a future date",
    r"\ball the same\b|\bat hand\b|\bso that one\b|\bthat one will\b": "say it the usual way",
    r"\b(was|is) not so\b|\bbeen told\b|\bis told\b": "that was wrong; was notified",
    r"\bThe other side\b|\bsquare code\b": "mail server; QR code",
    r"(\d|\}\}) %(?![}\w(])": "% without a space",
}

# Where one of these words is the right one: the file, words around it, and why.
RIGHT = (
    ("templates/lssc/bad_address.html", "Call or mail a letter", "this one is paper"),
    ("templates/lssc/failed_email.html", "Call or mail a letter", "this one is paper"),
    ("lssc/questions.py", "mail spam confirm missing", "a word that people search for"),
    ("templates/lssc/", "Mail server response", "the machine's name"),
    ("lssc/privacy.py", "email server", "the machine's name"),
    ("ledger/email_delivery.py", "The mail server", "a line of the log"),
    ("templates/billing", "ank took", "what a bank does with a disputed payment"),
    ("templates/billing", "A bank took back", "what a bank does with a disputed payment"),
    ("portfolios/models/ratings.py", "RAISE EXCEPTION 'Nobody", "a trigger, whose text has a fingerprint in its migration"),
    ("ledger/queries.py", "it stands after the end of the chain", "a line for those who run the program"),
    ("billing/queues.py", "took back", "what a bank does with a disputed payment"),
)


def template_text(source: str) -> str:
    """What a template shows: its text and the quoted words in its tags, without markup."""
    source = re.sub(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}|<(script|style|svg)\b.*?</\1>", " ", source, flags=re.S)
    source = re.sub(r" *\n *(?=\S)", " ", source)  # a sentence goes on in the next line
    quoted = re.findall(r"(?:aria-label=|title=|placeholder=|default:|counted:|heading=|label=)\"([^\"{}<>]+)\"", source)
    shown = re.sub(r"\{%.*?%\}", "", re.sub(r"\{\{.*?\}\}", "{{}}", source, flags=re.S), flags=re.S)
    inline = re.sub(r"</?(a|b|strong|em|span|abbr|i)\b[^<>]*>", "", shown)
    return "\n".join([re.sub(r"<[^<>]*>", "\n", inline), *quoted])


def strings(source: str) -> Iterator[str]:
    """The strings of a module that have a space and are no docstring: what may be shown to a person."""
    tree = ast.parse(source)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip() and id(node) not in docstrings:
            yield node.value


def found(name: str, text: str) -> list[str]:
    """Each word in `text` that is not said, with what to say."""
    faults = []
    for pattern, better in INSTEAD.items():
        for match in re.finditer(pattern, text):
            around = " ".join(text[max(0, match.start() - 40) : match.end() + 40].split())
            if not any(name.startswith(where) and words in around for where, words, _ in RIGHT):
                faults.append(f"{name}: “{around}”. Say: {better}")
    return faults


def test_no_template_and_no_email_says_it_in_our_old_way() -> None:
    assert len(TEMPLATES) > 500
    faults = [fault for path in TEMPLATES for fault in found(str(path.relative_to(ROOT)), template_text(path.read_text()))]
    assert not faults, "\n".join(faults)


def test_no_string_of_the_product_says_it_in_our_old_way() -> None:
    assert len(MODULES) > 300
    faults = [fault for path in MODULES for one in strings(path.read_text()) for fault in found(str(path.relative_to(ROOT)), one)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "planted",
    [
        "<p>You get it by mail.</p>",
        "<p>You get it by\n  mail.</p>",
        "<button>Take it back</button>",
        '{{ place|default:"Not known to us" }}',
        '<nav aria-label="Nobody yet"></nav>',
        "{% if a %}Your application is with staff{% endif %}",
        "<p>See <a href=\"{% url 'x' %}\">where you stand</a></p>",
    ],
)
def test_a_planted_phrase_is_found(planted: str) -> None:
    assert found("templates/a.html", template_text(planted))


def test_markup_code_and_docstrings_are_not_read() -> None:
    assert not found("templates/a.html", template_text('<p class="mail spell-of">{% url "mail" %} {# by mail #}{{ mail.nobody }}</p>'))
    assert not list(strings('"""Nobody reads it by mail."""\nSTATE = "cancelled"\n'))
    assert found("a.py", next(strings('SENTENCE = f"{actor} took back that it was paid"')))
