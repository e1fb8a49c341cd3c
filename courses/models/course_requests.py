"""Requests for a course nearby."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from courses import states
from courses.states import CourseRequestState


class CourseRequest(models.Model):
    """Someone who looks for a course of one set at one place, and found none.

    Personal data: the address for the answer and the place; kept as long as the program plans courses with it.
    """

    STATES = states.WISH

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    email = models.EmailField()
    set = models.ForeignKey("programs.CompetencySet", models.PROTECT, null=True, blank=True, related_name="+")
    place = models.CharField(max_length=200)
    words = models.TextField(blank=True, default="")
    state = models.CharField(max_length=12, choices=CourseRequestState, default=CourseRequestState.OPEN)
    asked_at = models.DateTimeField()
    answer_by = models.DateField()
    answer = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=CourseRequestState.values), name="courses_request_state"),
            models.CheckConstraint(
                condition=Q(state=CourseRequestState.OPEN, answered_at__isnull=True)
                | Q(state=CourseRequestState.ANSWERED, answered_at__isnull=False, answered_by__isnull=False),
                name="courses_request_answered",
            ),
        ]
        indexes: ClassVar = [
            # For the staff's inbox: course requests that wait, the oldest first.
            models.Index(fields=["asked_at", "id"], condition=Q(state=CourseRequestState.OPEN), name="courses_request_waiting"),
            # For the staff's list: those that wait, then those that were answered, newest first.
            models.Index(fields=["state", "asked_at", "id"], name="courses_request_all"),
        ]

    def __str__(self) -> str:
        return f"A course near {self.place}"
