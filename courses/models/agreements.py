"""Agreements with colleges."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from courses.places import STATES


class Agreement(models.Model):
    """One college whose graduates need no further course or portfolio for what it covers. Empty: not known to us. No personal data."""

    college = models.CharField(max_length=200)
    state = models.CharField(max_length=2)
    program = models.CharField(max_length=200, blank=True, default="")
    agreement_on = models.DateField(null=True, blank=True)
    retroactive_to = models.DateField(null=True, blank=True)
    conditions = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["college", "program"], name="courses_agreement_once"),
            models.CheckConstraint(condition=Q(state__regex=r"^[A-Z]{2}$"), name="courses_agreement_state"),
            models.CheckConstraint(
                condition=Q(retroactive_to__isnull=True) | Q(agreement_on__isnull=False, retroactive_to__lte=F("agreement_on")),
                name="courses_agreement_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"Agreement with {self.college}"

    @property
    def place(self) -> str:
        """Give the name of the state."""
        return STATES.get(self.state, self.state)
