"""Providers with their offerings, agreements with colleges, and completions that candidates claim."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from courses import states
from courses.places import STATES
from courses.states import DECIDED, LIVE, CompletionState, Format, ProviderKind


class Provider(models.Model):
    """Somebody who teaches library courses; `state` is a postal code, "" where none applies. Personal data: a consultant's name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=24, choices=ProviderKind)
    state = models.CharField(max_length=2, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=ProviderKind.values), name="courses_provider_kind"),
            models.CheckConstraint(condition=Q(state__regex=r"^([A-Z]{2})?$"), name="courses_provider_state"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        """Give the name of the state, or nothing."""
        return STATES.get(self.state, self.state)


class Offering(models.Model):
    """One approved course, or several that belong together, for one set. Empty: not known to us. No personal data.

    `is_example` marks what was made up for a demonstration; pages say so.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="offerings")
    set = models.ForeignKey("programs.CompetencySet", models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    parts = models.JSONField(default=list)
    format = models.CharField(max_length=12, choices=Format)
    price_cents = models.PositiveIntegerField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    approved_on = models.DateField(null=True, blank=True)
    approved_until = models.DateField(null=True, blank=True)
    is_example = models.BooleanField(default=False)
    notes = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "set", "title"], name="courses_offering_once"),
            models.CheckConstraint(condition=Q(format__in=Format.values), name="courses_offering_format"),
            models.CheckConstraint(
                condition=Q(approved_on__isnull=True, approved_until__isnull=True)
                | Q(approved_on__isnull=False, approved_until__isnull=False, approved_until__gt=F("approved_on")),
                name="courses_offering_approval_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Agreement(models.Model):
    """One college whose graduates need no further course or portfolio for what it covers. Empty: not known to us. No personal data."""

    college = models.CharField(max_length=200)
    state = models.CharField(max_length=2)
    program = models.CharField(max_length=200, blank=True, default="")
    agreement_on = models.DateField(null=True, blank=True)
    retroactive_to = models.DateField(null=True, blank=True)
    conditions = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["college", "program"], name="courses_agreement_once"),
            models.CheckConstraint(condition=Q(state__regex=r"^[A-Z]{2}$"), name="courses_agreement_state"),
            models.CheckConstraint(
                condition=Q(retroactive_to__isnull=True) | Q(agreement_on__isnull=False, retroactive_to__lte=F("agreement_on")),
                name="courses_agreement_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"Agreement with {self.college}"

    @property
    def place(self) -> str:
        """Give the name of the state."""
        return STATES.get(self.state, self.state)


class CompletionQuerySet(models.QuerySet["Completion"]):
    """Completions, narrowed to what somebody may see."""

    def visible_to(self, user: Any) -> Self:
        """Give a person's own; the office reads them behind its own guard."""
        return self.filter(person=user)


class Completion(models.Model):
    """One candidate's claim to have finished a course; `set` is the offering's, stored so that the database can hold it once.

    Personal data: what the person finished, the proof, and the decision; kept as the record of the program.
    """

    TABLE = states.COMPLETION

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    candidacy = models.ForeignKey("candidates.Candidacy", models.PROTECT, related_name="completions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    offering = models.ForeignKey(Offering, models.PROTECT, related_name="completions")
    set = models.ForeignKey("programs.CompetencySet", models.PROTECT, related_name="+")
    completed_on = models.DateField()
    proof = models.ForeignKey("people.Document", models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=CompletionState, default=CompletionState.CLAIMED)
    claimed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    refusal_text = models.TextField(blank=True, default="")

    objects = CompletionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=CompletionState.values), name="courses_completion_state"),
            models.UniqueConstraint(fields=["candidacy", "set"], condition=Q(state__in=LIVE), name="courses_one_live_completion"),
            models.CheckConstraint(
                condition=Q(state__in=DECIDED, decided_at__isnull=False, decided_by__isnull=False)
                | (~Q(state__in=DECIDED) & Q(decided_at__isnull=True, decided_by__isnull=True)),
                name="courses_completion_decided",
            ),
            models.CheckConstraint(condition=Q(state=CompletionState.REFUSED) ^ Q(refusal_text=""), name="courses_completion_refused_why"),
            models.CheckConstraint(condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("person")), name="courses_nobody_decides_own"),
        ]
        indexes: ClassVar = [
            # For the staff's queue and inbox: what waits for a decision, the oldest first.
            models.Index(fields=["claimed_at", "id"], condition=Q(state=CompletionState.CLAIMED), name="courses_to_decide"),
        ]

    def __str__(self) -> str:
        return f"{self.offering} finished by {self.person}"
