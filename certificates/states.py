"""The states of a certificate, their transitions, and the audit's sentences about it."""

from django.db import models

from ledger.states import AuditEvent, NotPossible, StateMachine, Transition


class CertificateState(models.TextChoices):
    """What was decided about a certificate. In grace and lapsed are not here: they follow from its dates."""

    ASKED = "asked", "Asked for"
    ISSUED = "issued", "Issued"
    SUSPENDED = "suspended", "Suspended"
    REVOKED = "revoked", "Revoked"
    SUPERSEDED = "superseded", "Replaced"


class RevocationState(models.TextChoices):
    """Where a proposal to revoke a certificate is."""

    PROPOSED = "proposed", "Needs a second person"
    CONFIRMED = "confirmed", "Revoked"
    DROPPED = "dropped", "Dropped"


# States in which the certificate has a number that anyone may look up.
NUMBERED = (CertificateState.ISSUED, CertificateState.SUSPENDED, CertificateState.REVOKED, CertificateState.SUPERSEDED)

OWN = "This is your own certificate. Another staff member must decide on it."
CERTIFICATE = StateMachine(
    "certificates.certificate",
    Transition(
        "issue",
        {CertificateState.ASKED},
        CertificateState.ISSUED,
        "{actor} issued certificate {number} to {person}, valid through {expires_on}.",
        refusal="This certificate was already issued. Nothing was issued twice.",
    ),
    Transition(
        "renew",
        {CertificateState.ISSUED},
        CertificateState.ISSUED,
        "{actor} renewed certificate {number} of {person}: the new term is from {first_day} to {expires_on}.",
        refusal="Only a certificate that is in effect can be renewed.",
    ),
    Transition(
        "suspend",
        {CertificateState.ISSUED},
        CertificateState.SUSPENDED,
        "{actor} suspended certificate {number} of {person}.",
        refusal="Only a certificate that is in effect can be suspended.",
    ),
    Transition(
        "reinstate",
        {CertificateState.SUSPENDED},
        CertificateState.ISSUED,
        "{actor} reinstated certificate {number} of {person}.",
        refusal="Only a suspended certificate can be reinstated.",
    ),
    Transition(
        "remand",
        # A revocation that an appeal sent back is a suspension until staff decide.
        {CertificateState.SUSPENDED, CertificateState.REVOKED},
        CertificateState.SUSPENDED,
        "{actor} sent the decision on certificate {number} of {person} back to staff, after an appeal. It is suspended until they decide.",
        refusal="Only a suspension or a revocation can go back to staff.",
    ),
    Transition(
        "stand",
        {CertificateState.SUSPENDED},
        CertificateState.SUSPENDED,
        "{actor} decided again on certificate {number} of {person}: it stays suspended.",
        refusal="Only a suspended certificate can stay suspended.",
    ),
    Transition(
        "revoke",
        {CertificateState.ISSUED, CertificateState.SUSPENDED},
        CertificateState.REVOKED,
        "{actor} revoked certificate {number} of {person}.",
        refusal="Only a certificate that is in effect or suspended can be revoked.",
    ),
    Transition(
        "replace",
        {CertificateState.ISSUED},
        CertificateState.SUPERSEDED,
        "{actor} replaced certificate {number} of {person} by {new_number}.",
        refusal="Only a certificate that is in effect can be replaced.",
    ),
    impartial={"issue", "renew", "suspend", "reinstate", "remand", "stand", "revoke", "replace"},
    own=OWN,
)

NOT_PROPOSED = "This revocation is no longer open. Someone confirmed or dropped it a moment ago."
REVOCATION = StateMachine(
    "certificates.revocation",
    Transition(
        "confirm",
        {RevocationState.PROPOSED},
        RevocationState.CONFIRMED,
        "{actor} confirmed the revocation of certificate {number} of {person}, which {proposer} had proposed.",
        refusal=NOT_PROPOSED,
    ),
    Transition(
        "drop",
        {RevocationState.PROPOSED},
        RevocationState.DROPPED,
        "{actor} dropped the proposal to revoke certificate {number} of {person}.",
        refusal=NOT_PROPOSED,
    ),
    impartial={"confirm", "drop"},
    own=OWN,
    party="certificate.person_id",
)

AUDIT_EVENTS = [
    AuditEvent("certificates.revocation.propose", "{actor} proposed to revoke certificate {number} of {person}. A second person decides."),
    AuditEvent(
        "certificates.certificate.confirm",
        "The hours of {person} are shown: the certificate is no longer provisional and is valid through {expires_on}.",
    ),
    AuditEvent("certificates.listing.join", "{actor} joined the public directory."),
    AuditEvent("certificates.listing.leave", "{actor} left the public directory."),
    AuditEvent("certificates.letter.ask", "{actor} asked for a letter to an employer on certificate {number}."),
    AuditEvent("certificates.letter.render", "The letter to an employer on certificate {number} of {person} was prepared."),
    AuditEvent("certificates.certificate.ask", "{actor} requested the certificate. The program was completed on {completed_on}."),
    AuditEvent("certificates.certificate.render", "The certificate {number} of {person} was prepared as a PDF."),
]


class NotCompleted(NotPossible):
    """The six sets are not all there."""


class AlreadyAsked(NotPossible):
    """There is a certificate for this candidacy."""


class HoursMissing(NotPossible):
    """The provisional time is over, and the hours of library work are not shown."""


class NotYourself(NotPossible):
    """Who proposed a revocation can't confirm it."""


class NotRenewable(NotPossible):
    """The days of the new term do not follow those of the old one."""
