"""Certificates with their terms and PDFs, revocations that need two people, the directory, and letters to employers."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from certificates import states
from certificates.states import NUMBERED, CertificateState, RevocationState
from people.permissions import can_see_office
from people.search import folded, folded_index


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Certificates, narrowed to what someone may see."""

    def visible_to(self, user: Any) -> Self:
        """Give a person's own certificates; the office sees all."""
        return self if can_see_office(user) else self.filter(person=user)

    def waiting(self) -> Self:
        """Give those that were asked for and are not issued."""
        return self.filter(state=CertificateState.ASKED)

    def numbered(self) -> Self:
        """Give those that were issued at some time: what the public may verify."""
        return self.filter(state__in=NUMBERED)


class Certificate(models.Model):
    """The certificate for one completed candidacy; its dates were promised under `terms` and never move by themselves.

    A renewal opens another term: `valid_from` and `expires_on` are the newest one's, `PastTerm` has those before it.
    `rendering` is the PDF that says what holds now; None while it is drawn. `renewal_sent_on`: sent on time and not decided, so that it
    does not lapse. `provisional`: until the hours of library work are shown; its last day then moves to that of a full term.

    Personal data: the name as printed, and the sets achieved; kept as the record of the program. The person and
    staff read `decision_reason`, the public does not.
    """

    STATES = states.CERTIFICATE

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="certificates")
    candidacy = models.ForeignKey("candidates.Candidacy", models.PROTECT, related_name="+")
    terms = models.ForeignKey("programs.Terms", models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=CertificateState, default=CertificateState.ASKED)
    number = models.CharField(max_length=21, null=True, unique=True)  # noqa: DJ001 (there is no number before the issue)
    printed_name = models.CharField(max_length=120, blank=True, default="")
    sets = models.JSONField(default=list)
    provisional = models.BooleanField(default=False)
    completed_on = models.DateField()
    valid_from = models.DateField()
    expires_on = models.DateField()
    asked_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField(null=True)
    decision_reason = models.TextField(blank=True, default="")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    renewal_sent_on = models.DateField(null=True)
    rendering = models.OneToOneField("certificates.Rendering", models.PROTECT, null=True, related_name="+")
    folded = folded("printed_name")

    objects = CertificateQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=CertificateState.values), name="certificates_state_known"),
            models.UniqueConstraint(
                fields=["candidacy"], condition=~Q(state=CertificateState.SUPERSEDED), name="certificates_one_for_a_candidacy"
            ),
            models.CheckConstraint(
                condition=Q(state=CertificateState.ASKED, number__isnull=True, issued_at__isnull=True, printed_name="")
                | (Q(state__in=NUMBERED, number__isnull=False, issued_at__isnull=False, issued_by__isnull=False) & ~Q(printed_name="")),
                name="certificates_issued_whole",
            ),
            models.CheckConstraint(condition=~Q(issued_by=F("person")), name="certificates_nobody_issues_own"),
            models.CheckConstraint(condition=Q(expires_on__gte=F("valid_from")), name="certificates_valid_for_a_day"),
            models.CheckConstraint(
                condition=Q(state__in=[CertificateState.ASKED, CertificateState.ISSUED])
                | (Q(decided_on__isnull=False) & ~Q(decision_reason="")),
                name="certificates_decided_with_a_reason",
            ),
        ]
        indexes: ClassVar = [
            # For the staff's list and inbox: what waits to be issued, oldest first.
            models.Index(fields=["asked_at", "id"], condition=Q(state=CertificateState.ASKED), name="certificates_waiting"),
            # For the staff's list of what was issued, newest first.
            models.Index(fields=["issued_at", "id"], condition=Q(state__in=NUMBERED), name="certificates_issued"),
            # For the directory and the office's search.
            folded_index("certificates_find"),
        ]

    def __str__(self) -> str:
        return self.number or f"Certificate of {self.person}"


class PastTerm(models.Model):
    """A term of a certificate before it was renewed, both days included. No personal data beyond the certificate's own."""

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="past_terms")
    valid_from = models.DateField()
    expires_on = models.DateField()
    terms = models.ForeignKey("programs.Terms", models.PROTECT, related_name="+")
    renewed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["certificate", "valid_from"], name="certificates_term_once"),
            models.CheckConstraint(condition=Q(expires_on__gte=F("valid_from")), name="certificates_term_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from} to {self.expires_on}"


class PastSuspension(models.Model):
    """A suspension that is over: up to, and without, the day on which it was lifted or the certificate revoked.

    No personal data beyond the certificate's own.
    """

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="past_suspensions")
    first_on = models.DateField()
    ended_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ended_on__gte=F("first_on")), name="certificates_suspension_in_order"),
        ]

    def __str__(self) -> str:
        return f"Suspended from {self.first_on} to {self.ended_on}"


class Rendering(models.Model):
    """A PDF of a certificate, drawn once for what held then. Personal data: name, sets and number; kept as long as the certificate."""

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="renderings")
    sha256 = models.CharField(max_length=64)
    stored = models.CharField(max_length=100)
    rendered_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"PDF of {self.certificate_id}"


class Revocation(models.Model):
    """One proposal to revoke a certificate; someone else confirms it, or either drops it. Personal data: the reason."""

    STATES = states.REVOCATION

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="revocations")
    state = models.CharField(max_length=12, choices=RevocationState, default=RevocationState.PROPOSED)
    reason = models.TextField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=RevocationState.values), name="certificates_revocation_state"),
            models.UniqueConstraint(
                fields=["certificate"], condition=Q(state=RevocationState.PROPOSED), name="certificates_one_proposed_revocation"
            ),
            models.CheckConstraint(
                condition=~Q(state=RevocationState.CONFIRMED) | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="certificates_revoked_by_two",
            ),
        ]
        indexes: ClassVar = [
            # For the staff's inbox: revocations that wait for a second person.
            models.Index(fields=["proposed_at"], condition=Q(state=RevocationState.PROPOSED), name="certificates_to_revoke"),
        ]

    def __str__(self) -> str:
        return f"Revocation of {self.certificate_id}"


class Listing(models.Model):
    """A holder who chose to be listed in the public directory; `place` is a postal code, "" for none.

    Personal data: that they stand there, and the state; deleted when they leave.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="directory_listing")
    place = models.CharField(max_length=2, blank=True, default="")
    listed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(place__regex=r"^([A-Z]{2})?$"), name="certificates_listing_place")]

    def __str__(self) -> str:
        return f"{self.person_id} in the directory"


class EmployerLetter(models.Model):
    """A letter to an employer that a holder asked for, as PDF. Personal data: name, number and addressee; kept with the certificate."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="letters")
    addressee = models.CharField(max_length=200, blank=True, default="")
    asked_at = models.DateTimeField()
    stored = models.CharField(max_length=120, blank=True, default="")
    rendered_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            # One at a time: a second one can be asked for when the first is drawn.
            models.UniqueConstraint(
                fields=["certificate"], condition=Q(rendered_at__isnull=True), name="certificates_one_letter_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"Letter on {self.certificate_id}"
