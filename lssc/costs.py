"""What one way to the certificate costs, and in which year. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol


class Fee(Protocol):
    """A fee in cents, for everyone and for ALA members."""

    @property
    def standard_cents(self) -> int:
        """For everyone."""

    @property
    def member_cents(self) -> int:
        """For ALA members."""


@dataclass(frozen=True, slots=True)
class CostLine:
    """One thing to pay."""

    name: str
    cents: int


@dataclass(frozen=True, slots=True)
class Year:
    """What falls into one year, counted from 1."""

    number: int
    lines: tuple[CostLine, ...]

    @property
    def cents(self) -> int:
        """The sum of the year."""
        return sum(line.cents for line in self.lines)


@dataclass(frozen=True, slots=True)
class CostPlan:
    """A whole way: its years, how many sets it pays for, and what it would cost at the other price."""

    years: tuple[Year, ...]
    sets: int
    other_cents: int

    @property
    def cents(self) -> int:
        """The sum of all years."""
        return sum(year.cents for year in self.years)


def plan(*, application: Fee, portfolio: Fee, member: bool, portfolios: int, courses: Sequence[int], years: int) -> CostPlan:
    """Add up the application, so many portfolios, and courses at their own prices in cents, over so many years.

    The application is paid at the start. Courses come first, then portfolios, spread evenly; where they don't divide, the earlier years
    have one more.
    """
    if years < 1 or portfolios < 0 or any(cents < 0 for cents in courses):
        raise ValueError("A plan has at least one year, and no negative parts")
    each = _price(portfolio, member=member)
    taken = [CostLine(f"Course {number}", cents) for number, cents in enumerate(courses, start=1)]
    written = [CostLine(f"Portfolio {number}", each) for number in range(1, portfolios + 1)]
    shares = _spread([*taken, *written], years=years)
    first = CostLine("Application", _price(application, member=member))
    plan_years = tuple(Year(number, (first, *share) if number == 1 else share) for number, share in enumerate(shares, start=1))
    other = _price(application, member=not member) + portfolios * _price(portfolio, member=not member) + sum(courses)
    return CostPlan(plan_years, len(courses) + portfolios, other)


def _price(fee: Fee, *, member: bool) -> int:
    return fee.member_cents if member else fee.standard_cents


def _spread(lines: Sequence[CostLine], *, years: int) -> list[tuple[CostLine, ...]]:
    """Cut into `years` pieces in order, no two of which differ by more than one."""
    size, rest = divmod(len(lines), years)
    starts = [number * size + min(number, rest) for number in range(years + 1)]
    return [tuple(lines[first:last]) for first, last in pairwise(starts)]
