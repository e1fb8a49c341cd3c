"""Completions that candidates claim."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from courses import states
from courses.models.catalog import Offering
from courses.states import DECIDED, LIVE, CompletionState


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
