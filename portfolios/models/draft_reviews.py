"""A draft that its candidate shares with staff for comments: no rating, no fee."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from portfolios import states
from portfolios.models.portfolios import Portfolio, Response
from portfolios.states import PreReviewState


class PreReview(models.Model):
    """One time that a candidate asked staff to look at a draft. Staff see the portfolio only while it is SHARED.

    Personal data: the question and the comments; kept with the portfolio.
    """

    STATES = states.PRE_REVIEW

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    portfolio = models.ForeignKey(Portfolio, on_delete=models.CASCADE, related_name="pre_reviews")
    state = models.CharField(max_length=10, choices=PreReviewState, default=PreReviewState.SHARED)
    question = models.TextField(blank=True, default="")
    asked_at = models.DateTimeField()
    answer_by = models.DateField()
    terms = models.ForeignKey("programs.Terms", on_delete=models.PROTECT, related_name="+")
    overall = models.TextField(blank=True, default="")
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["portfolio"], condition=Q(state=PreReviewState.SHARED), name="portfolios_prereview_one_open"),
            models.CheckConstraint(condition=Q(state=PreReviewState.SHARED) | Q(ended_at__isnull=False), name="portfolios_prereview_ended"),
            models.CheckConstraint(
                condition=~Q(state=PreReviewState.ANSWERED) | Q(answered_by__isnull=False), name="portfolios_prereview_answered_by"
            ),
        ]
        indexes = [
            # For the staff's inbox.
            models.Index(fields=["answer_by"], condition=Q(state=PreReviewState.SHARED), name="portfolios_to_look_at"),
        ]

    def __str__(self) -> str:
        return f"Pre-review {self.id}"


class Remark(models.Model):
    """What staff wrote about one response; the candidate reads it once the pre-review is answered. Personal data, kept with it."""

    pre_review = models.ForeignKey(PreReview, on_delete=models.CASCADE, related_name="remarks")
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="remarks")
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pre_review", "response"], name="portfolios_remark_once")]

    def __str__(self) -> str:
        return f"Remark {self.pk}"
