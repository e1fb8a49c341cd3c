"""Portfolios with their responses, evidence and seals."""

import uuid
from datetime import date
from typing import Any, ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from people import permissions as roles
from portfolios import states
from portfolios.policy import WORDS, Outcome
from portfolios.states import State

DECIDED = sorted(states.DECIDED)
OUTCOMES = [(outcome.value, WORDS[outcome]) for outcome in Outcome]


class EvidenceKind(models.TextChoices):
    """How directly a piece of evidence shows the work."""

    PRIMARY = "primary", "Primary"
    SECONDARY = "secondary", "Secondary"


class PortfolioQuerySet(models.QuerySet["Portfolio"]):
    """Portfolios, by who may see them."""

    def of(self, user: Any) -> "PortfolioQuerySet":
        """The portfolios that this person writes."""
        return self.filter(candidacy__person=user)

    def in_office(self) -> "PortfolioQuerySet":
        """What staff may see: no one sees a portfolio until the candidate sends it."""
        return self.exclude(state=State.DRAFT)

    def visible_to(self, user: Any) -> "PortfolioQuerySet":
        """Those of one's own; for staff and auditors also the ones that were sent."""
        return self.in_office() if roles.can_see_office(user) else self.of(user)


class Portfolio(models.Model):
    """One candidate's portfolio for one set. Personal data: all that was written; kept with the candidate's file."""

    STATES = states.PORTFOLIO

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    candidacy = models.ForeignKey("candidates.Candidacy", on_delete=models.PROTECT, related_name="portfolios")
    framework = models.ForeignKey("programs.Framework", on_delete=models.PROTECT, related_name="+")
    set = models.ForeignKey("programs.CompetencySet", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    statement = models.TextField(blank=True, default="")
    statement_version = models.PositiveIntegerField(default=0)
    statement_saved_at = models.DateTimeField(null=True)
    answered = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    terms = models.ForeignKey("programs.Terms", null=True, on_delete=models.PROTECT, related_name="+")
    supplement_by = models.DateField(null=True)
    supplemented_at = models.DateTimeField(null=True)
    decided_on = models.DateField(null=True)
    reopened_on = models.DateField(null=True)
    panel = models.PositiveSmallIntegerField(default=1)
    rate_by: date | None  # where `queries.list_portfolios` found it

    objects = PortfolioQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["candidacy", "set"],
                condition=Q(reopened_on=None) & ~Q(state=State.WITHDRAWN),
                name="portfolios_portfolio_one_per_set",
            ),
            models.CheckConstraint(condition=Q(answered__lte=models.F("total")), name="portfolios_portfolio_answered"),
            models.CheckConstraint(
                condition=Q(state=State.DRAFT) | Q(sent_at__isnull=False, terms__isnull=False), name="portfolios_portfolio_sent_under_terms"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.ASKED) | Q(supplement_by__isnull=False), name="portfolios_portfolio_asked_until"
            ),
            models.CheckConstraint(
                condition=Q(state__in=DECIDED, decided_on__isnull=False) | (~Q(state__in=DECIDED) & Q(decided_on__isnull=True)),
                name="portfolios_portfolio_decided",
            ),
        ]
        indexes = [
            # For the sweep portfolios.close_supplements.
            models.Index(fields=["supplement_by"], condition=Q(state=State.ASKED), name="portfolios_supplement_due"),
            # For the sweep portfolios.close_unpaid.
            models.Index(fields=["sent_at"], condition=Q(state=State.AWAITING_PAYMENT), name="portfolios_unpaid"),
            # For the lists of what waits for staff.
            models.Index(fields=["state", "submitted_at"], name="portfolios_waiting"),
        ]

    def __str__(self) -> str:
        return f"Portfolio {self.id}"


class Response(models.Model):
    """The answer to one competency, by a suggestion or by an own approach, with what was added when evaluators asked for more.

    Personal data: what the candidate tells of their work; kept with the portfolio.
    """

    portfolio = models.ForeignKey(Portfolio, on_delete=models.CASCADE, related_name="responses")
    competency = models.ForeignKey("programs.Competency", on_delete=models.PROTECT, related_name="+")
    suggestion = models.ForeignKey("portfolios.Suggestion", null=True, on_delete=models.PROTECT, related_name="+")
    opening = models.TextField(blank=True, default="")
    narrative = models.TextField(blank=True, default="")
    finished = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=OUTCOMES, blank=True, default="")
    asked = models.BooleanField(default=False)
    addition = models.TextField(blank=True, default="")
    addition_version = models.PositiveIntegerField(default=0)
    addition_saved_at = models.DateTimeField(null=True)
    pieces: int  # where `queries.list_responses` counted them

    class Meta:
        constraints = [models.UniqueConstraint(fields=["portfolio", "competency"], name="portfolios_response_once")]

    def __str__(self) -> str:
        return f"Response {self.pk}"


class Evidence(models.Model):
    """One file or link that shows the work, for one or more responses; `round` 2 came when more was asked for.

    Personal data: the file or address, and the candidate's note; kept with the portfolio.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    portfolio = models.ForeignKey(Portfolio, on_delete=models.CASCADE, related_name="evidence")
    document = models.ForeignKey("people.Document", null=True, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=1100, blank=True, default="")
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=EvidenceKind.choices)
    own_part = models.TextField(blank=True, default="")
    round = models.PositiveSmallIntegerField(default=1)
    added_at = models.DateTimeField()
    responses = models.ManyToManyField(Response, related_name="evidence")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(round__in=[1, 2]), name="portfolios_evidence_round"),
            models.CheckConstraint(
                condition=Q(document__isnull=False, address="") | (Q(document=None) & ~Q(address="")),
                name="portfolios_evidence_file_or_link",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Snapshot(models.Model):
    """What was sent in one round, sealed: content that never changes, with the SHA-256 of its canonical JSON.

    Personal data: all of the portfolio's; kept with it.
    """

    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="snapshots")
    round = models.PositiveSmallIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["portfolio", "round"], name="portfolios_snapshot_once"),
            models.CheckConstraint(condition=Q(round__in=[1, 2]), name="portfolios_snapshot_round"),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Seal {self.sha256[:12]}"
