"""Colleges with their contacts, agreements on their programs, and the graduates who claim by them."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from agreements import states
from agreements.states import DECIDED_CLAIMS, LIVE_CLAIMS, OPEN, PUBLIC, AgreementState, ClaimState, Credential
from ledger.public_changes import note_public_change
from people.places import STATES


class College(models.Model):
    """A college whose programs are looked at; `state` is a postal code. No personal data."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=2)

    class Meta:
        triggers: ClassVar = [note_public_change()]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(state__regex=r"^[A-Z]{2}$"), name="agreements_college_state")]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        """Give the name of the state."""
        return STATES.get(self.state, self.state)


class CollegeContact(models.Model):
    """Someone who speaks for a college. Personal data: that they do; deleted when they no longer do, the audit keeps it."""

    college = models.ForeignKey(College, models.CASCADE, related_name="contacts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="colleges")
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["college", "person"], name="agreements_college_contact_once")]

    def __str__(self) -> str:
        return f"{self.person} of {self.college}"


class AgreementQuerySet(models.QuerySet["Agreement"]):
    """Agreements, narrowed to what someone may see."""

    def visible_to(self, user: Any) -> Self:
        """Give those of the colleges that this person speaks for; the office reads them behind its own guard."""
        return self.filter(college__contacts__person=user)

    def public(self) -> Self:
        """Give those that were signed at some time: what everyone may read."""
        return self.filter(state__in=PUBLIC)


class Agreement(models.Model):
    """One program of a college, from its draft to the signed agreement for one term; a renewal is a new row. Empty: unknown.

    Its dates were promised on `signed_on`, here or when staff entered them, under `terms`, and never move by themselves.
    `is_example` marks what was made up for a demonstration.
    No personal data beyond who decided.
    """

    STATES = states.AGREEMENT

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    college = models.ForeignKey(College, models.PROTECT, related_name="agreements")
    program = models.CharField(max_length=200, blank=True, default="")
    credential = models.CharField(max_length=12, choices=Credential, blank=True, default="")
    state = models.CharField(max_length=12, choices=AgreementState, default=AgreementState.DRAFT)
    requirements = models.TextField(blank=True, default="")
    catalog_url = models.URLField(max_length=300, blank=True, default="")
    conditions = models.CharField(max_length=500, blank=True, default="")
    asked = models.TextField(blank=True, default="")
    agreement_on = models.DateField(null=True, blank=True)
    retroactive_to = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    terms = models.ForeignKey("programs.Terms", models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    signed_on = models.DateField(null=True)
    decision_reason = models.TextField(blank=True, default="")
    renews = models.OneToOneField("self", models.PROTECT, null=True, related_name="renewed_by")
    is_example = models.BooleanField(default=False)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        triggers: ClassVar = [note_public_change()]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=AgreementState.values), name="agreements_state_known"),
            models.CheckConstraint(condition=Q(credential__in=["", *Credential.values]), name="agreements_credential"),
            models.UniqueConstraint(
                fields=["college", "program", "credential"], condition=Q(state=AgreementState.SIGNED), name="agreements_one_signed"
            ),
            models.UniqueConstraint(fields=["college", "program", "credential"], condition=Q(state__in=OPEN), name="agreements_one_open"),
            models.CheckConstraint(
                condition=Q(retroactive_to__isnull=True) | Q(agreement_on__isnull=False, retroactive_to__lte=F("agreement_on")),
                name="agreements_dates_back",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(agreement_on__isnull=True) | Q(ends_on__gte=F("agreement_on")),
                name="agreements_ends_ahead",
            ),
            models.CheckConstraint(
                condition=~Q(state=AgreementState.SUBMITTED) | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="agreements_sent_whole",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(submitted_by__isnull=True) | ~Q(decided_by=F("submitted_by")),
                name="agreements_nobody_signs_own",
            ),
        ]
        indexes: ClassVar = [
            # For the staff's queue and inbox: programs that wait for a decision, the oldest first.
            models.Index(fields=["submitted_at", "id"], condition=Q(state=AgreementState.SUBMITTED), name="agreements_to_agree"),
            # For the reminder schedule agreements.ends: signed agreements by their last day.
            models.Index(fields=["ends_on"], condition=Q(state=AgreementState.SIGNED), name="agreements_ending"),
        ]

    def __str__(self) -> str:
        return f"Agreement with {self.college_id}"

    @property
    def title(self) -> str:
        """Give the program and its credential, as far as they are known."""
        return ", ".join(part for part in (self.program, self.get_credential_display()) if part)


