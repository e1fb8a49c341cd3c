"""Assignments with their ratings, and what an earlier panel decided."""

import uuid
from typing import Any, ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q, Subquery

from portfolios import states
from portfolios.models.evaluators import Evaluator
from portfolios.models.portfolios import Portfolio
from portfolios.policy import WORDS, Value
from portfolios.states import AssignmentState

LIVE = sorted(states.LIVE)
VALUES = [(value.value, WORDS[value]) for value in Value]
NOT_ONESELF = """
    IF EXISTS (
        SELECT FROM portfolios_evaluator evaluator, portfolios_portfolio portfolio
        JOIN candidates_candidacy candidacy ON candidacy.id = portfolio.candidacy_id
        WHERE evaluator.id = NEW.evaluator_id AND portfolio.id = NEW.portfolio_id AND candidacy.person_id = evaluator.person_id
    ) THEN
        RAISE EXCEPTION 'Nobody rates their own portfolio';
    END IF;
    RETURN NEW;
"""


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Assignments, by who may see them."""

    def of(self, user: Any) -> "AssignmentQuerySet":
        """Those that are or were someone's: of one that was, they read only that it is no longer theirs."""
        return self.filter(evaluator__person=user)

    def visible_to(self, user: Any) -> "AssignmentQuerySet":
        """One's own, while they are one's own; the evaluator is asked for first, so that an index gives their rows in order."""
        return self.filter(evaluator=Subquery(Evaluator.objects.filter(person=user).values("pk")), state__in=LIVE)


class Assignment(models.Model):
    """One evaluator's assignment at one portfolio: 1 and 2 rate everything, 3 rates where these differ. The candidate never sees whose.

    `panel` counts the panels: 2 is the fresh one after a decision was sent back.
    """

    STATES = states.ASSIGNMENT

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="assignments")
    evaluator = models.ForeignKey(Evaluator, on_delete=models.PROTECT, related_name="assignments")
    panel = models.PositiveSmallIntegerField(default=1)
    slot = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=AssignmentState.choices, default=AssignmentState.INVITED)
    invited_on = models.DateField()
    accept_by = models.DateField()
    accepted_on = models.DateField(null=True)
    rate_by = models.DateField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["portfolio", "slot"], condition=Q(state__in=LIVE), name="portfolios_assignment_slot"),
            models.UniqueConstraint(fields=["portfolio", "evaluator"], condition=Q(state__in=LIVE), name="portfolios_assignment_evaluator"),
            models.CheckConstraint(condition=Q(slot__in=[1, 2, 3]), name="portfolios_assignment_slots"),
            models.CheckConstraint(
                condition=~Q(state__in=[AssignmentState.ACCEPTED, AssignmentState.DONE])
                | Q(accepted_on__isnull=False, rate_by__isnull=False),
                name="portfolios_assignment_rate_by",
            ),
        ]
        indexes = [
            # For the lists of what waits for staff.
            models.Index(fields=["accept_by"], condition=Q(state=AssignmentState.INVITED), name="portfolios_unanswered"),
            models.Index(fields=["rate_by"], condition=Q(state=AssignmentState.ACCEPTED), name="portfolios_unrated"),
            # For an evaluator's list of what they rated, newest first.
            models.Index(fields=["evaluator", "finished_at", "id"], condition=Q(state=AssignmentState.DONE), name="portfolios_rated"),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="nobody_rates_themselves",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=NOT_ONESELF,
            )
        ]

    def __str__(self) -> str:
        return f"Assignment {self.id}"


class Rating(models.Model):
    """What one evaluator says about one competency in one round; a draft until `sent_at`.

    Personal data: the comment; kept with the portfolio.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="ratings")
    competency = models.ForeignKey("programs.Competency", on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    value = models.CharField(max_length=10, choices=VALUES, blank=True, default="")
    comment = models.TextField(blank=True, default="")
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "competency", "round"], name="portfolios_rating_once"),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(value__in=[value.value for value in Value]), name="portfolios_rating_sent"
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(value=Value.MET.value) | ~Q(comment=""), name="portfolios_rating_under_met_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"Rating {self.pk}"


class Ruling(models.Model):
    """What an earlier panel's ratings came to, before a portfolio was sent back to a fresh one; never changed. Kept with the portfolio."""

    portfolio = models.ForeignKey(Portfolio, on_delete=models.PROTECT, related_name="rulings")
    panel = models.PositiveSmallIntegerField()
    outcomes = models.JSONField()
    words = models.TextField()
    decided_on = models.DateField()
    remanded_at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["portfolio", "panel"], name="portfolios_ruling_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="portfolios_ruling_says_why"),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Ruling of panel {self.panel}"
