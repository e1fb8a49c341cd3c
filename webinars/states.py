"""Whether a webinar takes place, who comes, and the sentences in which that is told."""

from django.db import models

from ledger.states import AuditEvent, NotPossible, StateMachine, Transition


class WebinarState(models.TextChoices):
    """Whether it takes place."""

    PLANNED = "planned", "Takes place"
    CANCELLED = "cancelled", "Cancelled"


class GuestState(models.TextChoices):
    """Whether somebody comes."""

    COMING = "coming", "Comes"
    LEFT = "left", "Does not come"


class NoSeat(NotPossible):
    """It is full, running, past, or cancelled."""


WEBINAR = StateMachine(
    "webinars.webinar",
    Transition(
        "cancel",
        {WebinarState.PLANNED},
        WebinarState.CANCELLED,
        "{actor} cancelled the webinar “{title}”. {guests} had signed up.",
        refusal="This webinar is cancelled already.",
    ),
)
GUEST = StateMachine(
    "webinars.guest",
    Transition("leave", {GuestState.COMING}, GuestState.LEFT, "{name} does not come to the webinar “{title}”.", personal={"name"}),
    Transition("come_back", {GuestState.LEFT}, GuestState.COMING, "{name} signed up again for the webinar “{title}”.", personal={"name"}),
)
AUDIT_EVENTS = [
    AuditEvent("webinars.webinar.plan", "{actor} planned the webinar “{title}” for {begins}."),
    AuditEvent("webinars.webinar.change", "{actor} changed the webinar “{title}”. It begins on {begins}."),
    AuditEvent("webinars.guest.sign_up", "{name} signed up for the webinar “{title}”.", personal={"name"}),
]
