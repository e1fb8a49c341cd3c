"""The working beside the questions on library work: each line as a page shows it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from candidates import policy, queries
from candidates.models import Application, Employment, HoursClaim


@dataclass(frozen=True, kw_only=True)
class EmploymentRow:
    """One employment with what it adds."""

    employment: Employment
    line: policy.CountedEmployment
    hours_a_week: str
    cut_to_window: bool


@dataclass(frozen=True, kw_only=True)
class Working:
    """The count with its rows, and the two bars of the meter: what stands, and what the marked employment adds."""

    count: policy.Count
    rows: list[EmploymentRow]
    solid: int
    fresh: int

    @property
    def present(self) -> list[EmploymentRow]:
        """Give the posts that go on."""
        return [row for row in self.rows if row.employment.ended_on is None]


def get_working(application: Application, *, at: datetime, marked: UUID | None = None, claim: HoursClaim | None = None) -> Working:
    """Count an application's hours for a page, or those of a claim; `marked` is the employment that the page is about."""
    if claim is not None:
        rows = queries.list_claim_employments(claim)
        return lay_out(rows, queries.count_claim(claim, at=at, employments=rows), marked=marked)
    employments = queries.list_employments(application)
    return lay_out(employments, queries.count_hours(application, at=at, employments=employments), marked=marked)


def lay_out(employments: list[Employment], count: policy.Count, *, marked: UUID | None = None) -> Working:
    """Put the lines of a count beside their employments."""
    rows = [
        EmploymentRow(
            employment=employment,
            line=line,
            hours_a_week=plain(employment.hours_a_week),
            cut_to_window=line.first_on is not None and line.first_on > employment.began_on,
        )
        for employment, line in zip(employments, count.lines, strict=True)
    ]
    full = min(count.shown, count.hours_needed)
    fresh = min(full, sum(row.line.shown for row in rows if row.employment.pk == marked))
    return Working(count=count, rows=rows, solid=full - fresh, fresh=fresh)


def plain(hours: Decimal) -> str:
    """Write hours as people do: 15, 12.5."""
    return f"{hours:f}".rstrip("0").rstrip(".") if "." in f"{hours:f}" else f"{hours:f}"
