"""What helps a candidate to plan: development suggestions, and their own private marks."""

import uuid
from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from ledger.public_changes import note_public_change


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    """Suggestions, by the day."""

    def in_force(self, on: date) -> "SuggestionQuerySet":
        """What is offered on a day."""
        return self.filter(Q(until_on=None) | Q(until_on__gte=on), from_on__lte=on)


class Suggestion(models.Model):
    """One development suggestion: an idea for showing a competency, offered from a day until a day. No personal data.

    A row never changes its words, since responses refer to it: another wording is another row. `ours`: not the program's own words.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    competency = models.ForeignKey("programs.Competency", on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    ours = models.BooleanField(default=False)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        triggers: ClassVar = [note_public_change()]
        constraints = [
            models.CheckConstraint(condition=Q(until_on=None) | Q(until_on__gte=models.F("from_on")), name="portfolios_suggestion_days"),
            models.CheckConstraint(condition=~Q(text=""), name="portfolios_suggestion_says_something"),
        ]

    def __str__(self) -> str:
        return self.text


class PlannerMark(models.Model):
    """ "I can do that": what a person thinks of one competency. Private: no page shows it to anyone else. Kept until it is withdrawn."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="planner_marks")
    competency = models.ForeignKey("programs.Competency", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "competency"], name="portfolios_plannermark_once")]

    def __str__(self) -> str:
        return f"Mark {self.pk}"
