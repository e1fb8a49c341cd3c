"""Webinars, and who signed up for them."""

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q

from webinars import states
from webinars.states import GuestState, WebinarState


class Webinar(models.Model):
    """One online meeting of the program, for everyone. No personal data.

    `begins_on` is the day on which it begins in its `zone`: reminders count from it.
    """

    STATES = states.WEBINAR

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=12, choices=WebinarState, default=WebinarState.PLANNED)
    title = models.CharField(max_length=120)
    description = models.TextField()
    begins_at = models.DateTimeField()
    begins_on = models.DateField()
    zone = models.CharField(max_length=64)
    minutes = models.PositiveSmallIntegerField()
    join_url = models.URLField(max_length=300)
    seats = models.PositiveIntegerField(null=True)
    cancelled_because = models.TextField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["begins_at", "id"], name="webinars_webinar_begins")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=WebinarState.values), name="webinars_webinar_state"),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="webinars_webinar_has_length"),
            models.CheckConstraint(condition=Q(seats=None) | Q(seats__gt=0), name="webinars_webinar_has_seats"),
            models.CheckConstraint(
                condition=Q(state="planned", cancelled_because="") | (Q(state="cancelled") & ~Q(cancelled_because="")),
                name="webinars_webinar_cancelled_why",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def begins_there(self) -> datetime:
        """When it begins, by the clock of its zone."""
        return self.begins_at.astimezone(ZoneInfo(self.zone))


class Guest(models.Model):
    """One person who signed up for one webinar. Personal data: name and email address; kept with the email history.

    `person` is who was signed in, if anyone was. `since` is the day from which reminders count.
    """

    STATES = states.GUEST

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webinar = models.ForeignKey(Webinar, on_delete=models.PROTECT, related_name="guests")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="webinars")
    state = models.CharField(max_length=8, choices=GuestState, default=GuestState.COMING)
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    signed_up_at = models.DateTimeField()
    since = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["person"], name="webinars_guest_person", condition=Q(person__isnull=False))]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=GuestState.values), name="webinars_guest_state"),
            models.UniqueConstraint(fields=["webinar", "email"], name="webinars_guest_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} at {self.webinar_id}"
