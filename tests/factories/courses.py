"""Providers, courses and completions, made through the actions where there is one."""

from datetime import date, datetime
from typing import Any

from courses import actions
from courses.models import Completion, Offering, Provider
from programs import queries as programs
from tests.factories import people


def offering(
    title: str = "Words That Help", *, set_code: str = "communication", provider: str = "Prairie State Library", **known: Any
) -> Offering:
    """A course approved from June 30, 2025 to June 30, 2029: finishing it counts from June 30, 2023."""
    teaches, _ = Provider.objects.get_or_create(name=provider, defaults={"kind": "state_library", "state": "IL"})
    facts = {"format": "online", "approved_on": date(2025, 6, 30), "approved_until": date(2029, 6, 30), **known}
    return Offering.objects.create(provider=teaches, set=programs.get_set(set_code), title=title, **facts)


def claimed(candidacy: Any, *, at: datetime, course: Offering | None = None, completed_on: date = date(2026, 10, 2)) -> Completion:
    """A completion that waits for staff."""
    return actions.claim(
        candidacy,
        offering=course or offering(),
        completed_on=completed_on,
        upload=people.upload("proof.pdf"),
        actor=candidacy.person,
        at=at,
    )
