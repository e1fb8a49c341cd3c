"""Candidacies that are completed, and certificates in every state, made through the actions."""

from datetime import datetime, timedelta
from typing import Any

from candidates import queries
from candidates.models import Candidacy
from certificates import actions
from certificates.models import Certificate, EmployerLetter, Revocation
from people import queries as queries_of_people
from people.states import Role
from programs.policy import add_months
from tests.factories import candidates, people

SIX = ("foundations", "communication", "technology", "access", "reference", "youth")


def completed(person: Any, *, at: datetime, staff: Any) -> Candidacy:
    """A candidacy whose six sets are achieved on the day of `at`."""
    candidacy = candidates.candidacy(person, at=at, staff=staff)
    for code in SIX:
        candidates.achieve(candidacy, code, at=at)
    return queries.get_candidacy(person) or candidacy


def asked(person: Any, *, at: datetime, staff: Any) -> Certificate:
    """A certificate that was asked for."""
    return actions.ask(completed(person, at=at, staff=staff), actor=person, at=at)


def issued(person: Any, *, at: datetime, staff: Any) -> Certificate:
    """An issued certificate whose PDF is not drawn yet."""
    return actions.issue(asked(person, at=at, staff=staff), actor=staff, at=at)


def renewed(certificate: Certificate, *, at: datetime, staff: Any, months: int = 48) -> Certificate:
    """The same certificate with its next term, under the same Terms."""
    first_day = certificate.expires_on + timedelta(days=1)
    expires_on = add_months(certificate.expires_on, months)
    return actions.renew(certificate, first_day=first_day, expires_on=expires_on, terms=certificate.terms, actor=staff, at=at)


def second() -> Any:
    """Another person on the staff."""
    email = "second@lssc.example"
    return queries_of_people.get_person_by_email(email) or people.person(email, roles=(Role.STAFF,))


def proposed(certificate: Certificate, *, at: datetime, staff: Any = None) -> Revocation:
    """A revocation that waits for a second person, proposed by `staff` or by another person on the staff."""
    return actions.propose_revocation(certificate, reason="Records were forged.", actor=staff or second(), at=at)


def lettered(certificate: Certificate, *, at: datetime) -> EmployerLetter:
    """A letter to an employer, drawn."""
    asked = actions.ask_letter(certificate, addressee="Marlow County Library", actor=certificate.person, at=at)
    return actions.draw_letter(asked.id, at=at)


def revoked(certificate: Certificate, *, at: datetime, staff: Any, reason: str = "Records were forged.") -> Certificate:
    """A certificate that `staff` proposed to revoke, and a second person on the staff did."""
    proposal = actions.propose_revocation(certificate, reason=reason, actor=staff, at=at)
    return actions.confirm_revocation(proposal, actor=second(), at=at)


def provisional(person: Any, *, at: datetime, staff: Any) -> Certificate:
    """A provisional certificate that was asked for: admitted without the hours on the day of `at`, six sets achieved the same day."""
    candidacy = completed(person, at=at, staff=staff)
    type(candidacy).objects.filter(pk=candidacy.pk).update(provisional=True)
    return actions.ask(candidacy, actor=person, at=at)


def drawn(person: Any, *, at: datetime, staff: Any) -> Certificate:
    """An issued certificate with its PDF."""
    certificate = issued(person, at=at, staff=staff)
    actions.draw(certificate, at=at)
    return Certificate.objects.select_related("rendering").get(id=certificate.id)
