"""The writing door: ask for a certificate, issue it, draw it, renew it, and decide on it later."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse

from candidates.states import CandidacyState
from certificates import notices, policy, queries, rendering
from certificates.models import Certificate, PastTerm, Rendering
from certificates.states import AlreadyAsked, CertificateState, NotCompleted, NotRenewable, NotYourDecision
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible
from programs import actions as programs
from programs import policy as dates

if TYPE_CHECKING:
    from candidates.models import Candidacy
    from people.models import User
    from programs.models import Terms

FOLDER = "certificates"


@dataclass(frozen=True)
class Outcome:
    """What came of issuing several at once: those that were issued, and for each other one why not."""

    issued: list[Certificate]
    refused: list[tuple[Certificate, str]]


def ask(candidacy: Candidacy, *, actor: User, at: datetime) -> Certificate:
    """Ask for the certificate, once for a completed candidacy. Its dates are promised now, under the candidacy's Terms.

    Raises NotCompleted before the six sets are there, AlreadyAsked the second time.
    """
    if candidacy.state != CandidacyState.COMPLETED or candidacy.completed_on is None:
        raise NotCompleted("You can ask for the certificate when all six sets are achieved.")
    completed_on = candidacy.completed_on
    terms = candidacy.terms
    with transaction.atomic():
        programs.freeze(terms, at=at, actor=actor)
        certificate, created = Certificate.objects.exclude(state=CertificateState.SUPERSEDED).get_or_create(
            candidacy=candidacy,
            defaults={
                "person": candidacy.person,
                "terms": terms,
                "completed_on": completed_on,
                "valid_from": completed_on,
                "expires_on": policy.expiry(completed_on, months=terms.certificate_months),
                "asked_at": at,
            },
        )
        if not created:
            raise AlreadyAsked("You asked for your certificate already. Nothing was sent twice.")
        facts = {"completed_on": completed_on}
        ledger.record("certificates.certificate.ask", subject=certificate, actor=actor, at=at, person=certificate.person, facts=facts)
        notices.asked(certificate, at=at)
        return certificate


def issue(certificate: Certificate, *, actor: User, at: datetime) -> Certificate:
    """Issue a certificate: a number is drawn, name and sets are written down, and a worker draws the PDF and mails the person.

    Raises NotYourDecision for one's own, and NotPossible when it was issued a moment ago.
    """
    with transaction.atomic():
        row = transitions.lock(Certificate, certificate.pk, "issue")
        _check_not_own(row, actor)
        sets = queries.list_counting_sets(row.candidacy)
        _issue(row, number=_draw_number(), name=row.person.get_full_name(), sets=sets, actor=actor, at=at)
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
    """Open the next term on the same number; the old one is kept, a worker draws the PDF again and mails the person.

    Raises NotRenewable for days that do not follow the old term, NotYourDecision for one's own, and NotPossible where it does not stand.
    """
    with transaction.atomic():
        row = transitions.lock(Certificate, certificate.pk, "renew")
        _check_not_own(row, actor)
        if not row.expires_on < first_day < expires_on:
            raise NotRenewable("The new term begins after the old one has ended. Nothing was changed.")
        programs.freeze(terms, at=at, actor=actor)
        old = {"valid_from": row.valid_from, "expires_on": row.expires_on, "terms": row.terms}
        PastTerm.objects.create(certificate=row, renewed_at=at, **old)
        facts = {"number": row.number, "first_day": first_day, "expires_on": expires_on}
        transitions.move(
            row,
            "renew",
            actor=actor,
            at=at,
            person=row.person,
            facts=facts,
            valid_from=first_day,
            expires_on=expires_on,
            terms=terms,
            renewal_sent_on=None,
            rendering=None,
        )
        ledger.emit("certificates.certificate.renewed", key=f"{row.id}:{first_day}", at=at, certificate=row.id, person=row.person_id)
        return row


def hold(certificate: Certificate, *, sent_on: date | None, at: datetime) -> None:
    """Keep a certificate from lapsing while a renewal that was sent in time is undecided; None when it is decided against.

    Writes no audit entry: the room that takes renewals tells of them.
    """
    with transaction.atomic():
        row = transitions.lock(Certificate, certificate.pk)
        row.renewal_sent_on = sent_on
        row.save(update_fields=["renewal_sent_on"])


def draw(certificate: Certificate, *, at: datetime) -> Rendering:
    """Draw the PDF, store it under its own fingerprint, and write to the person that it is there. Once for what holds; safe to run again.

    A run that was cut short may have left half a file under the same name; it is drawn anew.
    """
    with transaction.atomic():
        row = transitions.lock(Certificate, certificate.pk)
        if row.rendering is not None:
            return row.rendering
        content = rendering.render(_drawn(row))
        sha256 = hashlib.sha256(content).hexdigest()
        stored = f"{FOLDER}/{row.id}-{sha256[:16]}.pdf"
        default_storage.delete(stored)
        stored = default_storage.save(stored, ContentFile(content))
        made = Rendering.objects.create(certificate=row, sha256=sha256, stored=stored, rendered_at=at)
        row.rendering = made
        row.save(update_fields=["rendering"])
        facts = {"number": row.number, "sha256": sha256}
        ledger.record("certificates.certificate.render", subject=row, actor=None, at=at, person=row.person, facts=facts)
        notices.ready(row, pdf=sha256, at=at)
        return made


def suspend(certificate: Certificate, *, reason: str, actor: User, at: datetime) -> Certificate:
    """Suspend a certificate until somebody decides; raises NotYourDecision, and NotPossible without a reason or from another state."""
    return _decide(certificate, "suspend", "suspended", reason=reason, actor=actor, at=at)


def reinstate(certificate: Certificate, *, reason: str, actor: User, at: datetime) -> Certificate:
    """Lift a suspension, as if it had not been; raises NotYourDecision, and NotPossible without a reason or from another state."""
    return _decide(certificate, "reinstate", "reinstated", reason=reason, actor=actor, at=at)


def revoke(certificate: Certificate, *, reason: str, actor: User, at: datetime) -> Certificate:
    """Revoke a certificate for good; raises NotYourDecision, and NotPossible without a reason or from another state."""
    return _decide(certificate, "revoke", "revoked", reason=reason, actor=actor, at=at)


def replace(certificate: Certificate, *, name: str, reason: str, actor: User, at: datetime) -> Certificate:
    """Issue the same certificate under another name and a new number; the dates stay, and the old number says that it was replaced.

    Raises NotYourDecision, and NotPossible without a name or reason, or when the certificate does not stand.
    """
    _check_reason(reason)
    if not name.strip():
        raise NotPossible("Enter the name as it should be printed.")
    with transaction.atomic():
        old = transitions.lock(Certificate, certificate.pk, "replace")
        _check_not_own(old, actor)
        number = _draw_number()
        facts = {"number": old.number, "new_number": str(number)}
        changes = {"decision_reason": reason, "decided_on": dates.today(at)}
        transitions.move(old, "replace", actor=actor, at=at, person=old.person, reason=reason, facts=facts, **changes)
        new = Certificate.objects.create(
            person=old.person,
            candidacy=old.candidacy,
            terms=old.terms,
            completed_on=old.completed_on,
            valid_from=old.valid_from,
            expires_on=old.expires_on,
            renewal_sent_on=old.renewal_sent_on,
            asked_at=at,
            replaces=old,
        )
        for term in old.past_terms.all():
            term.pk, term.certificate = None, new
            term.save(force_insert=True)
        _issue(new, number=number, name=name.strip(), sets=old.sets, actor=actor, at=at)
        return new


def _issue(row: Certificate, *, number: policy.Number, name: str, sets: list[str], actor: User, at: datetime) -> None:
    """Make the move, and tell the worker."""
    transitions.move(
        row,
        "issue",
        actor=actor,
        at=at,
        person=row.person,
        facts={"number": str(number), "expires_on": row.expires_on},
        number=str(number),
        printed_name=name,
        sets=sets,
        issued_at=at,
        issued_by=actor,
    )
    ledger.emit("certificates.certificate.issued", key=row.id, at=at, certificate=row.id, person=row.person_id, candidacy=row.candidacy_id)


def _draw_number() -> policy.Number:
    """Draw until the number is free; the unique constraint refuses what two draw at the same instant."""
    number = policy.make_number(secrets.randbelow(policy.NUMBERS))
    while queries.is_taken(number):
        number = policy.make_number(secrets.randbelow(policy.NUMBERS))
    return number


def _decide(certificate: Certificate, verb: str, notice: str, *, reason: str, actor: User, at: datetime) -> Certificate:
    _check_reason(reason)
    with transaction.atomic():
        row = transitions.lock(Certificate, certificate.pk, verb)
        _check_not_own(row, actor)
        changes = {"decision_reason": reason, "decided_on": dates.today(at)}
        transitions.move(row, verb, actor=actor, at=at, person=row.person, reason=reason, facts={"number": row.number}, **changes)
        notices.decided(row, notice, at=at)
        return row


def _drawn(row: Certificate) -> rendering.Drawn:
    path = reverse("certificates:number", args=[row.number])
    return rendering.Drawn(
        name=row.printed_name,
        number=str(row.number),
        sets=tuple(row.sets),
        valid_from=queries.get_facts(row, past=queries.list_past_terms(row)).first_day,
        expires_on=row.expires_on,
        verify_url=urljoin(settings.PUBLIC_URL + "/", path),
    )


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise NotPossible("Give a reason. The person will read it.")


def _check_not_own(row: Certificate, actor: User) -> None:
    if row.person_id == actor.pk:
        raise NotYourDecision("This is your own certificate. Somebody else on the staff decides about it.")
