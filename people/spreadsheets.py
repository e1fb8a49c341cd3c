"""Tables that people download and open in a spreadsheet."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

# Excel reads a CSV file as UTF-8 only when it begins with this mark.
MARK = "\ufeff"
# A spreadsheet runs a cell that begins like this as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Lines(list[str]):
    """What a CSV writer writes into."""

    write = list.append


def csv_response(rows: Iterable[Sequence[object]], *, name: str) -> HttpResponse:
    """Answer with a CSV file called `name`: every spreadsheet reads its letters, and runs none of its cells."""
    lines = _Lines([MARK])
    csv.writer(lines).writerows([[_quoted(cell) for cell in row] for row in rows])
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse("".join(lines), content_type="text/csv; charset=utf-8", headers=headers)


def _quoted(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
