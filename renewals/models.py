"""Renewals with their activities and proofs, what was sent and sealed, and the seeds of the audit sample."""

import uuid
from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from people.permissions import can_see_office
from renewals import policy, states
from renewals.states import OPEN, UNDECIDED, ActivityKind, Mark, RenewalState

DECIDED = (RenewalState.APPROVED, RenewalState.REFUSED)


class RenewalQuerySet(models.QuerySet["Renewal"]):
    """Renewals, narrowed to what someone may see."""

    def visible_to(self, user: Any) -> Self:
        """Give a person's own; the office sees those that were sent."""
        return self.filter(sent_at__isnull=False) if can_see_office(user) else self.filter(person=user)


class Renewal(models.Model):
    """The renewal of one term of one certificate, open from the term's beginning; its dates were promised under `terms` and never move.

    `asked_by` is who on the staff asked for more; no one where the sample did.
    `pay_by` is the last day for the fee, promised at the sending where there is one.
    `counts_until` is the holder's day of the sending: nothing that was finished later counts, nor in an answer to what staff ask.
    `number` is that of the sending within the year of its seed, and decides with it whether the renewal is `sampled`.
    Personal data: what the person learned, and the decision on it; kept as the record of the program.
    """

    STATES = states.RENEWAL

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="renewals")
    certificate = models.ForeignKey("certificates.Certificate", models.PROTECT, related_name="renewals")
    terms = models.ForeignKey("programs.Terms", models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=RenewalState, default=RenewalState.DRAFT)
    first_day = models.DateField()
    expires_on = models.DateField()
    opens_on = models.DateField()
    grace_ends_on = models.DateField()
    opened_on = models.DateField()
    seed = models.ForeignKey("renewals.Seed", models.PROTECT, null=True, related_name="renewals")
    number = models.PositiveIntegerField(null=True)
    sampled = models.BooleanField(default=False)
    member_number = models.CharField(max_length=20, blank=True, default="")
    late_reason = models.TextField(blank=True, default="")
    sent_at = models.DateTimeField(null=True)
    sent_on = models.DateField(null=True)
    counts_until = models.DateField(null=True)
    pay_by = models.DateField(null=True)
    decide_by = models.DateField(null=True)
    asked_on = models.DateField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answer_by = models.DateField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decision_reason = models.TextField(blank=True, default="")

    objects = RenewalQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=RenewalState.values), name="renewals_state_known"),
            models.UniqueConstraint(fields=["certificate"], condition=~Q(state=RenewalState.APPROVED), name="renewals_one_open"),
            models.UniqueConstraint(fields=["certificate", "first_day"], name="renewals_one_for_a_term"),
            models.UniqueConstraint(fields=["seed", "number"], name="renewals_number_once"),
            models.CheckConstraint(
                condition=Q(first_day__lt=F("expires_on"), opens_on__gte=F("first_day"), grace_ends_on__gte=F("expires_on")),
                name="renewals_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state=RenewalState.DRAFT)
                | Q(sent_at__isnull=False, sent_on__isnull=False, counts_until__isnull=False, number__isnull=False, seed__isnull=False),
                name="renewals_sent_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[RenewalState.IN_REVIEW, RenewalState.ASKED]) | Q(decide_by__isnull=False),
                name="renewals_review_until",
            ),
            models.CheckConstraint(
                condition=~Q(state=RenewalState.ASKED) | Q(asked_on__isnull=False, answer_by__isnull=False), name="renewals_asked_until"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=DECIDED) | Q(decided_at__isnull=False, decided_by__isnull=False), name="renewals_decided"
            ),
            models.CheckConstraint(condition=~Q(state=RenewalState.REFUSED) | ~Q(decision_reason=""), name="renewals_refused_why"),
            models.CheckConstraint(condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("person")), name="renewals_nobody_decides_own"),
        ]
        indexes: ClassVar = [
            # For the reminder schedules renewals.expiry and renewals.grace: what is not sent, by the two days that they count from.
            models.Index(fields=["expires_on"], condition=Q(state__in=OPEN), name="renewals_expiring"),
            models.Index(fields=["grace_ends_on"], condition=Q(state__in=OPEN), name="renewals_grace_ending"),
            # For the reminder schedule renewals.fee, and the sweep renewals.hand_back: what waits for its fee, by the last day to pay.
            models.Index(fields=["pay_by"], condition=Q(state=RenewalState.AWAITING_PAYMENT), name="renewals_fee_due"),
            # For the reminder schedule renewals.answer, and the staff's inbox: what is asked for, by the day of the answer.
            models.Index(fields=["answer_by"], condition=Q(state=RenewalState.ASKED), name="renewals_answer_due"),
            # For the staff's queue and inbox: what waits for a decision, by its due date.
            models.Index(fields=["decide_by", "id"], condition=Q(state=RenewalState.IN_REVIEW), name="renewals_in_review"),
        ]

    def __str__(self) -> str:
        return f"Renewal of {self.person}"

    @property
    def dates(self) -> policy.Dates:
        """The days of the renewal, in policy's words."""
        return policy.Dates(first_day=self.first_day, expires_on=self.expires_on, opens_on=self.opens_on, grace_ends_on=self.grace_ends_on)

    @property
    def is_late(self) -> bool:
        """Whether it was sent after grace: it then asks to bring a lapsed certificate back."""
        return self.sent_on is not None and self.sent_on > self.grace_ends_on

    @property
    def is_undecided(self) -> bool:
        """Whether it was sent and no decision is there."""
        return self.state in UNDECIDED


