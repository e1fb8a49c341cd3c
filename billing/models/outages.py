"""When Stripe was not there for us."""

import uuid

from django.db import models
from django.db.models import Q

from billing.states import OutageKind


class Outage(models.Model):
    """One time during which Stripe did not answer, or did not take our key. No personal data.

    `retry_at` is set once that is certain: until then it is not asked at all, and then by one alone. `answer` is in its own words.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=OutageKind)
    answer = models.CharField(max_length=250, blank=True, default="")
    failures = models.PositiveIntegerField(default=0)
    began_at = models.DateTimeField()
    retry_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ended_at"], condition=Q(ended_at=None), nulls_distinct=False, name="billing_one_outage")
        ]

    def __str__(self) -> str:
        return f"{self.kind} since {self.began_at}"
