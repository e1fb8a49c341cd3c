"""What somebody can do against a decision: the app above all others tells it, and the apps that decide ask for their pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """One way against a decision: where to appeal it, until which day, and whether somebody has (then `path` shows how it stands)."""

    path: str
    last_day: date
    is_taken: bool = False


Finder = Callable[..., Remedy | None]

_finders: list[Finder] = []


def tell(finder: Finder) -> None:
    """Register who knows what can be done against a decision."""
    if finder not in _finders:
        _finders.append(finder)


def find(person: Any, *, kind: str, reference: UUID, decided_on: date, at: datetime) -> Remedy | None:
    """Say what a person can do against a decision of this day, or None once it is too late. Three queries at most."""
    found = (finder(person, kind=kind, reference=reference, decided_on=decided_on, at=at) for finder in _finders)
    return next((remedy for remedy in found if remedy is not None), None)
