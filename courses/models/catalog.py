"""Providers with their offerings."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast

from courses.states import Format, Pace, ProviderKind
from ledger.public_changes import note_public_change
from people.places import STATES, written_place
from people.search import folded, folded_index


class Provider(models.Model):
    """Someone who teaches library courses; `state` is a postal code, "" where none applies. Personal data: a consultant's name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=24, choices=ProviderKind)
    state = models.CharField(max_length=2, blank=True, default="")
    folded = folded("name")

    class Meta:
        triggers: ClassVar = [note_public_change()]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=ProviderKind.values), name="courses_provider_kind"),
            models.CheckConstraint(condition=Q(state__regex=r"^([A-Z]{2})?$"), name="courses_provider_state"),
        ]
        # For the catalog's search.
        indexes: ClassVar = [folded_index("courses_provider_find")]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        """Give the name of the state, or nothing."""
        return STATES.get(self.state, self.state)


class Offering(models.Model):
    """One approved course, or several that belong together, for one set. Empty: unknown.

    The first and last day are those of the newest approval; all of them are its rows `approvals`. `promised_on` is the day on which the
    last day was entered. `city` with `state_code` or `country` is where students come; an online course has none. `is_example` marks what
    was made up for a demonstration; pages say so. Personal data: the name and address to ask about the course.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="offerings")
    set = models.ForeignKey("programs.CompetencySet", models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    parts = models.JSONField(default=list)
    format = models.CharField(max_length=12, choices=Format)
    price_cents = models.PositiveIntegerField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    pace = models.CharField(max_length=12, choices=Pace, blank=True, default="")
    dates = models.CharField(max_length=200, blank=True, default="")
    city = models.CharField(max_length=100, blank=True, default="")
    state_code = models.CharField(max_length=2, blank=True, default="")
    country = models.CharField(max_length=60, blank=True, default="")
    contact_name = models.CharField(max_length=120, blank=True, default="")
    contact_email = models.EmailField(blank=True, default="")
    website = models.URLField(blank=True, default="")
    approved_on = models.DateField(null=True, blank=True)
    approved_until = models.DateField(null=True, blank=True)
    promised_on = models.DateField(null=True, blank=True)
    is_example = models.BooleanField(default=False)
    notes = models.CharField(max_length=500, blank=True, default="")
    folded = folded("title", Cast("parts", models.TextField()), "city", "country")

    class Meta:
        triggers: ClassVar = [note_public_change()]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "set", "title"], name="courses_offering_once"),
            models.CheckConstraint(condition=Q(format__in=Format.values), name="courses_offering_format"),
            models.CheckConstraint(condition=Q(pace__in=["", *Pace.values]), name="courses_offering_pace"),
            models.CheckConstraint(
                condition=Q(approved_on__isnull=True, approved_until__isnull=True)
                | Q(approved_on__isnull=False, approved_until__isnull=False, approved_until__gt=F("approved_on")),
                name="courses_offering_approval_whole",
            ),
            models.CheckConstraint(condition=Q(state_code__regex=r"^([A-Z]{2})?$"), name="courses_offering_state"),
            models.CheckConstraint(condition=Q(state_code="") | Q(country=""), name="courses_offering_one_place"),
        ]
        indexes: ClassVar = [
            # For the reminders courses.approval: by the last day of the approval.
            models.Index(fields=["approved_until"], condition=Q(approved_until__isnull=False), name="courses_approvals_ending"),
            # For the catalog's search.
            folded_index("courses_offering_find"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def place(self) -> str:
        """Give where it is held: Columbus, Ohio; nothing for an online course, and where it is not known."""
        return written_place(self.city, self.state_code, self.country)
