"""Does a text say who wrote it? A pure rule: evaluators stay unnamed, and a comment is passed on as it was written."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

# What says nothing about which organization it is, and short forms that people use beside the long ones.
EMPTY_WORDS = frozenset({"the", "inc", "llc", "ltd", "corp"})
LONG_FORMS = {"univ": "university", "lib": "library", "libr": "library", "pub": "public", "coll": "college", "dept": "department"}


def find(text: str, *, name: str, emails: Iterable[str], employers: Iterable[str]) -> list[str]:
    """What in a text names its writer, as the writer would know it: the name, or the family name; an address; an employer."""
    return list(dict.fromkeys(_find(text, name=name, emails=emails, employers=employers)))


def _find(text: str, *, name: str, emails: Iterable[str], employers: Iterable[str]) -> Iterator[str]:
    plain = f" {normal(text)} "
    family = name.split()[-1] if name.split() else ""
    if name and f" {normal(name)} " in plain:
        yield name
    elif len(family) > 2 and re.search(rf"(?<!\w){re.escape(family)}(?!\w)", text):  # as a name is written, in capitals and small letters
        yield family
    yield from (email for email in emails if email and email.lower() in text.lower())
    yield from (employer for employer in employers if normal(employer) and f" {normal(employer)} " in plain)


def normal(name: str) -> str:
    """A name as it is compared: no accents, capitals or signs, short forms written out, empty words left out."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", name.replace("&", " and ")) if not unicodedata.combining(sign))
    words = re.sub(r"[^\w\s]", " ", plain.casefold().replace("'", "").replace("’", "")).split()
    return " ".join(LONG_FORMS.get(word, word) for word in words if word not in EMPTY_WORDS)
