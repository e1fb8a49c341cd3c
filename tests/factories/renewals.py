"""Holders with renewals in every state, made through the actions."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from billing.models import FeeAmount
from candidates import actions as candidacies
from certificates import actions as issuing
from certificates.models import Certificate
from programs import queries as programs
from renewals import actions, queries
from renewals.models import Activity, Renewal
from tests.factories import candidates, certificates, people


def held(person: Any, *, at: datetime, staff: Any) -> Certificate:
    """An issued certificate of somebody who completed the program on the day of `at`, after March 7, 2022."""
    draft = candidates.ready(person, at=at)
    candidates.employment(draft, at=at, began_on=at.date() - timedelta(days=1500))
    candidacy = candidacies.admit(candidates.in_review(person, at=at, draft=draft), actor=staff, at=at)
    for code in certificates.SIX:
        candidates.achieve(candidacy, code, at=at)
    candidacy.refresh_from_db()
    return issuing.issue(issuing.ask(candidacy, actor=person, at=at), actor=staff, at=at)


def opened(person: Any, *, at: datetime, staff: Any) -> Renewal:
    """The renewal of the first term of somebody who completed the program on the day of `at`."""
    return opened_for(held(person, at=at, staff=staff), at=at)


def free() -> None:
    """Staff decided that a renewal costs nothing."""
    FeeAmount.objects.get_or_create(kind=queries.FEE, effective_on=date(2010, 1, 1), defaults={"standard_cents": 0, "member_cents": 0})


def opened_for(certificate: Certificate, *, at: datetime) -> Renewal:
    """The renewal of the newest term of a certificate."""
    free()
    renewal = actions.open_term(certificate, actor=None, at=at)
    assert renewal is not None
    return loaded(renewal)


def loaded(renewal: Renewal) -> Renewal:
    """The renewal as it is now."""
    return queries.find_renewal(renewal.id).get()


def activity(renewal: Renewal, *, at: datetime, **said: Any) -> Activity:
    """A webinar of 60 minutes, finished on the day of `at`, unless told otherwise; `proof` adds a document."""
    at += timedelta(seconds=renewal.activities.count())
    proof, title, kind = said.pop("proof", False), said.pop("title", f"Webinar {uuid4().hex[:6]}"), said.pop("kind", "workshop")
    row = actions.add_activity(renewal, id=uuid4(), title=title, kind=kind, actor=renewal.person, at=at)
    values: dict[str, Any] = {
        "provider": "State library",
        "completed_on": at.date(),
        "amount": Decimal(60),
        "technology_minutes": 0,
        "set": programs.get_set("technology"),
        "learned": "",
    }
    row = actions.save_activity(row, values={**values, **said}, typed={}, version=row.version, actor=renewal.person, at=at)
    if proof:
        actions.add_proof(row, upload=people.upload("proof.pdf"), actor=renewal.person, at=at)
        people.release()
    return row


def enough(renewal: Renewal, *, at: datetime, on: date | None = None, proof: bool = False) -> None:
    """Activities of 32 hours, 4 of them on technology."""
    day = on or at.date() - timedelta(days=1)
    activity(renewal, at=at, kind="conference", title="State library conference", amount=Decimal(5), completed_on=day, proof=proof)
    activity(renewal, at=at, title="Device help day", amount=Decimal(120), technology_minutes=240 - 120, completed_on=day, proof=proof)
    activity(renewal, at=at, title="E-book apps", amount=Decimal(120), technology_minutes=120, completed_on=day, proof=proof)


def sent(renewal: Renewal, *, at: datetime, late_reason: str = "", proof: bool = True, on: date | None = None) -> Renewal:
    """A renewal that was sent with enough hours and documents."""
    enough(renewal, at=at, proof=proof, on=on)
    actions.send(renewal, late_reason=late_reason, member_number="", actor=renewal.person, at=at)
    return loaded(renewal)


def marks(renewal: Renewal, mark: str = "accepted", **others: tuple[str, str]) -> dict[Any, actions.Marked]:
    """The same mark for every activity; `others` gives mark and comment by title, with _ for a space."""
    said = {title.replace("_", " "): value for title, value in others.items()}
    found = {}
    for row in renewal.activities.all():
        one, comment = said.get(row.title, (mark, "" if mark == "accepted" else "Please explain."))
        found[row.id] = actions.Marked(mark=one, comment=comment)
    return found


def approved(renewal: Renewal, *, staff: Any, at: datetime, reason: str = "") -> Renewal:
    """A renewal that staff approved whole."""
    actions.approve(renewal, marks=marks(renewal), reason=reason, actor=staff, at=at)
    return loaded(renewal)
