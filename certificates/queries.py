"""Queries: a person's certificates, what waits to be issued, and what the public may verify."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from candidates import policy as candidates_policy
from candidates import queries as candidates
from certificates import policy
from certificates.models import Certificate, EmployerLetter, Listing, PastSuspension, PastTerm, Rendering, Revocation
from certificates.states import CertificateState, RevocationState
from ledger import queries as ledger
from ledger.prepared import ask, ask_first
from people import decisions
from people.search import matching
from programs import queries as programs

if TYPE_CHECKING:
    from candidates.models import Candidacy
    from people.models import User

LETTERS_SHOWN = 10
# How a certificate is stopped, and what decides on one that an appeal sent back.
STOPPING = ("suspend", "revoke", "stand")
DECIDING = tuple(f"certificates.certificate.{verb}" for verb in ("reinstate", "stand", "revoke"))


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What the public may know of a certificate, and nothing else."""

    name: str
    number: str
    facts: policy.Facts
    status: policy.Status


def get_certificate(candidacy: Candidacy) -> Certificate | None:
    """The certificate for a candidacy, asked for or issued; not one that was replaced."""
    return ask_first(
        lambda candidacy: (
            Certificate.objects.filter(candidacy_id=candidacy)
            .exclude(state=CertificateState.SUPERSEDED)
            .select_related("person", "terms", "rendering")
            .order_by("pk")[:1]
        ),
        candidacy.pk,
    )


def find_certificate(id: UUID | str) -> Certificate:
    """Give the certificate with this id, with person and terms; raises Certificate.DoesNotExist."""
    return Certificate.objects.select_related("person", "terms").get(id=id)


def list_certificates(person: AbstractBaseUser) -> list[Certificate]:
    """A person's certificates, newest first. One query."""
    return ask(
        lambda person: (
            Certificate.objects.filter(person_id=person).select_related("person", "terms", "rendering").order_by("-asked_at", "-id")
        ),
        person.pk,
    )


def plan_expiry(candidacy: Candidacy) -> date:
    """The last day that a certificate asked for now is promised: a full term, or for a provisional one four years from admission."""
    if candidacy.provisional:
        return candidates.get_hours_end(candidacy)
    return policy.expiry(candidacy.completed_on or candidacy.admitted_on, months=candidacy.terms.certificate_months)


def find_by_number(text: str) -> Certificate | policy.Mistyped | None:
    """The certificate with a number that someone typed, what is wrong with it, or None where there is none. One query at most."""
    read = policy.check(text)
    if isinstance(read, policy.Mistyped):
        return read
    return Certificate.objects.numbered().select_related("person").filter(number=str(read)).first()


def list_asked() -> QuerySet[Certificate]:
    """What waits to be issued, oldest first."""
    return Certificate.objects.waiting().select_related("person", "terms").order_by("asked_at", "id")


def list_issued(*, search: str = "") -> QuerySet[Certificate]:
    """What was issued, newest first; `search` is a number, or a part of a name."""
    rows = Certificate.objects.numbered().select_related("person", "terms", "rendering").order_by("-issued_at", "-id")
    read = policy.check(search)
    if isinstance(read, policy.Number):
        return rows.filter(number=str(read))
    if not search.strip():
        return rows
    matches = matching(search)
    return rows.filter(matches) if matches is not None else rows.none()


def list_proposed() -> QuerySet[Revocation]:
    """The revocations that wait for a second person, oldest first."""
    waiting = Revocation.objects.filter(state=RevocationState.PROPOSED)
    return waiting.select_related("certificate", "proposed_by").order_by("proposed_at", "id")


def get_proposed(certificate: Certificate) -> Revocation | None:
    """The revocation of a certificate that waits for a second person. One query."""
    return list_proposed().filter(certificate=certificate).first()


def waits_again(certificate: Certificate) -> bool:
    """Whether an appeal sent a suspension or a revocation back, and staff did not decide again yet. Two queries at most."""
    label = certificate._meta.label_lower
    return ledger.has_followed("certificates.certificate.remand", label=label, id=certificate.id, by=DECIDING) is False


def find_sent_back(certificate: Certificate, reader: User) -> decisions.SentBack | None:
    """Give how an appeal sent back what was decided; who stopped it, or proposed to, can't decide anew. Four queries at most."""
    return decisions.find_sent_back(certificate, reader, decided=STOPPING, also=list_proposers(certificate))


def list_proposers(certificate: Certificate) -> set[int]:
    """The keys of those who proposed a revocation of a certificate that a second person confirmed. One query."""
    rows = certificate.revocations.filter(state=RevocationState.CONFIRMED)
    return set(rows.values_list("proposed_by_id", flat=True))


