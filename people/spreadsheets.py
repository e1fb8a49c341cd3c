"""Tables that people download and open in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db.models import Case, CharField, Func, QuerySet, TextField, Value, When
from django.http import HttpResponse, StreamingHttpResponse

# Excel reads a CSV file as UTF-8 only when it begins with this mark.
MARK = "\ufeff"
# A spreadsheet runs a cell that begins like this as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# So many rows are in memory at a time.
BLOCK = 2000


class Dollars(Func):
    """An amount of cents as an exact decimal text: 350.00."""

    template = "(%(expressions)s * 0.01)::numeric(16, 2)::text"
    output_field = TextField()


class Instant(Func):
    """An instant as text, in ISO 8601 and UTC: 2026-11-23T15:00:00Z."""

    template = """to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
    output_field = TextField()


def label(column: str, choices: Sequence[tuple[str, Any]]) -> Case:
    """What pages call the value of a column, in the database."""
    return Case(*(When(**{column: value}, then=Value(str(words))) for value, words in choices), output_field=CharField())


class _Lines(list[str]):
    """What a CSV writer writes into."""

    write = list.append


def csv_response(rows: Iterable[Sequence[object]], *, name: str) -> HttpResponse:
    """Answer with a CSV file called `name`: every spreadsheet reads its letters, and runs none of its cells."""
    return HttpResponse(MARK + _write(rows), content_type="text/csv; charset=utf-8", headers=_headers(name))


def stream_csv(rows: QuerySet[Any], columns: Mapping[str, Any], *, name: str) -> StreamingHttpResponse:
    """Answer with the columns of all rows as `csv_response` does, while they are read: titles lead to names of fields, or expressions.

    One query, by a cursor of the database; a block of rows is in memory, however many there are.
    """
    expressions = {f"csv_{number}": column for number, column in enumerate(columns.values()) if not isinstance(column, str)}
    names = [column if isinstance(column, str) else f"csv_{number}" for number, column in enumerate(columns.values())]
    cells = rows.annotate(**expressions).values_list(*names)
    return StreamingHttpResponse(_blocks(cells, list(columns)), content_type="text/csv; charset=utf-8", headers=_headers(name))


def _headers(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _blocks(cells: QuerySet[Any, Any], titles: list[str]) -> Iterator[str]:
    yield MARK + _write([titles])
    rows = cells.iterator(chunk_size=BLOCK)
    while block := list(islice(rows, BLOCK)):
        yield _write(block)


def _write(rows: Iterable[Sequence[object]]) -> str:
    lines = _Lines()
    csv.writer(lines).writerows([[_quoted(cell) for cell in row] for row in rows])
    return "".join(lines)


def _quoted(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
