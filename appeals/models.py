"""Appeals, days of receipt that staff noted, and the committee's yearly statements on conflicts of interest."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from appeals import states
from appeals.states import AppealState, DecisionKind, Response
from people.permissions import can_see_office, is_committee

HEARD = (AppealState.UPHELD, AppealState.REMANDED)


class AppealQuerySet(models.QuerySet["Appeal"]):
    """Appeals, narrowed to what someone may see."""

    def visible_to(self, user: Any) -> Self:
        """Give a person's own; the office and the committee see all but their own."""
        return self.exclude(person=user) if can_see_office(user) or is_committee(user) else self.filter(person=user)


class Appeal(models.Model):
    """One person's appeal against one decision; each date was promised under `terms` when its stage began, and never moves.

    `reference` is the row that was decided, in the app that `kind` tells. `made_by` are those who made the decision. `draft` are grounds
    that are not given yet, which only the person sees.
    Personal data: the decision, the grounds, and what the committees wrote; kept as the record of the program.
    """

    STATES = states.APPEAL

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="appeals")
    kind = models.CharField(max_length=12, choices=DecisionKind)
    reference = models.UUIDField()
    title = models.CharField(max_length=200)
    decided_on = models.DateField()
    made_by = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    terms = models.ForeignKey("programs.Terms", models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=AppealState, default=AppealState.NOTICED)
    received_on = models.DateField()
    notice_by = models.DateField()
    noticed_at = models.DateTimeField()
    noticed_on = models.DateField()
    reason = models.TextField()
    grounds_by = models.DateField()
    draft = models.TextField(blank=True, default="")
    draft_version = models.PositiveIntegerField(default=0)
    draft_at = models.DateTimeField(null=True)
    grounds = models.TextField(blank=True, default="")
    grounds_on = models.DateField(null=True)
    respond_by = models.DateField(null=True)
    response = models.CharField(max_length=10, choices=Response, blank=True, default="")
    response_text = models.TextField(blank=True, default="")
    responded_on = models.DateField(null=True)
    responded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decide_by = models.DateField(null=True)
    verdict_text = models.TextField(blank=True, default="")
    heard_at = models.DateTimeField(null=True)
    heard_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    ended_on = models.DateField(null=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=AppealState.values), name="appeals_state_known"),
            models.CheckConstraint(condition=Q(kind__in=DecisionKind.values), name="appeals_kind_known"),
            models.UniqueConstraint(fields=["kind", "reference", "decided_on"], name="appeals_one_for_a_decision"),
            models.CheckConstraint(condition=Q(received_on__gte=F("decided_on")), name="appeals_received_after_the_decision"),
            models.CheckConstraint(
                condition=~Q(state__in=[AppealState.GROUNDS_GIVEN, AppealState.RESPONDED, *HEARD])
                | Q(grounds_on__isnull=False, respond_by__isnull=False) & ~Q(grounds=""),
                name="appeals_grounds_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[AppealState.RESPONDED, *HEARD]) | Q(decide_by__isnull=False, response__in=Response.values),
                name="appeals_response_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=HEARD) | Q(heard_at__isnull=False, heard_by__isnull=False) & ~Q(verdict_text=""),
                name="appeals_heard_whole",
            ),
            models.CheckConstraint(condition=Q(heard_by__isnull=True) | ~Q(heard_by=F("person")), name="appeals_nobody_hears_own"),
            models.CheckConstraint(
                condition=Q(responded_by__isnull=True) | ~Q(responded_by=F("person")), name="appeals_nobody_answers_own"
            ),
            models.CheckConstraint(
                condition=Q(heard_by__isnull=True) | Q(responded_by__isnull=True) | ~Q(heard_by=F("responded_by")),
                name="appeals_two_stages_two_people",
            ),
        ]
        indexes: ClassVar = [
            # For the sweep appeals.forfeit and the reminder schedule appeals.grounds: whose grounds are due.
            models.Index(fields=["grounds_by"], condition=Q(state=AppealState.NOTICED), name="appeals_grounds_due"),
            # For the sweep appeals.stand_in and the queue: what waits for the first committee.
            models.Index(fields=["respond_by"], condition=Q(state=AppealState.GROUNDS_GIVEN), name="appeals_response_due"),
            # For the queue and the inbox: what waits for the second committee.
            models.Index(fields=["decide_by"], condition=Q(state=AppealState.RESPONDED), name="appeals_to_hear"),
            # For the inbox: what was sent back, and no one has noted as done.
            models.Index(fields=["heard_at"], condition=Q(state=AppealState.REMANDED, done_at=None), name="appeals_to_do"),
            # For the list of those that are over, newest first.
            models.Index(fields=["ended_on", "id"], condition=Q(ended_on__isnull=False), name="appeals_over"),
        ]

    def __str__(self) -> str:
        return f"Appeal about {self.title}"

    @property
    def matter(self) -> str:
        """What it is about, for others than the person."""
        return self.title.replace("your ", "the ", 1) if self.title.startswith("your ") else self.title


class Attachment(models.Model):
    """A file of an appeal, from the person or from those who answer. Personal data: the file; kept as the record of the program."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    appeal = models.ForeignKey(Appeal, models.CASCADE, related_name="files")
    document = models.OneToOneField("people.Document", models.PROTECT, related_name="+")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"File of {self.appeal_id}"


class Receipt(models.Model):
    """A later day on which a decision was received, as staff noted it, with the reason. Kept as the record of the program."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=DecisionKind)
    reference = models.UUIDField()
    decided_on = models.DateField()
    received_on = models.DateField()
    reason = models.TextField()
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "reference", "decided_on"], name="appeals_one_receipt"),
            models.CheckConstraint(condition=Q(received_on__gt=F("decided_on")), name="appeals_receipt_later"),
            models.CheckConstraint(condition=~Q(noted_by=F("person")), name="appeals_nobody_notes_own"),
        ]

    def __str__(self) -> str:
        return f"Received on {self.received_on}"


class Statement(models.Model):
    """A committee member's statement on conflicts of interest, signed each year. Kept as the record of the program."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    signed_on = models.DateField()
    holds_until = models.DateField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "signed_on"], name="appeals_one_statement_a_day")]

    def __str__(self) -> str:
        return f"Statement of {self.signed_on}"
