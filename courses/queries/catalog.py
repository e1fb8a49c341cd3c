"""The catalog: what it is narrowed to, and from when to when each course counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Window

from courses import policy
from courses.models import Approval, Offering, Provider
from courses.states import Format, Pace
from people.places import STATES
from people.search import matching
from programs import policy as dates

PAGE_SIZE = 25


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the catalog is narrowed to; an empty part narrows nothing. `ended` shows courses whose approval is over, too.

    `price` is in dollars, -1 for any; `within` is a number of days until the start, or "any" for self-paced courses; `taken_on` is the day
    on which someone finished a course: it shows those that counted then, whether they are approved today or not.
    """

    words: str = ""
    sets: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    state: str = ""
    price: int = -1
    within: str = ""
    taken_on: date | None = None
    ended: bool = False

    @property
    def count(self) -> int:
        """Give how many parts narrow the list."""
        narrowed = (self.words, self.sets, self.formats, self.kinds, self.state, self.price >= 0, self.within, self.taken_on)
        return sum(map(bool, narrowed))


@dataclass(frozen=True, kw_only=True)
class CatalogPage:
    """One page of the catalog: its offerings, and how many there are in all."""

    offerings: Sequence[Offering]
    total: int


def list_states() -> list[tuple[str, str]]:
    """Give the states in which a course is held, as code and name, by name. One query."""
    codes = Offering.objects.exclude(state_code="").values_list("state_code", flat=True).distinct()
    return sorted(((code, STATES.get(code, code)) for code in codes), key=lambda pair: pair[1])


def find_offerings(filters: Filters, *, on: date, credit_months_before: int, page: int = 1) -> CatalogPage:
    """Give one page of the catalog as of a day, by set and title, with provider and set loaded. One query."""
    offerings = Offering.objects.select_related("provider", "set").defer("folded", "provider__folded")
    if filters.taken_on:
        last = policy.last_approval_for(filters.taken_on, credit_months_before=credit_months_before)
        periods = Approval.objects.filter(offering=OuterRef("pk"), first_on__lte=last, last_on__gte=filters.taken_on)
        offerings = offerings.filter(Exists(periods))
    elif not filters.ended:
        offerings = offerings.filter(Q(approved_until__isnull=True) | Q(approved_until__gte=on))
    for word in filters.words.split():
        offerings = offerings.filter(pk__in=_having(word))
    for lookup, values in (("set__code", filters.sets), ("format", filters.formats), ("provider__kind", filters.kinds)):
        if values:
            offerings = offerings.filter(**{f"{lookup}__in": values})
    if filters.state:
        offerings = offerings.filter(state_code=filters.state)
    if filters.price >= 0:
        offerings = offerings.filter(price_cents__lte=100 * filters.price)
    if filters.within == "any":
        offerings = offerings.filter(pace__in=[Pace.SELF_PACED, Pace.BOTH])
    elif filters.within:
        offerings = offerings.filter(starts_on__gte=on, starts_on__lte=on + timedelta(days=int(filters.within)))
    first = (page - 1) * PAGE_SIZE
    counted = offerings.annotate(total=Window(Count("*"))).order_by("set__position", "folded", "provider__folded", "id")
    rows = list(counted[first : first + PAGE_SIZE])
    return CatalogPage(offerings=rows, total=rows[0].total if rows else 0)


def _having(word: str) -> QuerySet[Offering, Any]:
    """The courses that have a word in title, parts, place or provider. Each by its own index: an OR over two tables would read both."""
    matches = matching(word)
    rows = Offering.objects.order_by().values("pk")
    if matches is None:
        return rows.none()
    querysets = [rows.filter(matches), rows.filter(provider__in=Provider.objects.filter(matches))]
    if states := find_states(word):
        querysets.append(rows.filter(state_code__in=states))
    return querysets[0].union(*querysets[1:])


def find_states(words: str) -> list[str]:
    """Give the postal codes of the states that have every word in their name, or whose code it is."""
    typed = words.split()
    whole = [code for code in STATES if words == code]
    return whole or [code for code, name in STATES.items() if typed and all(word.casefold() in name.casefold() for word in typed)]


def find_from_anywhere(filters: Filters, *, on: date, credit_months_before: int) -> CatalogPage:
    """Give the first online courses that fit but for the place, as words or state; they can be taken from anywhere. One query."""
    online = replace(filters, words="", state="", formats=(Format.ONLINE,))
    return find_offerings(online, on=on, credit_months_before=credit_months_before)


def list_periods(offering: Offering) -> list[policy.Period]:
    """Give every period for which a course is or was approved, the earliest first. One query."""
    rows = offering.approvals.order_by("first_on").values_list("first_on", "last_on")
    return [policy.Period(first_on=first, last_on=last) for first, last in rows]


def list_windows(offering: Offering, *, credit_months_before: int) -> list[dates.Window]:
    """Give the days on which finishing this course counts; none while its approval is not known. One query."""
    return policy.credit_windows(list_periods(offering), credit_months_before=credit_months_before)
