"""Completions that candidates claim."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from courses import states
from courses.models.catalog import Offering
from courses.models.providers import ProviderContact
from courses.states import DECIDED, LIVE, CompletionState


class CompletionQuerySet(models.QuerySet["Completion"]):
    """Completions, narrowed to what someone may see."""

    def visible_to(self, user: Any) -> Self:
        """Give a person's own; the office reads them behind its own guard."""
        return self.filter(person=user)


class Completion(models.Model):
    """One candidate's claim to have finished a course; `set` is the offering's, stored so that the database can hold it once.

    `part` is the number of the course in an offering of several, empty for all of them. It has a proof, or the provider confirms it.
    Personal data: what the person finished, the proof, and the decision; kept as the record of the program.
    """

    STATES = states.COMPLETION

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    candidacy = models.ForeignKey("candidates.Candidacy", models.PROTECT, related_name="completions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    offering = models.ForeignKey(Offering, models.PROTECT, related_name="completions")
    set = models.ForeignKey("programs.CompetencySet", models.PROTECT, related_name="+")
    completed_on = models.DateField()
    part = models.PositiveSmallIntegerField(null=True, blank=True)
    proof = models.ForeignKey("people.Document", models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_by = models.ForeignKey(ProviderContact, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=16, choices=CompletionState, default=CompletionState.ASKED)
    claimed_at = models.DateTimeField()
    accept_by = models.DateField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    refusal_text = models.TextField(blank=True, default="")

    objects = CompletionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=CompletionState.values), name="courses_completion_state"),
            models.UniqueConstraint(
                fields=["candidacy", "offering", "part"],
                condition=Q(state__in=LIVE),
                nulls_distinct=False,
                name="courses_one_live_completion",
            ),
            models.UniqueConstraint(
                fields=["candidacy", "set"], condition=Q(state__in=LIVE, part__isnull=True), name="courses_one_whole_completion"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[CompletionState.CLAIMED, CompletionState.ACCEPTED])
                | Q(proof__isnull=False)
                | Q(confirmed_by__isnull=False),
                name="courses_completion_proved",
            ),
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

    @property
    def title(self) -> str:
        """Give the title of the course, or of its one part; its number where the entry lost it before parts were kept."""
        if not self.part:
            return self.offering.title
        parts = self.offering.parts
        return str(parts[self.part - 1]) if self.part <= len(parts) else f"{self.offering.title}, part {self.part}"


class Confirmation(models.Model):
    """One provider's contact who is asked, by a link that works once, whether a candidate finished a course.

    Personal data: who was asked and what they answered; kept with the completion.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    completion = models.ForeignKey(Completion, models.CASCADE, related_name="confirmations")
    contact = models.ForeignKey(ProviderContact, models.PROTECT, related_name="confirmations")
    asked_on = models.DateField()
    expires_on = models.DateField()
    answered_at = models.DateTimeField(null=True, blank=True)
    is_confirmed = models.BooleanField(null=True)
    words = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["completion", "contact"], name="courses_confirmation_once"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, is_confirmed__isnull=True) | Q(answered_at__isnull=False, is_confirmed__isnull=False),
                name="courses_confirmation_answer_whole",
            ),
        ]
        indexes: ClassVar = [
            # For the reminders courses.confirmation: unanswered, by the day on which the link ends.
            models.Index(fields=["expires_on"], condition=Q(answered_at__isnull=True), name="courses_confirmations_due"),
        ]

    def __str__(self) -> str:
        return f"{self.contact} asked about {self.completion}"
