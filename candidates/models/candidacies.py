"""Candidacies with their plan, and the sets that were achieved."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from candidates import states
from candidates.models.applications import Application, one_of
from candidates.states import CandidacyState, Way


class Candidacy(models.Model):
    """The time that an admitted person has to achieve six sets; its dates were promised under `terms` and never move by themselves.

    `provisional`: admitted as a graduate without the hours, which are still to be shown.

    Personal data: that the person is in the program, and since when; kept as the record of the program.
    """

    TABLE = states.CANDIDACY

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="candidacies")
    application = models.OneToOneField(Application, models.PROTECT, related_name="candidacy")
    terms = models.ForeignKey("programs.Terms", models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=CandidacyState, default=CandidacyState.ACTIVE)
    admitted_on = models.DateField()
    ends_on = models.DateField()
    completed_on = models.DateField(null=True, blank=True)
    provisional = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            one_of("state", CandidacyState, "candidates_candidacy_state"),
            models.UniqueConstraint(fields=["person"], condition=Q(state=CandidacyState.ACTIVE), name="candidates_one_active_candidacy"),
            models.CheckConstraint(
                condition=Q(state=CandidacyState.COMPLETED, completed_on__isnull=False)
                | (~Q(state=CandidacyState.COMPLETED) & Q(completed_on__isnull=True)),
                name="candidates_completed_on_a_day",
            ),
            models.CheckConstraint(condition=Q(ends_on__gt=F("admitted_on")), name="candidates_candidacy_in_order"),
        ]
        indexes: ClassVar = [
            # For the sweep candidates.expire: active candidacies whose last day is over.
            models.Index(fields=["ends_on"], condition=Q(state=CandidacyState.ACTIVE), name="candidates_to_expire"),
        ]

    def __str__(self) -> str:
        return f"Candidacy of {self.person}"


class ChosenSet(models.Model):
    """One set on a candidate's plan, and the way in mind; "" while that is open."""

    candidacy = models.ForeignKey(Candidacy, models.CASCADE, related_name="chosen")
    set = models.ForeignKey("programs.CompetencySet", models.PROTECT, related_name="+")
    way = models.CharField(max_length=12, choices=Way, blank=True, default="")
    position = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])

    class Meta:
        constraints: ClassVar = [
            one_of("way", Way, "candidates_chosen_way", blank=True),
            models.UniqueConstraint(fields=["candidacy", "set"], name="candidates_chosen_once"),
        ]

    def __str__(self) -> str:
        return f"{self.set} on the plan"


class Achievement(models.Model):
    """A set that was achieved, on a day and by one way; `source` is the portfolio, completion or claim that earned it.

    Personal data: what the person achieved; kept as the record of the program.
    """

    candidacy = models.ForeignKey(Candidacy, models.PROTECT, related_name="achievements")
    set = models.ForeignKey("programs.CompetencySet", models.PROTECT, related_name="+")
    on = models.DateField()
    way = models.CharField(max_length=12, choices=Way)
    source = models.UUIDField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            one_of("way", Way, "candidates_achievement_way"),
            models.UniqueConstraint(fields=["candidacy", "set"], name="candidates_achieved_once"),
        ]

    def __str__(self) -> str:
        return f"{self.set} achieved"
