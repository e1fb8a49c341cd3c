"""Which passwords are refused because others can guess them: common ones, and those made of one's own name and our program's words."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

PROGRAM: tuple[str, ...] = (
    "certification",
    "certificate",
    "certified",
    "librarians",
    "librarian",
    "libraries",
    "library",
    "support",
    "staff",
    "lssc",
)
PROGRAM += ("alaapa", "ala", "apa", "password", "welcome", "login", "letmein")
YEAR = re.compile(r"(?:19|20)\d\d")
# What is left of a password without such words must still be a small password.
LEAST_LEFT = 6
SHORTEST_PART = 3


def _plain(text: str) -> str:
    """Small letters and digits alone, without accents."""
    parted = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parted if letter.isalnum())


def _parts(user: Any) -> Iterator[str]:
    """The words of someone's names and address."""
    for name in ("name", "called", "email"):
        for word in re.split(r"[\W_\d]+", unicodedata.normalize("NFKD", getattr(user, name, "") or "")):
            if len(part := _plain(word)) >= SHORTEST_PART:
                yield part


class OwnWordsValidator:
    """Refuse what is made of one's own name and address, words of the program, and years."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError where little is left without such words."""
        remaining = _plain(password)
        for word in sorted({*_parts(user), *PROGRAM}, key=len, reverse=True):
            remaining = remaining.replace(word, " ")
        if len(_plain(YEAR.sub(" ", remaining))) < min(LEAST_LEFT, len(_plain(password))):
            raise ValidationError(
                "This password is easy to guess: it is made of your name, your email address, a year or words of this program. "
                "Use other words.",
                code="password_own_words",
            )

    def get_help_text(self) -> str:
        """Say it before someone types."""
        return "Don’t use your name, your email address, a year or words like “library”."


class CommonPasswordValidator(password_validation.CommonPasswordValidator):
    """Refuse common passwords also with other signs between, digits around, or written twice."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError where the password, or what it is made of, is common."""
        super().validate(password, user)
        plain = _plain(password)
        bare = plain.strip("0123456789")
        repeated = re.fullmatch(r"(.+?)\1+", plain)
        if plain in self.passwords or bare in self.passwords or (repeated and (len(repeated[1]) < 5 or repeated[1] in self.passwords)):
            raise ValidationError(self.get_error_message(), code="password_too_common")
