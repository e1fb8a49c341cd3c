"""The working beside the questions on library work: each line as a page shows it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from candidates import policy, queries
from candidates.models import Application, HoursClaim, WorkSpell


@dataclass(frozen=True, kw_only=True)
class Row:
    """One spell with what it adds."""

    spell: WorkSpell
    line: policy.Line
    hours_a_week: str
    cut_to_window: bool


@dataclass(frozen=True, kw_only=True)
class Working:
    """The count with its rows, and the two bars of the meter: what stands, and what the marked spell adds."""

    count: policy.Count
    rows: list[Row]
    solid: int
    fresh: int

    @property
    def present(self) -> list[Row]:
        """Give the posts that go on."""
        return [row for row in self.rows if row.spell.ended_on is None]


def get_working(application: Application, *, at: datetime, marked: UUID | None = None, claim: HoursClaim | None = None) -> Working:
    """Count an application's hours for a page, or those of a claim; `marked` is the spell that the page is about."""
    if claim is not None:
        rows = queries.list_claim_spells(claim)
        return lay_out(rows, queries.count_claim(claim, at=at, spells=rows), marked=marked)
    spells = queries.list_spells(application)
    return lay_out(spells, queries.count_hours(application, at=at, spells=spells), marked=marked)


def lay_out(spells: list[WorkSpell], count: policy.Count, *, marked: UUID | None = None) -> Working:
    """Put the lines of a count beside their spells."""
    rows = [
        Row(
            spell=spell,
            line=line,
            hours_a_week=plain(spell.hours_a_week),
            cut_to_window=line.first_on is not None and line.first_on > spell.began_on,
        )
        for spell, line in zip(spells, count.lines, strict=True)
    ]
    full = min(count.shown, count.hours_needed)
    fresh = min(full, sum(row.line.shown for row in rows if row.spell.pk == marked))
    return Working(count=count, rows=rows, solid=full - fresh, fresh=fresh)


def plain(hours: Decimal) -> str:
    """Write hours as people do: 15, 12.5."""
    return f"{hours:f}".rstrip("0").rstrip(".") if "." in f"{hours:f}" else f"{hours:f}"
