"""Decide on a certificate that was issued: suspend, reinstate, replace, and revoke, which takes two people."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from certificates import notices, queries
from certificates.actions.issuance import check_reason, draw_number, give_out
from certificates.models import Certificate, PastSuspension, Revocation
from certificates.states import CertificateState, NotYourself, RevocationState
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible, NotYourDecision
from programs import policy as dates

if TYPE_CHECKING:
    from people.models import User


def suspend(certificate: Certificate, *, reason: str, actor: User, at: datetime) -> Certificate:
    """Suspend a certificate until someone decides; raises NotYourDecision, and NotPossible without a reason or from another state."""
    return _decide(certificate, "suspend", "suspended", reason=reason, actor=actor, at=at)


def reinstate(certificate: Certificate, *, reason: str, actor: User, at: datetime) -> Certificate:
    """Lift a suspension; its days stay suspended on record (docs/decisions/0016).

    Raises NotYourDecision, and NotPossible without a reason or from another state.
    """
    return _decide(certificate, "reinstate", "reinstated", reason=reason, actor=actor, at=at)


def remand(certificate: Certificate, *, reason: str, actor: User, at: datetime) -> None:
    """Have staff decide again on a suspension or a revocation, after an appeal; it is suspended until they reinstate it, or not.

    Raises NotYourDecision for one's own, NotPossible from another state.
    """
    with transaction.atomic():
        row = transitions.lock(Certificate, certificate.pk, "remand", decider=actor)
        transitions.transition(row, "remand", actor=actor, at=at, person=row.person, reason=reason, details={"number": row.number})


def stand(certificate: Certificate, *, reason: str, actor: User, at: datetime) -> Certificate:
    """Decide again on a suspension that an appeal sent back: it stands, and can be appealed anew.

    Raises NotYourDecision, also for who decided before, and NotPossible without a reason or where nothing was sent back.
    """
    with transaction.atomic():
        row = transitions.lock(Certificate, certificate.pk, "stand")
        if not queries.waits_again(row):
            raise NotPossible("No appeal sent this back, or someone decided again a moment ago. It stays as it is.")
        return _decide(row, "stand", "suspended", reason=reason, actor=actor, at=at)


def propose_revocation(certificate: Certificate, *, reason: str, actor: User, at: datetime) -> Revocation:
    """Propose to revoke a certificate; nothing changes for its holder until a second person confirms.

    Raises NotYourDecision, and NotPossible without a reason, from another state, or where it is proposed already.
    """
    check_reason(reason)
    with transaction.atomic():
        row = transitions.lock(Certificate, certificate.pk, "revoke", decider=actor)
        _check_not_again(row, actor)
        if row.revocations.filter(state=RevocationState.PROPOSED).exists():
            raise NotPossible("Someone already proposed to revoke this certificate. It needs a second person.")
        proposal = Revocation.objects.create(certificate=row, reason=reason.strip(), proposed_by=actor, proposed_at=at)
        details = {"number": row.number}
        ledger.record(
            "certificates.revocation.propose", subject=proposal, actor=actor, at=at, person=row.person, details=details, reason=reason
        )
        return proposal


def confirm_revocation(revocation: Revocation, *, actor: User, at: datetime) -> Certificate:
    """Revoke the certificate for good, as someone else proposed; the holder gets an email.

    Raises NotYourself for who proposed it, NotYourDecision for one's own certificate, NotPossible when it was decided a moment ago.
    """
    with transaction.atomic():
        certificate = transitions.lock(Certificate, revocation.certificate_id, "revoke", decider=actor)
        proposal = transitions.lock(Revocation, revocation.pk, "confirm")
        _check_not_again(certificate, actor)
        if proposal.proposed_by_id == actor.pk:
            raise NotYourself("You proposed this revocation. Another staff member must confirm it.")
        details = {"number": certificate.number, "proposer": proposal.proposed_by.get_full_name()}
        about: dict[str, Any] = {"actor": actor, "at": at, "person": certificate.person, "reason": proposal.reason}
        transitions.transition(proposal, "confirm", **about, details=details, decided_by=actor, decided_at=at)
        _close_suspension(certificate, at=at)
        changes: dict[str, Any] = {"decision_reason": proposal.reason, "decided_on": dates.today(at)}
        transitions.transition(certificate, "revoke", **about, details={"number": certificate.number}, **changes)
        notices.decided(certificate, "revoked", at=at)
        return certificate


def drop_revocation(revocation: Revocation, *, reason: str, actor: User, at: datetime) -> None:
    """Drop a proposal to revoke; who proposed it may do so, too. Raises NotYourDecision, and NotPossible without a reason."""
    check_reason(reason)
    with transaction.atomic():
        proposal = transitions.lock(Revocation, revocation.pk, "drop", decider=actor)
        certificate = proposal.certificate
        details = {"number": certificate.number}
        about: dict[str, Any] = {"actor": actor, "at": at, "person": certificate.person, "reason": reason}
        transitions.transition(proposal, "drop", **about, details=details, decided_by=actor, decided_at=at)


def replace(certificate: Certificate, *, name: str, reason: str, actor: User, at: datetime) -> Certificate:
    """Issue the same certificate under another name and a new number; the dates stay, and the old number says that it was replaced.

    Raises NotYourDecision, and NotPossible without a name or reason, or when the certificate does not stand.
    """
    check_reason(reason)
    if not name.strip():
        raise NotPossible("Enter the name as it should appear.")
    with transaction.atomic():
        old = transitions.lock(Certificate, certificate.pk, "replace", decider=actor)
        if old.revocations.filter(state=RevocationState.PROPOSED).exists():
            raise NotPossible("Someone proposed to revoke this certificate. Decide on that first.")
        number = draw_number()
        details = {"number": old.number, "new_number": str(number)}
        changes = {"decision_reason": reason, "decided_on": dates.today(at)}
        transitions.transition(old, "replace", actor=actor, at=at, person=old.person, reason=reason, details=details, **changes)
        new = Certificate.objects.create(
            person=old.person,
            candidacy=old.candidacy,
            terms=old.terms,
            completed_on=old.completed_on,
            valid_from=old.valid_from,
            expires_on=old.expires_on,
            provisional=old.provisional,
            renewal_sent_on=old.renewal_sent_on,
            asked_at=at,
            replaces=old,
        )
        for term in old.past_terms.all():
            term.pk, term.certificate = None, new
            term.save(force_insert=True)
        for span in old.past_suspensions.all():
            span.pk, span.certificate = None, new
            span.save(force_insert=True)
        give_out(new, number=number, name=name.strip(), sets=old.sets, actor=actor, at=at)
        return new


def _check_not_again(row: Certificate, actor: User) -> None:
    if queries.waits_again(row) and (sent_back := queries.find_sent_back(row, actor)) and sent_back.why_not:
        raise NotYourDecision(sent_back.why_not)


def _decide(certificate: Certificate, verb: str, notice: str, *, reason: str, actor: User, at: datetime) -> Certificate:
    check_reason(reason)
    with transaction.atomic():
        row = transitions.lock(Certificate, certificate.pk, verb, decider=actor)
        _check_not_again(row, actor)
        _close_suspension(row, at=at)
        changes = {"decision_reason": reason, "decided_on": dates.today(at)}
        transitions.transition(row, verb, actor=actor, at=at, person=row.person, reason=reason, details={"number": row.number}, **changes)
        notices.decided(row, notice, at=at)
        return row


def _close_suspension(row: Certificate, *, at: datetime) -> None:
    """Write down the suspension that another decision ends today, before its day is written over."""
    if row.state == CertificateState.SUSPENDED and row.decided_on is not None:
        PastSuspension.objects.create(certificate=row, first_on=row.decided_on, ended_on=dates.today(at))
