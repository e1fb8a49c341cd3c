"""Whether a webinar takes place, who comes, and the audit's sentences."""

from django.db import models

from ledger.states import AuditEvent, NotPossible, StateMachine, Transition


class WebinarState(models.TextChoices):
    """Whether it takes place."""

    PLANNED = "planned", "Scheduled"
    CANCELLED = "cancelled", "Canceled"


class GuestState(models.TextChoices):
    """Whether someone comes."""

    COMING = "coming", "Comes"
    LEFT = "left", "Canceled"


class NoSeat(NotPossible):
    """It is full, running, past, or cancelled."""


WEBINAR = StateMachine(
    "webinars.webinar",
    Transition(
        "cancel",
        {WebinarState.PLANNED},
        WebinarState.CANCELLED,
        "{actor} canceled the webinar “{title}”. {guests} had signed up.",
        refusal="This webinar is already canceled.",
    ),
)
GUEST = StateMachine(
    "webinars.guest",
    Transition("leave", {GuestState.COMING}, GuestState.LEFT, "{name} canceled their spot in the webinar “{title}”.", personal={"name"}),
    Transition("come_back", {GuestState.LEFT}, GuestState.COMING, "{name} signed up again for the webinar “{title}”.", personal={"name"}),
)
AUDIT_EVENTS = [
    AuditEvent("webinars.webinar.plan", "{actor} planned the webinar “{title}” for {begins}."),
    AuditEvent("webinars.webinar.change", "{actor} changed the webinar “{title}”. It begins on {begins}."),
    AuditEvent("webinars.guest.sign_up", "{name} signed up for the webinar “{title}”.", personal={"name"}),
]