class Activity(models.Model):
    """One thing that a holder did to learn, whole or a draft with gaps; `typed` keeps what was typed and could not be read.

    `sealed`: it was sent, and `sent` is what was. Staff see no other, and the holder changes it only where staff ask about it.

    Personal data: what the person learned, and what staff said of it; kept with the renewal.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    renewal = models.ForeignKey(Renewal, models.CASCADE, related_name="activities")
    kind = models.CharField(max_length=20, choices=ActivityKind)
    title = models.CharField(max_length=200)
    provider = models.CharField(max_length=200, blank=True, default="")
    amount = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    technology_minutes = models.PositiveIntegerField(default=0)
    completed_on = models.DateField(null=True)
    set = models.ForeignKey("programs.CompetencySet", models.PROTECT, null=True, related_name="+")
    learned = models.TextField(blank=True, default="")
    typed = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=0)
    added_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    sealed = models.BooleanField(default=False)
    sent = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    mark = models.CharField(max_length=10, choices=Mark, blank=True, default="")
    accepted_technology_minutes = models.PositiveIntegerField(null=True)
    comment = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=ActivityKind.values), name="renewals_activity_kind"),
            models.CheckConstraint(condition=Q(mark__in=["", *Mark.values]), name="renewals_activity_mark"),
            models.CheckConstraint(condition=~Q(title=""), name="renewals_activity_title"),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gt=0), name="renewals_activity_amount"),
            models.CheckConstraint(
                condition=Q(mark__in=["", Mark.ACCEPTED]) | ~Q(comment=""), name="renewals_activity_marked_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Proof(models.Model):
    """A document that shows an activity; `sealed`: it was sent, and staff see no other. Personal data: the file; kept with the renewal."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="proofs")
    document = models.ForeignKey("people.Document", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    sealed = models.BooleanField(default=False, db_default=False)

    def __str__(self) -> str:
        return f"Proof {self.id}"


class Sealed(models.Model):
    """What was sent, sealed: content that never changes, with the SHA-256 of its canonical JSON.

    Personal data: all of the renewal's; kept with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    renewal = models.ForeignKey(Renewal, models.PROTECT, related_name="copies")
    round = models.PositiveSmallIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["renewal", "round"], name="renewals_sealed_once")]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Seal {self.sha256[:12]}"


class Seed(models.Model):
    """What the audit sample of one year is drawn from: a secret while the year runs, published afterwards. No personal data."""

    year = models.PositiveSmallIntegerField(unique=True)
    seed = models.CharField(max_length=64)
    last_number = models.PositiveIntegerField(default=0)
    drawn_at = models.DateTimeField()

    class Meta:
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="seed_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.seed IS DISTINCT FROM NEW.seed OR OLD.year IS DISTINCT FROM NEW.year"),
            ),
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"Seed of {self.year}"
