"""Pages of lists that grow: a page begins after a row, so that the last costs what the first does, and nothing is counted to its end.

Lists of what one person or college has, of what waits for a decision and needs an order of its own, and of what is few by its nature
(webinars, evaluators, colleges, agreements, the catalog) have numbered pages, which Django's `Paginator` counts and skips to.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

Row = TypeVar("Row", bound=Model)
PAGE = 25
# The longest cursor that is read; what a name and an id take is half of it.
LONGEST = 1500
# So many rows are counted, and "more than" so many said of the rest.
COUNTED = 1000


@dataclass(frozen=True, kw_only=True)
class Page(Generic[Row]):
    """Rows of a list, and the cursors with which the pages beside it are asked for; "" where there are none.

    `count` is how many rows there are in all, COUNTED + 1 for more than COUNTED, or None where no one asked.
    """

    object_list: list[Row]
    next: str
    previous: str
    count: int | None = None

    def __iter__(self) -> Iterator[Row]:
        return iter(self.object_list)

    def __len__(self) -> int:
        return len(self.object_list)


def get_page(rows: QuerySet[Row], asked: Mapping[str, Any], *, counted: bool = False, size: int = PAGE) -> Page[Row]:
    """The page that the address asks for by `after` or `before`; the first where that says nothing that can be read.

    `rows` are ordered by columns that are never NULL, of which the last is unique, all upward or all downward, and an index has them in
    this order. One query, another where it is `counted`, and another where that way leads to no more than the first page.
    """
    names = [str(name).removeprefix("-") for name in rows.query.order_by]
    downward = {str(name).startswith("-") for name in rows.query.order_by}
    if len(downward) != 1 or not rows.query.standard_ordering:
        raise ValueError("A list is ordered by columns in one direction")
    before, after = (_read(rows, names, asked.get(name, "")) for name in ("before", "after"))
    place = Tuple(*names)
    beyond, short_of = (TupleLessThan, TupleGreaterThan) if downward == {True} else (TupleGreaterThan, TupleLessThan)
    found: list[Row] = []
    if before:
        found = list(rows.filter(short_of(place, before)).reverse()[: size + 1])[::-1]
    back = len(found) > size
    if back:
        found, more, later = found[-size:], True, True
    else:
        found = list(rows.filter(beyond(place, after))[: size + 1]) if after and not before else []
        later = bool(found)
        found = found or list(rows[: size + 1])
        found, more = found[:size], len(found) > size
    return Page(
        object_list=found,
        next=_write(found[-1], names) if more else "",
        previous=_write(found[0], names) if later else "",
        count=count(rows) if counted else None,
    )


def count(rows: QuerySet[Any]) -> int:
    """How many rows there are, COUNTED + 1 at most. One query, which reads no more."""
    return rows.order_by().values("pk")[: COUNTED + 1].count()


def _write(row: Model, names: list[str]) -> str:
    """The cursor at a row."""
    return urlsafe_base64_encode(json.dumps([str(attrgetter(name.replace("__", "."))(row)) for name in names]).encode())


def _read(rows: QuerySet[Any], names: list[str], text: str) -> tuple[Any, ...]:
    """The values in a cursor; none where it is no cursor of this list."""
    try:
        values = json.loads(urlsafe_base64_decode(text)) if 0 < len(text) <= LONGEST else []
        query = rows.query.clone()
        fields = [query.resolve_ref(name).output_field for name in names]
        return tuple(_clean(field, value) for field, value in zip(fields, values, strict=True)) if values else ()
    except (ValueError, TypeError, RecursionError, OverflowError, ValidationError):
        return ()


def _clean(field: Any, text: str) -> Any:
    """A value as the database takes it; raises ValueError or ValidationError."""
    if not isinstance(text, str) or "\0" in text:
        raise ValueError("A cursor holds texts")
    text.encode()  # halves of a sign are no text
    value = field.to_python(text)
    field.run_validators(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("An instant has a zone")
        return value.astimezone(UTC)  # the database knows fewer zones
    return value
