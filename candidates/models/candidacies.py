"""Candidacies with their plan, and the sets that were achieved."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from candidates import states
from candidates.models.applications import Application, one_of
from candidates.states import CandidacyState, ExtensionState, HoursState, Way


class Candidacy(models.Model):
    """The time that an admitted person has to achieve six sets; its dates were promised under `terms` and never move by themselves.

    `provisional`: admitted as a graduate without the hours, which are still to be shown. `extended_on`: when the one extension was given,
    under `extension_terms`. `active_on`: the last day on which the candidate did something. `reuse_by`: by when staff decide which sets of
    an earlier candidacy count again; None when nothing is to be decided.

    Personal data: that the person is in the program, and since when; kept as the record of the program.
    """

    STATES = states.CANDIDACY

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="candidacies")
    application = models.OneToOneField(Application, models.PROTECT, related_name="candidacy")
    terms = models.ForeignKey("programs.Terms", models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=CandidacyState, default=CandidacyState.ACTIVE)
    admitted_on = models.DateField()
    ends_on = models.DateField()
    completed_on = models.DateField(null=True, blank=True)
    provisional = models.BooleanField(default=False)
    extended_on = models.DateField(null=True, blank=True)
    extension_terms = models.ForeignKey("programs.Terms", models.PROTECT, null=True, blank=True, related_name="+")
    active_on = models.DateField(null=True, blank=True)
    reuse_by = models.DateField(null=True, blank=True)

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
            models.CheckConstraint(
                condition=Q(extended_on__isnull=True, extension_terms__isnull=True)
                | Q(extended_on__isnull=False, extension_terms__isnull=False),
                name="candidates_extended_under_terms",
            ),
        ]
        indexes: ClassVar = [
            # For the sweep candidates.expire and the reminder schedule candidates.end: active candidacies by their last day.
            models.Index(fields=["ends_on"], condition=Q(state=CandidacyState.ACTIVE), name="candidates_to_expire"),
            # For the reminder schedule candidates.quiet: active candidacies by the last day on which the candidate did something.
            models.Index(fields=["active_on"], condition=Q(state=CandidacyState.ACTIVE), name="candidates_quiet"),
            # For the staff's inbox: candidacies with sets of an earlier one on which no one has decided.
            models.Index(fields=["reuse_by"], condition=Q(reuse_by__isnull=False), name="candidates_reuse_to_decide"),
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

    `first_on`: it was achieved on that day in an earlier candidacy, and staff let it count again on the day `on`.

    Personal data: what the person achieved; kept as the record of the program.
    """

    candidacy = models.ForeignKey(Candidacy, models.PROTECT, related_name="achievements")
    set = models.ForeignKey("programs.CompetencySet", models.PROTECT, related_name="+")
    on = models.DateField()
    way = models.CharField(max_length=12, choices=Way)
    source = models.UUIDField()
    first_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            one_of("way", Way, "candidates_achievement_way"),
            models.UniqueConstraint(fields=["candidacy", "set"], name="candidates_achieved_once"),
        ]

    def __str__(self) -> str:
        return f"{self.set} achieved"


class ExtensionRequest(models.Model):
    """One time that a candidate asked for more time under `terms`, and what staff decided; closed by the program when no one needs it.

    Personal data: the candidate's reasons, and the decision on them; kept with the candidacy.
    """

    STATES = states.EXTENSION

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    candidacy = models.ForeignKey(Candidacy, models.PROTECT, related_name="extension_requests")
    state = models.CharField(max_length=20, choices=ExtensionState, default=ExtensionState.ASKED)
    terms = models.ForeignKey("programs.Terms", models.PROTECT, null=True, blank=True, related_name="+")
    why = models.TextField()
    asked_at = models.DateTimeField()
    asked_on = models.DateField()
    decide_by = models.DateField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            one_of("state", ExtensionState, "candidates_extension_state"),
            models.UniqueConstraint(fields=["candidacy"], condition=Q(state=ExtensionState.ASKED), name="candidates_one_open_request"),
            models.CheckConstraint(
                condition=Q(state=ExtensionState.ASKED)
                | Q(state=ExtensionState.CLOSED, decided_at__isnull=False)
                | Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(reason=""),
                name="candidates_extension_decided_why",
            ),
        ]
        indexes: ClassVar = [
            # For the staff's inbox: requests that wait for a decision.
            models.Index(fields=["decide_by"], condition=Q(state=ExtensionState.ASKED), name="candidates_extension_waits"),
        ]

    def __str__(self) -> str:
        return f"Request for more time in the {self.candidacy}"


class Reuse(models.Model):
    """The decision of staff whether a set that was achieved in an earlier candidacy counts again, and why. Kept as the program's record."""

    candidacy = models.ForeignKey(Candidacy, models.PROTECT, related_name="reuses")
    earlier = models.ForeignKey(Achievement, models.PROTECT, related_name="+")
    counts = models.BooleanField()
    reason = models.TextField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["candidacy", "earlier"], name="candidates_reuse_decided_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="candidates_reuse_why"),
        ]

    def __str__(self) -> str:
        return f"Whether {self.earlier.set} counts again"


class HoursClaim(models.Model):
    """The hours that a provisional candidate shows after the admission: their jobs, copied from the application first.

    Personal data: employment, and what staff say of it; kept with the candidacy.
    """

    STATES = states.HOURS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    candidacy = models.OneToOneField(Candidacy, models.PROTECT, related_name="hours_claim")
    state = models.CharField(max_length=20, choices=HoursState, default=HoursState.DRAFT)
    sent_on = models.DateField(null=True, blank=True)
    decide_by = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            one_of("state", HoursState, "candidates_hours_state"),
            models.CheckConstraint(
                condition=Q(state=HoursState.DRAFT) | Q(sent_on__isnull=False, decide_by__isnull=False), name="candidates_hours_sent"
            ),
        ]
        indexes: ClassVar = [
            # For the staff's inbox: hours that wait for a decision.
            models.Index(fields=["decide_by"], condition=Q(state=HoursState.SENT), name="candidates_hours_wait"),
        ]

    def __str__(self) -> str:
        return f"Hours in the {self.candidacy}"
