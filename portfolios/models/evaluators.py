"""Evaluators: how they apply, what they are approved for, what they take on, and the conflicts of interest that people declare."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from people.states import Role
from portfolios import states
from portfolios.states import ConflictKind, Ground, RequestState


class EvaluatorQuerySet(models.QuerySet["Evaluator"]):
    """Evaluators, by whether they rate now."""

    def in_role(self) -> Self:
        """Those who hold the role: the row stays when it ends."""
        return self.filter(person__groups__name=Role.EVALUATOR, person__is_active=True)


class Evaluator(models.Model):
    """A person who rates portfolios, with what they take on, and how far they are in the training.

    Personal data: employers, and the dates of a pause; kept as long as ratings of theirs are.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="evaluator")
    capacity_per_year = models.PositiveSmallIntegerField()
    employers = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    paused_until = models.DateField(null=True, blank=True)
    training = ArrayField(models.SlugField(max_length=20), default=list, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    trained_on = models.DateField(null=True, blank=True)

    objects = EvaluatorQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(capacity_per_year__gte=1), name="portfolios_evaluator_takes_some")]

    def __str__(self) -> str:
        return f"Evaluator {self.pk}"


class EvaluatorSet(models.Model):
    """The approval of one evaluator for one set; it holds for the same set in later versions of the framework.

    An evaluator may step back from a set and return: the approval stays. It goes when staff end that the person rates portfolios.
    """

    evaluator = models.ForeignKey(Evaluator, on_delete=models.CASCADE, related_name="sets")
    set = models.ForeignKey("programs.CompetencySet", on_delete=models.PROTECT, related_name="+")
    approved_on = models.DateField()
    stepped_back_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["evaluator", "set"], name="portfolios_evaluatorset_once")]

    def __str__(self) -> str:
        return f"Approval {self.pk}"


class EvaluatorApplication(models.Model):
    """One application to rate portfolios, with a request for each set. Personal data: resume and employers; kept with the account."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="evaluator_applications")
    resume = models.ForeignKey("people.Document", models.PROTECT, related_name="+")
    capacity_per_year = models.PositiveSmallIntegerField()
    employers = ArrayField(models.CharField(max_length=200), default=list)
    note = models.TextField(blank=True, default="")
    sent_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(capacity_per_year__gte=1), name="portfolios_application_takes_some")]

    def __str__(self) -> str:
        return f"Application {self.id}"


class SetRequest(models.Model):
    """The request of one applicant to rate one set, with the ground for it, and staff's decision."""

    STATES = states.SET_REQUEST

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(EvaluatorApplication, models.CASCADE, related_name="requests")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set = models.ForeignKey("programs.CompetencySet", models.PROTECT, related_name="+")
    ground = models.CharField(max_length=10, choices=Ground)
    words = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.ASKED)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    why = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "set"], condition=Q(state=RequestState.ASKED), name="portfolios_request_once"),
            models.CheckConstraint(condition=Q(ground__in=Ground.values), name="portfolios_request_ground"),
            models.CheckConstraint(
                condition=~Q(state__in=[RequestState.APPROVED, RequestState.REFUSED])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="portfolios_request_decided",
            ),
            models.CheckConstraint(condition=~Q(state=RequestState.REFUSED) | ~Q(why=""), name="portfolios_request_refused_why"),
            models.CheckConstraint(condition=Q(decided_by=None) | ~Q(decided_by=F("person")), name="portfolios_request_nobody_own"),
        ]
        indexes: ClassVar = [
            # For the staff's queue: applications with a set that is not decided.
            models.Index(fields=["application"], condition=Q(state=RequestState.ASKED), name="portfolios_requests_open"),
        ]

    def __str__(self) -> str:
        return f"Request {self.pk}"


class DeclaredConflictQuerySet(models.QuerySet["DeclaredConflict"]):
    """Declared conflicts, by whose they are."""

    def visible_to(self, user: Any) -> Self:
        """One's own that stand."""
        return self.filter(declared_by=user, withdrawn_at=None)


class DeclaredConflict(models.Model):
    """A person, an organization or a course that stands against a rating, as an evaluator or a candidate declared it.

    Personal data: whom someone named; read by staff only, kept with the account of the one who declared it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="declared_conflicts")
    kind = models.CharField(max_length=12, choices=ConflictKind)
    name = models.CharField(max_length=200, blank=True, default="")
    email = models.EmailField(max_length=254, blank=True, default="")
    declared_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = DeclaredConflictQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=ConflictKind.values), name="portfolios_conflict_kind"),
            models.CheckConstraint(condition=~Q(name="") | ~Q(email=""), name="portfolios_conflict_names_something"),
        ]
        indexes: ClassVar = [
            # For every check of a panel: what stands for these people.
            models.Index(fields=["declared_by"], condition=Q(withdrawn_at=None), name="portfolios_conflict_stands"),
        ]

    def __str__(self) -> str:
        return f"Declared conflict {self.id}"
