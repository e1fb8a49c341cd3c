"""Who speaks for a provider."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from courses import states
from courses.models.catalog import Provider
from courses.states import ContactState, ProviderKind

DECIDED = (ContactState.CONFIRMED, ContactState.REFUSED, ContactState.ENDED)


class ContactQuerySet(models.QuerySet["ProviderContact"]):
    """Contacts and requests to become one."""

    def visible_to(self, user: Any) -> Self:
        """Give a person's own."""
        return self.filter(person=user)

    def confirmed(self) -> Self:
        """Give those who speak for a provider now."""
        return self.filter(state=ContactState.CONFIRMED)


class ProviderContact(models.Model):
    """One person who speaks, or asks to speak, for one provider; `provider` is empty while a new one is not confirmed yet.

    Personal data: the person's post and statement; kept as the record of who spoke for the provider.
    """

    STATES = states.CONTACT

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="provider_contacts")
    provider = models.ForeignKey(Provider, models.PROTECT, null=True, blank=True, related_name="contacts")
    new_name = models.CharField(max_length=200, blank=True, default="")
    new_kind = models.CharField(max_length=24, choices=ProviderKind, blank=True, default="")
    new_state = models.CharField(max_length=2, blank=True, default="")
    post = models.CharField(max_length=200)
    note = models.TextField(blank=True, default="")
    state = models.CharField(max_length=12, choices=ContactState, default=ContactState.ASKED)
    asked_at = models.DateTimeField()
    answer_by = models.DateField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    refusal_text = models.TextField(blank=True, default="")

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=ContactState.values), name="courses_contact_state"),
            models.CheckConstraint(condition=Q(provider__isnull=False) | ~Q(new_name=""), name="courses_contact_of_somebody"),
            models.CheckConstraint(
                condition=~Q(state__in=[ContactState.CONFIRMED, ContactState.ENDED]) | Q(provider__isnull=False),
                name="courses_contact_confirmed_whole",
            ),
            models.UniqueConstraint(fields=["person"], condition=Q(state=ContactState.ASKED), name="courses_contact_one_request"),
            models.UniqueConstraint(fields=["person", "provider"], condition=Q(state=ContactState.CONFIRMED), name="courses_contact_once"),
            models.CheckConstraint(
                condition=~Q(state__in=DECIDED) | Q(decided_at__isnull=False, decided_by__isnull=False), name="courses_contact_decided"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("person")), name="courses_contact_nobody_decides_own"
            ),
        ]
        indexes: ClassVar = [
            # For the staff's inbox: requests that wait, the oldest first.
            models.Index(fields=["asked_at", "id"], condition=Q(state=ContactState.ASKED), name="courses_contacts_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.person} for {self.name}"

    @property
    def name(self) -> str:
        """Give the provider's name, also while it is new."""
        return self.provider.name if self.provider else self.new_name
