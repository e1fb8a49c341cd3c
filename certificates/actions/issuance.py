"""Ask for a certificate, issue it, draw it, open its next term, and make a provisional one full."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from candidates.states import CandidacyState
from certificates import notices, pdf, policy, queries
from certificates.models import Certificate, PastTerm, Rendering
from certificates.states import AlreadyAsked, CertificateState, HoursMissing, NotCompleted, NotRenewable
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible
from people.templatetags.words import longdate
from programs import actions as programs
from programs import policy as dates

if TYPE_CHECKING:
    from candidates.models import Candidacy
    from people.models import User
    from programs.models import Terms

FOLDER = "certificates"
# What can still become a full certificate; one that is revoked or was replaced stays as it is.
CONFIRMABLE = (CertificateState.ASKED, CertificateState.ISSUED, CertificateState.SUSPENDED)
# What a PDF is drawn of.
DRAWN = (CertificateState.ISSUED, CertificateState.SUSPENDED)


@dataclass(frozen=True)
class Outcome:
    """What came of issuing several at once: those that were issued, and for each other one why not."""

    issued: list[Certificate]
    refused: list[tuple[Certificate, str]]


def ask(candidacy: Candidacy, *, actor: User, at: datetime) -> Certificate:
    """Ask for the certificate, once for a completed candidacy. Its dates are promised now, under the candidacy's Terms.

    Without the hours of library work it is provisional. Raises NotCompleted before the six sets are there, HoursMissing when the
    provisional time is over, AlreadyAsked the second time.
    """
    with transaction.atomic():
        row = transitions.lock(type(candidacy), candidacy.pk)
        if row.state != CandidacyState.COMPLETED or row.completed_on is None:
            raise NotCompleted("You can request the certificate when you achieve all six sets.")
        expires_on = queries.plan_expiry(row)
        if row.provisional and dates.today(at) > expires_on:
            raise HoursMissing(
                f"A provisional certificate was possible until {longdate(expires_on)}. Show your hours of library work first."
            )
        programs.freeze(row.terms, at=at, actor=actor)
        certificate, created = Certificate.objects.exclude(state=CertificateState.SUPERSEDED).get_or_create(
            candidacy=row,
            defaults={
                "person": row.person,
                "terms": row.terms,
                "provisional": row.provisional,
                "completed_on": row.completed_on,
                "valid_from": row.completed_on,
                "expires_on": expires_on,
                "asked_at": at,
            },
        )
        if not created:
            raise AlreadyAsked("You already requested your certificate. Nothing was sent twice.")
        details = {"completed_on": row.completed_on}
        ledger.record("certificates.certificate.ask", subject=certificate, actor=actor, at=at, person=certificate.person, details=details)
        notices.asked(certificate, at=at)
        return certificate


def issue(certificate: Certificate, *, actor: User, at: datetime) -> Certificate:
    """Issue a certificate: a number is drawn, name and sets are written down, and a worker draws the PDF and emails the person.

    Raises NotYourDecision for one's own, and NotPossible when it was issued a moment ago.
    """
    with transaction.atomic():
        row = transitions.lock(Certificate, certificate.pk, "issue", decider=actor)
        sets = queries.list_counting_sets(row.candidacy)
        give_out(row, number=draw_number(), name=row.person.get_full_name(), sets=sets, actor=actor, at=at)
        return row


def issue_all(certificates: Iterable[Certificate], *, actor: User, at: datetime) -> Outcome:
    """Issue several, each in a transaction of its own, so that one that is refused holds up no other."""
    outcome = Outcome([], [])
    for certificate in certificates:
        try:
            outcome.issued.append(issue(certificate, actor=actor, at=at))
        except NotPossible as no:
            outcome.refused.append((certificate, no.message))
    return outcome


def renew(certificate: Certificate, *, first_day: date, expires_on: date, terms: Terms, actor: User, at: datetime) -> Certificate:
    """Open the next term on the same number; the old one is kept, a worker draws the PDF again and emails the person.

    Raises NotRenewable for days that do not follow the old term, NotYourDecision for one's own, and NotPossible where it does not stand.
    """
    with transaction.atomic():
        row = transitions.lock(Certificate, certificate.pk, "renew", decider=actor)
        if row.provisional:
            raise NotRenewable("A provisional certificate is not renewed. It becomes a full certificate when you show the hours.")
        if not row.expires_on < first_day < expires_on:
            raise NotRenewable("The new term begins after the old one has ended. Nothing was changed.")
        programs.freeze(terms, at=at, actor=actor)
        old = {"valid_from": row.valid_from, "expires_on": row.expires_on, "terms": row.terms}
        PastTerm.objects.create(certificate=row, renewed_at=at, **old)
        details = {"number": row.number, "first_day": first_day, "expires_on": expires_on}
        transitions.transition(
            row,
            "renew",
            actor=actor,
            at=at,
            person=row.person,
            details=details,
            valid_from=first_day,
            expires_on=expires_on,
            terms=terms,
            renewal_sent_on=None,
            rendering=None,
        )
        ledger.emit("certificates.certificate.renewed", key=f"{row.id}:{first_day}", at=at, certificate=row.id, person=row.person_id)
        return row


def confirm(candidacy_id: UUID | str, *, at: datetime) -> None:
    """Make the provisional certificate of a candidacy a full one, now that the hours are shown; does nothing where there is none.

    Its last day is then that of a full term, counted from the completion. One with a number is drawn again, which emails the person.
    """
    with transaction.atomic():
        certificate = Certificate.objects.filter(candidacy_id=candidacy_id, provisional=True, state__in=CONFIRMABLE).first()
        if certificate is None:
            return
        row = transitions.lock(Certificate, certificate.pk)
        if row.state == CertificateState.SUPERSEDED:
            confirm(candidacy_id, at=at)  # It was issued again a moment ago: the new one is meant.
            return
        if not row.provisional or row.state not in CONFIRMABLE:
            return
        row.provisional = False
        row.expires_on = policy.expiry(row.completed_on, months=row.terms.certificate_months)
        row.rendering = None
        row.save(update_fields=["provisional", "expires_on", "rendering"])
        details = {"expires_on": row.expires_on}
        ledger.record("certificates.certificate.confirm", subject=row, actor=None, at=at, person=row.person, details=details)
        if row.number:
            ledger.emit("certificates.certificate.confirmed", key=row.id, at=at, certificate=row.id, person=row.person_id)


def hold(certificate: Certificate, *, sent_on: date | None, at: datetime) -> None:
    """Keep a certificate from lapsing while a renewal that was sent on time is undecided; None when it is decided against.

    Writes no audit entry: the app that takes renewals tells of them.
    """
    with transaction.atomic():
        row = transitions.lock(Certificate, certificate.pk)
        row.renewal_sent_on = sent_on
        row.save(update_fields=["renewal_sent_on"])


def draw(certificate: Certificate, *, at: datetime, because: notices.Because = "issued") -> Rendering | None:
    """Draw the PDF, store it under its own fingerprint, and write to the person that it is there. Once for what holds; safe to run again.

    None for one that was revoked or replaced meanwhile; one that is suspended is drawn without an email. A run that was cut short may have
    left half a file under the same name; it is drawn anew.
    """
    with transaction.atomic():
        row = transitions.lock(Certificate, certificate.pk)
        if row.rendering is not None or row.state not in DRAWN:
            return row.rendering
        content = pdf.render(_drawn(row))
        sha256 = hashlib.sha256(content).hexdigest()
        stored = f"{FOLDER}/{row.id}-{sha256[:16]}.pdf"
        default_storage.delete(stored)
        stored = default_storage.save(stored, ContentFile(content))
        rendering = Rendering.objects.create(certificate=row, sha256=sha256, stored=stored, rendered_at=at)
        row.rendering = rendering
        row.save(update_fields=["rendering"])
        details = {"number": row.number, "sha256": sha256}
        ledger.record("certificates.certificate.render", subject=row, actor=None, at=at, person=row.person, details=details)
        if row.state == CertificateState.ISSUED:
            notices.ready(row, pdf=sha256, because=because, at=at)
        return rendering


def give_out(row: Certificate, *, number: policy.Number, name: str, sets: list[str], actor: User, at: datetime) -> None:
    """Make the transition, and wake the worker."""
    transitions.transition(
        row,
        "issue",
        actor=actor,
        at=at,
        person=row.person,
        details={"number": str(number), "expires_on": row.expires_on},
        number=str(number),
        printed_name=name,
        sets=sets,
        issued_at=at,
        issued_by=actor,
    )
    ledger.emit("certificates.certificate.issued", key=row.id, at=at, certificate=row.id, person=row.person_id, candidacy=row.candidacy_id)


def draw_number() -> policy.Number:
    """Draw until the number is free; the unique constraint refuses what two draw at the same instant."""
    number = policy.make_number(secrets.randbelow(policy.NUMBERS))
    while queries.is_taken(number):
        number = policy.make_number(secrets.randbelow(policy.NUMBERS))
    return number


def _drawn(row: Certificate) -> pdf.Drawn:
    path = reverse("certificates:number", args=[row.number])
    return pdf.Drawn(
        name=row.printed_name,
        number=str(row.number),
        sets=tuple(row.sets),
        issued_on=timezone.localtime(row.issued_at, timezone.get_default_timezone()).date(),
        valid_from=queries.get_facts(row, past=queries.list_past_terms(row)).first_day,
        expires_on=row.expires_on,
        provisional=row.provisional,
        signers=tuple(pdf.Signer(name=name, title=title) for name, title in settings.CERTIFICATE_SIGNERS),
        verify_url=urljoin(settings.PUBLIC_URL + "/", path),
    )


def check_reason(reason: str) -> None:
    """Raise NotPossible without a reason."""
    if not reason.strip():
        raise NotPossible("Give a reason. The person will read it.")