def list_directory(*, on: date, name: str = "", place: str = "") -> QuerySet[Certificate]:
    """The holders who chose to stand in the directory and whose certificate is valid on a day, by name."""
    rows = Certificate.objects.filter(state=CertificateState.ISSUED, expires_on__gte=on, person__directory_listing__isnull=False)
    if name.strip("\0 "):
        matches = matching(name)
        rows = rows.filter(matches) if matches is not None else rows.none()
    if place:
        rows = rows.filter(person__directory_listing__place=place)
    return rows.select_related("person__directory_listing").order_by("folded", "id")


def list_places() -> list[str]:
    """The postal codes that stand in the directory. One query."""
    return sorted(Listing.objects.exclude(place="").values_list("place", flat=True).distinct())


def get_listing(person: AbstractBaseUser) -> Listing | None:
    """Where a person stands in the directory, or None."""
    return Listing.objects.filter(person_id=person.pk).first()


def list_letters(certificate: Certificate) -> list[EmployerLetter]:
    """The letters to employers on a certificate, newest first. One query."""
    return list(certificate.letters.order_by("-asked_at")[:LETTERS_SHOWN])


def _verifiable(number: str) -> QuerySet[Certificate]:
    """The certificate with a number, with what the public may know of it."""
    past = PastTerm.objects.filter(certificate=OuterRef("pk")).order_by("valid_from")
    term = JSONObject(valid_from="valid_from", expires_on="expires_on")
    spans = PastSuspension.objects.filter(certificate=OuterRef("pk")).order_by("first_on", "id")
    span = JSONObject(first_on="first_on", ended_on="ended_on")
    fields = (
        "id",
        "number",
        "printed_name",
        "state",
        "valid_from",
        "expires_on",
        "provisional",
        "decided_on",
        "renewal_sent_on",
        "terms__grace_months",
    )
    rows = Certificate.objects.numbered().select_related("terms").only(*fields).filter(number=number)
    return rows.annotate(past=ArraySubquery(past.values(term=term)), spans=ArraySubquery(spans.values(span=span))).order_by("id")[:1]


def get_verified(number: policy.Number, *, on: date) -> Verified | None:
    """What the public may know of the certificate with this number, as of a day; None where there is none. One query."""
    row: Any = ask_first(_verifiable, str(number))
    if row is None:
        return None
    terms, suspensions = (
        [{name: date.fromisoformat(day) for name, day in span.items()} for span in spans] for spans in (row.past, row.spans)
    )
    facts = get_facts(
        row, past=tuple(policy.Term(**term) for term in terms), suspensions=tuple(policy.Span(**suspension) for suspension in suspensions)
    )
    return Verified(name=row.printed_name, number=str(number), facts=facts, status=policy.status(facts, on=on))


def list_past_terms(certificate: Certificate) -> tuple[policy.Term, ...]:
    """The terms that renewals closed, the oldest first. One query."""
    rows = certificate.past_terms.order_by("valid_from")
    return tuple(policy.Term(valid_from=row.valid_from, expires_on=row.expires_on) for row in rows)


def get_facts(certificate: Certificate, *, past: tuple[policy.Term, ...] = (), suspensions: tuple[policy.Span, ...] = ()) -> policy.Facts:
    """What the status of an issued certificate follows from. No query when `terms` is loaded.

    Days before a renewal need `past`, days before today `suspensions`.
    """
    decided = certificate.state != CertificateState.ISSUED
    return policy.Facts(
        valid_from=certificate.valid_from,
        expires_on=certificate.expires_on,
        grace_months=certificate.terms.grace_months,
        decided=policy.Status(certificate.state) if decided else None,
        decided_on=certificate.decided_on if decided else None,
        provisional=certificate.provisional,
        renewing=certificate.renewal_sent_on is not None,
        past=past,
        suspensions=suspensions,
    )


def list_counting_sets(candidacy: Candidacy) -> list[str]:
    """The names of the six sets that count, in the framework's order. Three queries."""
    terms = candidacy.terms
    achieved = candidates.list_achievements(candidacy)
    six = candidates_policy.counting(achieved, required=terms.required_sets, electives=terms.elective_sets)
    codes = {achieved_set.code for achieved_set in six}
    return [competency_set.name for competency_set in programs.list_sets() if competency_set.code in codes]


def is_taken(number: policy.Number) -> bool:
    """Whether a certificate has this number."""
    return Certificate.objects.filter(number=str(number)).exists()


def get_rendering(certificate: Certificate) -> Rendering | None:
    """The PDF of a certificate, once it is drawn. No query when it was loaded."""
    return certificate.rendering