class AgreementSet(models.Model):
    """One set in an agreement: the courses that the college maps to it, and what was agreed. No personal data."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="sets")
    set = models.ForeignKey("programs.CompetencySet", models.PROTECT, related_name="+")
    courses = models.TextField(blank=True, default="")
    covered = models.BooleanField(default=False)
    condition = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        triggers: ClassVar = [note_public_change()]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agreement", "set"], name="agreements_set_once"),
            models.CheckConstraint(condition=Q(covered=False) | Q(condition=""), name="agreements_covered_or_condition"),
        ]

    def __str__(self) -> str:
        return f"{self.set_id} in {self.agreement_id}"


class PostedGraduate(models.Model):
    """A graduate whom the college posted. Personal data: name, email and day of graduation; kept while the agreement is on record."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="graduates")
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    graduated_on = models.DateField()
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    posted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("agreement", Lower("email"), name="agreements_graduate_once")]
        indexes: ClassVar = [models.Index(Lower("email"), name="agreements_graduate_email")]

    def __str__(self) -> str:
        return self.name


class GraduateClaimQuerySet(models.QuerySet["GraduateClaim"]):
    """Claims, narrowed to what someone may see."""

    def visible_to(self, user: Any) -> Self:
        """Give a person's own; the office reads them behind its own guard."""
        return self.filter(person=user)


class GraduateClaim(models.Model):
    """One graduate's claim by an agreement, with the final transcript.

    Personal data: where and when the person graduated, the transcript, and the decision; kept as the record of the program.
    """

    STATES = states.GRADUATE_CLAIM

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="claims")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    graduated_on = models.DateField()
    transcript = models.ForeignKey("people.Document", models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=ClaimState, default=ClaimState.CLAIMED)
    claimed_at = models.DateTimeField()
    answer_by = models.DateField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    refusal_text = models.TextField(blank=True, default="")

    objects = GraduateClaimQuerySet.as_manager()

    class Meta:
        triggers: ClassVar = [note_public_change()]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ClaimState.values), name="agreements_claim_state"),
            models.UniqueConstraint(fields=["person"], condition=Q(state=ClaimState.CLAIMED), name="agreements_one_waiting_claim"),
            models.UniqueConstraint(fields=["person", "agreement"], condition=Q(state__in=LIVE_CLAIMS), name="agreements_one_live_claim"),
            models.CheckConstraint(
                condition=Q(state__in=DECIDED_CLAIMS, decided_at__isnull=False, decided_by__isnull=False)
                | (~Q(state__in=DECIDED_CLAIMS) & Q(decided_at__isnull=True, decided_by__isnull=True)),
                name="agreements_claim_decided",
            ),
            models.CheckConstraint(condition=Q(state=ClaimState.REFUSED) ^ Q(refusal_text=""), name="agreements_claim_refused_why"),
            models.CheckConstraint(condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("person")), name="agreements_nobody_accepts_own"),
        ]
        indexes: ClassVar = [
            # For the staff's queue and inbox: claims that wait for a decision, the oldest first.
            models.Index(fields=["claimed_at", "id"], condition=Q(state=ClaimState.CLAIMED), name="agreements_claims_to_decide"),
        ]

    def __str__(self) -> str:
        return f"Claim of {self.person_id}"
