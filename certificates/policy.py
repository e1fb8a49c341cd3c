"""Certificate numbers that tell a slip of the finger, and what a certificate is worth on a day. Pure."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import reduce
from typing import Literal

from programs.policy import add_months

PREFIX = "LSSC"
SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DRAWN = 12
LENGTH = DRAWN + 1
NUMBERS = len(SYMBOLS) ** DRAWN
ALIKE = str.maketrans("OIL", "011")
# x^5 + x^2 + 1, whose root 2 is primitive: its first 31 powers are all different. Thirteen places need thirteen different weights.
POLYNOMIAL = 0b100101


@dataclass(frozen=True)
class Number:
    """A certificate number whose check symbol fits; `symbols` are the thirteen, `str()` is how it is written."""

    symbols: str

    def __str__(self) -> str:
        first, second, third, last = self.symbols[:4], self.symbols[4:8], self.symbols[8:12], self.symbols[12]
        return f"{PREFIX}-{first}-{second}-{third}-{last}"


@dataclass(frozen=True)
class Mistyped:
    """Why a text can't be a certificate number, whatever numbers there are; `message` is for the person who typed it."""

    reason: Literal["length", "symbol", "check"]
    message: str


def make_number(drawn: int) -> Number:
    """Write a drawn integer from 0 up to NUMBERS as a number with its check symbol; raises ValueError outside."""
    if not 0 <= drawn < NUMBERS:
        raise ValueError("A number has twelve symbols")
    symbols = "".join(SYMBOLS[drawn >> 5 * place & 31] for place in reversed(range(DRAWN)))
    return Number(symbols + check_symbol(symbols))


def check_symbol(symbols: str) -> str:
    """The thirteenth symbol: the sum over GF(32) of each symbol times a power of 2 that is its place's alone.

    A wrong symbol changes the sum, because no weight is zero; two swapped ones do, because no two weights are equal.
    """
    weighted = (_times(SYMBOLS.index(symbol), place) for place, symbol in enumerate(symbols, start=1))
    return SYMBOLS[reduce(int.__xor__, weighted, 0)]


def normalize(text: str) -> str:
    """The bare symbols of a typed number: no LSSC, spaces or dashes, capitals, O read as 0, I and L read as 1."""
    bare = "".join(symbol for symbol in unicodedata.normalize("NFKC", text).upper() if not _is_gap(symbol))
    return bare.removeprefix(PREFIX).translate(ALIKE)


def check(text: str) -> Number | Mistyped:
    """Read a typed number, or say what is wrong with it: too short or long, an unknown symbol, or a slip that the check symbol tells."""
    symbols = normalize(text)
    if len(symbols) != LENGTH:
        have = f"This has {len(symbols)}." if len(symbols) <= 2 * LENGTH else "This has many more."
        return Mistyped("length", f"A number has {LENGTH} letters and digits after {PREFIX}. {have}")
    unknown = next((symbol for symbol in symbols if symbol not in SYMBOLS), None)
    if unknown is not None:
        return Mistyped("symbol", f"“{unknown}” is never part of a number. Check that spot again.")
    if check_symbol(symbols[:DRAWN]) != symbols[DRAWN]:
        return Mistyped("check", "There is a typing mistake in this number: a letter or digit is wrong, or two are swapped.")
    return Number(symbols)


def _is_gap(symbol: str) -> bool:
    return symbol.isspace() or unicodedata.category(symbol) in {"Pd", "Cf"} or symbol in "_.−"


def _times(value: int, power: int) -> int:
    """`value` times 2 to the `power` in GF(32)."""
    for _ in range(power):
        value <<= 1
        if value & 32:
            value ^= POLYNOMIAL
    return value


class Status(StrEnum):
    """What a certificate is worth on a day."""

    PROVISIONAL = "provisional"
    ACTIVE = "active"
    IN_GRACE = "in_grace"
    LAPSED = "lapsed"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


DECIDED = (Status.SUSPENDED, Status.REVOKED, Status.SUPERSEDED)


@dataclass(frozen=True, kw_only=True)
class Term:
    """The days of one term, both included."""

    valid_from: date
    expires_on: date


@dataclass(frozen=True, kw_only=True)
class Span:
    """A suspension that is over: from its first day up to, and without, the day on which it was lifted or the certificate revoked."""

    first_on: date
    ended_on: date


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the status follows from: the dates, both inclusive, and the decision that stands against it, with its day.

    The dates are the newest term's; `past` are the terms that renewals closed, the oldest first. `renewing`: a renewal was sent on time and
    is not decided. `suspensions` are over; one that stands is `decided`.
    """

    valid_from: date
    expires_on: date
    grace_months: int
    decided: Status | None = None
    decided_on: date | None = None
    provisional: bool = False
    renewing: bool = False
    past: tuple[Term, ...] = ()
    suspensions: tuple[Span, ...] = ()

    @property
    def first_day(self) -> date:
        """The first day of the first term."""
        return self.past[0].valid_from if self.past else self.valid_from

    @property
    def grace_ends_on(self) -> date:
        """The last day on which it can still be renewed; a provisional one has no grace."""
        return self.expires_on if self.provisional else add_months(self.expires_on, self.grace_months)


def status(facts: Facts, *, on: date) -> Status:
    """What the certificate is worth on a day (rules.md, "Certificate"): a decision stands, all else follows from the dates.

    On a day of a suspension it was suspended, also when that was lifted later.
    """
    if facts.decided is not None and (facts.decided_on is None or on >= facts.decided_on):
        return facts.decided
    if any(span.first_on <= on < span.ended_on for span in facts.suspensions):
        return Status.SUSPENDED
    if on <= facts.expires_on:
        return Status.PROVISIONAL if facts.provisional else Status.ACTIVE
    return Status.IN_GRACE if on <= facts.grace_ends_on or facts.renewing else Status.LAPSED


def was_valid_on(facts: Facts, day: date) -> bool:
    """Whether it was valid on a day: within one of its terms, both ends included, and before any decision that stands against it."""
    terms = (*facts.past, Term(valid_from=facts.valid_from, expires_on=facts.expires_on))
    within = any(term.valid_from <= day <= term.expires_on for term in terms)
    return within and status(facts, on=day) in {Status.ACTIVE, Status.PROVISIONAL}


def expiry(completed_on: date, *, months: int) -> date:
    """The last day of a first term, counted from the day on which the program was completed."""
    return add_months(completed_on, months)
