"""Providers with the offerings that the program approved, colleges with an agreement, and completions that candidates claim."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from courses import states
from courses.places import PLACES
from courses.states import ClaimState, Format, ProviderKind
from people.permissions import can_see_office


class Provider(models.Model):
    """One library educator who offers courses. No personal data, but where a consultant's name is the provider's."""

    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=14, choices=ProviderKind)
    us_state = models.CharField(max_length=2, choices=PLACES, blank=True, default="")

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(kind__in=ProviderKind.values), name="courses_provider_kind_known")]

    def __str__(self) -> str:
        return self.name


class OfferingQuerySet(models.QuerySet["Offering"]):
    """Offerings, narrowed to what somebody looks for."""

    def with_names(self) -> Self:
        """Load what a card shows."""
        return self.select_related("provider", "set", "terms")

    def not_ended(self, *, on: Any) -> Self:
        """Give those whose approval has not ended, and those whose dates are not known to us."""
        return self.filter(Q(approved_until__isnull=True) | Q(approved_until__gte=on))


class Offering(models.Model):
    """One course, or several that belong together, that covers one set in full. Empty dates are not known to us. No personal data.

    `terms` are those under which the approval's end, and the credit before it, were promised.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="offerings")
    set = models.ForeignKey("programs.CompetencySet", models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    parts = models.JSONField(default=list)
    format = models.CharField(max_length=10, choices=Format)
    price_cents = models.PositiveIntegerField(null=True)
    starts_on = models.DateField(null=True)
    approved_on = models.DateField(null=True)
    approved_until = models.DateField(null=True)
    terms = models.ForeignKey("programs.Terms", models.PROTECT, null=True, related_name="+")
    is_example = models.BooleanField(default=False)
    notes = models.TextField(blank=True, default="")

    objects = OfferingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "set", "title"], name="courses_offering_once"),
            models.CheckConstraint(condition=Q(format__in=Format.values), name="courses_offering_format_known"),
            models.CheckConstraint(
                condition=Q(approved_on__isnull=True, approved_until__isnull=True, terms__isnull=True)
                | Q(approved_on__isnull=False, approved_until__gt=F("approved_on"), terms__isnull=False),
                name="courses_offering_approved_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Agreement(models.Model):
    """One college's program whose graduates the program recognizes. Empty cells are not known to us. No personal data."""

    college = models.CharField(max_length=200)
    us_state = models.CharField(max_length=2, choices=PLACES)
    program = models.CharField(max_length=200, blank=True, default="")
    agreement_on = models.DateField(null=True)
    retroactive_to = models.DateField(null=True)
    conditions = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["college", "program"], name="courses_agreement_once"),
            models.CheckConstraint(
                condition=Q(retroactive_to__isnull=True) | Q(retroactive_to__lte=F("agreement_on")), name="courses_agreement_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.college


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Claims, narrowed to what somebody may see."""

    def visible_to(self, user: Any) -> Self:
        """Give a person's own claims; the office sees all."""
        return self if can_see_office(user) else self.filter(person=user)


class Claim(models.Model):
    """A candidate's word, with proof, that they finished an approved course; staff accept or refuse it.

    Personal data: the course, the day, the proof and the decision; kept as the record of the program.
    """

    TABLE = states.CLAIM

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="course_claims")
    candidacy = models.ForeignKey("candidates.Candidacy", models.PROTECT, related_name="+")
    offering = models.ForeignKey(Offering, models.PROTECT, related_name="claims")
    set = models.ForeignKey("programs.CompetencySet", models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ClaimState, default=ClaimState.CLAIMED)
    completed_on = models.DateField()
    proof = models.ForeignKey("people.Document", models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decision_reason = models.TextField(blank=True, default="")

    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ClaimState.values), name="courses_claim_state_known"),
            models.UniqueConstraint(
                fields=["candidacy", "set"],
                condition=Q(state__in=[ClaimState.CLAIMED, ClaimState.ACCEPTED]),
                name="courses_one_claim_for_a_set",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ClaimState.ACCEPTED, ClaimState.REFUSED]) | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="courses_claim_decided",
            ),
            models.CheckConstraint(condition=~Q(state=ClaimState.REFUSED) | ~Q(decision_reason=""), name="courses_claim_refused_why"),
            models.CheckConstraint(condition=~Q(decided_by=F("person")), name="courses_nobody_decides_own"),
        ]
        indexes: ClassVar = [
            # For the staff's queue and inbox: what waits for a decision, oldest first.
            models.Index(fields=["claimed_at", "id"], condition=Q(state=ClaimState.CLAIMED), name="courses_claims_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.offering} by {self.person}"
