"""One normal form of what people type: text, names, email addresses, and lines that name a person. Every way in uses it.

NFC, line breaks as one sign, and nothing that can't be seen: but for the joiners that Persian, Sinhala and Malayalam are written with.
"""

import re
import unicodedata
from urllib.parse import unquote

from ledger.states import NotPossible

JOINERS = "\u200c\u200d"
# They let a text look like another one than it is. No language is written with them.
OVERRIDE = re.compile("[\u202d\u202e]")
LINE_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Default_Ignorable_Code_Point of Unicode, and control characters but tab, line feed and NUL, which fields refuse.
INVISIBLE = re.compile(
    "[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
SELECTORS = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
VIRAMA = 9
EMPTY_BRAILLE = "\u2800"
# An email or web address, whole or in part: x@y, https://, www., evil.example, Evil.Com; not J.R.R. or St.John.
ADDRESS_LIKE = re.compile(r"@|://|\b[Ww]{3}\.|[^\W\d_][\w-]+\.(?:[a-z]{2,}|[A-Z]?[a-z]*/|(?i:com|net|org|info|biz|edu|gov|io))\b")
# What stands after a family name's comma and is no given name.
TITLE = re.compile(r"(?:[A-Z][A-Z.]+|Jr|Sr|Esq|Ph\.?D|M\.?D|Ed\.?D)\b.*")
NAMED_ADDRESS = re.compile(r"<\s*([^<>]*@[^<>]*?)\s*>")
MARKS_AROUND = " \t\n\u00a0()[]{}<>\"'“”‘’«»,;:."


class Unreadable(NotPossible):
    """What was typed can't be taken; `message` says what would help."""


def clean_text(typed: str) -> str:
    """Bring a text to its normal form; raises Unreadable for a mark that turns the direction of writing around."""
    if match := OVERRIDE.search(typed):
        raise Unreadable(f"A hidden character here reverses the text{_near(typed, match.start())}. Delete it and type it by hand.")
    text = unicodedata.normalize("NFC", LINE_BREAK.sub("\n", typed))
    if not INVISIBLE.search(text):
        return text
    seen: list[str] = []
    for at, sign in enumerate(text):
        if not INVISIBLE.match(sign) or _is_needed(sign, seen[-1] if seen else "", text[at + 1 : at + 2]):
            seen.append(sign)
    # What stood on both sides of a mark may now become one letter.
    return unicodedata.normalize("NFC", "".join(seen))


def _near(typed: str, at: int) -> str:
    words = [INVISIBLE.sub("", part) for part in (typed[:at].split()[-1:] + typed[at:].split()[:1])]
    near = " ".join(word for word in words if word)[:40]
    return f" near “{near}”" if near else ""


def _is_needed(sign: str, before: str, after: str) -> bool:
    """A joiner between letters or parts of a picture, or after a sign that silences the vowel; a selector after what it selects from."""
    if not before or INVISIBLE.match(before):
        return before != "" and SELECTORS.match(before) is not None and sign in JOINERS and unicodedata.category(after or " ")[0] == "S"
    last, following = unicodedata.category(before), unicodedata.category(after or " ")
    if sign in JOINERS:
        silenced = unicodedata.combining(before) == VIRAMA
        return silenced or (last[0] in "LM" and following[0] in "LM") or (last[0] == "S" and following[0] == "S")
    return bool(SELECTORS.match(sign)) and (last == "Lo" or last[0] == "S" or after == "\u20e3")


def clean_line(typed: str) -> str:
    """Bring a text to one line with single spaces; raises Unreadable for what can't be printed."""
    line = " ".join(clean_text(typed).split())
    if not _is_printable(line):
        raise Unreadable("Type this with plain letters and numbers.")
    return line


def clean_name(typed: str, *, most_words: int | None) -> str:
    """Bring a name to one line; raises Unreadable where nothing of it is a letter, and for what reads like an address or a sentence.

    `most_words=None` takes a name of any number of words.
    """
    try:
        name = " ".join(clean_text(typed.replace(EMPTY_BRAILLE, " ")).split())
    except Unreadable:
        name = ""
    if not name and not typed.strip():
        return ""
    if not _is_printable(name) or not any(letter.isalpha() for letter in name):
        raise Unreadable("Enter a name with letters.")
    if ADDRESS_LIKE.search(name):
        raise Unreadable("Enter a name without an email or web address in it.")
    if most_words is not None and len(name.split()) > most_words:
        raise Unreadable(f"Enter the name alone, in at most {most_words} words. If your name is longer, write to us.")
    return name


def _is_printable(line: str) -> bool:
    return all(sign.isprintable() or sign in JOINERS or SELECTORS.match(sign) for sign in line)


def clean_email(typed: str) -> str:
    """Take an email address out of what was pasted around it: a name, brackets, mailto:, a full stop. In lower case; not yet checked."""
    bare = INVISIBLE.sub("", clean_text(typed)).strip()
    if match := NAMED_ADDRESS.search(bare):
        bare = match[1]
    bare = bare.strip(MARKS_AROUND)
    if bare.lower().startswith("mailto:"):
        bare = unquote(bare[len("mailto:") :].partition("?")[0]).strip(MARKS_AROUND)
    return bare.lower()


def split_person(line: str) -> tuple[str, list[str]]:
    """Split a line into what is left as a name and the email addresses in it: Alice Miller, a@b.example; "Miller, Alice" <a@b.example>."""
    text = clean_text(line).strip()
    named = NAMED_ADDRESS.search(text)
    if named and text.count("@") == 1:
        emails, rest = [clean_email(named[0])], text.replace(named[0], " ")
    else:
        words = [word for word in re.split(r"[\s,;]+", text) if "@" in word]
        emails, rest = list(dict.fromkeys(clean_email(word) for word in words)), text
        for word in words:
            rest = rest.replace(word, " ", 1)
    turned = re.fullmatch(r"[\"“]?([^,\"“”]+),\s*([^,\"“”]+)[\"”]?", rest.strip(" ,;\t"))
    if turned and (named or rest.lstrip().startswith(('"', "“"))) and not TITLE.fullmatch(turned[2].strip()):
        # Mail programs write the family name first: "Miller, Alice".
        rest = f"{turned[2]} {turned[1]}"
    rest = re.sub(r"\(\s*\)|[\"“”;,<>]", " ", rest)
    return " ".join(rest.split()), emails
