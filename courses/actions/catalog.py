"""The catalog's entries: list what is known, and examples for a demonstration; reading the same files again changes nothing. Keep them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction

from courses.models import Approval, Offering, Provider
from courses.permissions import can_change_entry
from ledger import actions as ledger
from ledger.states import NotPossible
from programs import policy as dates
from programs import queries as programs

if TYPE_CHECKING:
    from people.models import User
    from programs.models import CompetencySet

DATA = Path(__file__).resolve().parent.parent / "data"


def load_courses(*, at: datetime) -> int:
    """List the courses in `courses/data`; what the file doesn't say stays empty. Give how many rows are new."""
    with transaction.atomic():
        sets = _sets()
        return sum(_offering(line, sets, at=at) for line in _lines("offerings.csv"))


def load_examples(*, on: date, at: datetime) -> int:
    """List made-up courses beside the real ones, marked as examples, with dates relative to `on`. Give how many rows are new.

    Together there are twenty, covering all ten sets. Only for a demonstration.
    """
    with transaction.atomic():
        sets, terms = _sets(), programs.get_terms(on)
        new = 0
        for line in _lines("examples.csv"):
            approved_on = dates.add_months(on, -int(line["approved_months_before"]))
            new += _offering(
                line,
                sets,
                at=at,
                is_example=True,
                price_cents=100 * int(line["price_dollars"]),
                starts_on=on + timedelta(days=int(line["starts_in_days"])) if line["starts_in_days"] else None,
                approved_on=approved_on,
                approved_until=dates.add_months(approved_on, terms.approval_months),
                promised_on=approved_on,
            )
        return new


# What a provider keeps up to date between two approvals, with the words for the audit; what was approved stays.
ENTRY = {
    "price_cents": "price",
    "dates": "when it runs",
    "starts_on": "next start",
    "city": "city",
    "state_code": "state",
    "country": "country",
    "contact_name": "contact",
    "contact_email": "contact’s address",
    "website": "page of the course",
}


def keep_entry(offering: Offering, *, values: Mapping[str, Any], actor: User, at: datetime) -> list[str]:
    """Bring the catalog entry of a course up to date, and give the words for what changed; nothing changed is no entry in the audit.

    Raises NotPossible for someone who neither speaks for the provider nor is on the staff.
    """
    with transaction.atomic():
        row = Offering.objects.select_for_update(of=("self",)).get(pk=offering.pk)
        if not can_change_entry(actor, row):
            raise NotPossible("You no longer represent this provider. Nothing was changed.")
        changed = [name for name in ENTRY if name in values and getattr(row, name) != values[name]]
        for name in changed:
            setattr(row, name, values[name])
        row.save(update_fields=changed)
        words = [ENTRY[name] for name in changed]
        if changed:
            details = {"offering": row.title, "changed": words}
            ledger.record("courses.offering.entry", subject=row, actor=actor, at=at, details=details)
        return words


def _lines(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _sets() -> dict[str, CompetencySet]:
    return {competency_set.code: competency_set for competency_set, _ in programs.list_sized_sets()}


def _offering(line: dict[str, str], sets: dict[str, CompetencySet], *, at: datetime, **known: Any) -> bool:
    """List one course, unless it is there; say whether it is new."""
    parts = [part.strip() for part in line["parts"].split(";") if part.strip()]
    provider, _ = Provider.objects.get_or_create(
        name=line["provider"], defaults={"kind": _code(line["provider_kind"]), "state": line["state"]}
    )
    chosen = sets[line["set"]]
    offering, new = Offering.objects.get_or_create(
        provider=provider,
        set=chosen,
        title=line.get("title") or " and ".join(parts),
        defaults={"parts": parts, "format": _code(line["format"]), "notes": line["notes"], **_where(line), **known},
    )
    if new and offering.approved_on and offering.approved_until:
        Approval.objects.create(
            offering=offering,
            first_on=offering.approved_on,
            last_on=offering.approved_until,
            anchor_on=offering.approved_until,
            months=0,
            source="Made up for a demonstration",
            entered_at=at,
        )
    if new:
        details = {"offering": offering.title, "provider": provider.name, "set": chosen.name}
        ledger.record("courses.offering.add", subject=offering, actor=None, at=at, details=details)
    return new


def _where(line: dict[str, str]) -> dict[str, str]:
    """Read the place and the contact, where a file has them."""
    return {name: line[name] for name in ("city", "state_code", "contact_name", "contact_email") if line.get(name)}


def _code(words: str) -> str:
    return words.replace(" ", "_")
