"""The states of a renewal, their transitions, the words for what holders log, and the audit's sentences about it."""

from django.db import models

from ledger.states import AuditEvent, NotPossible, StateMachine, Transition
from renewals.policy import LearningKind


class RenewalState(models.TextChoices):
    """Where the renewal of one term is. In grace and lapsed are not here: they follow from its dates."""

    DRAFT = "draft", "Not sent yet"
    AWAITING_PAYMENT = "awaiting_payment", "Waiting for the fee"
    IN_REVIEW = "in_review", "Under review"
    ASKED = "asked", "More requested"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Refused"


class ActivityKind(models.TextChoices):
    """What someone did to learn, in people's words."""

    WORKSHOP = LearningKind.WORKSHOP.value, "Workshop or webinar"
    SELF_DIRECTED = LearningKind.SELF_DIRECTED.value, "Independent learning"
    CONFERENCE = LearningKind.CONFERENCE.value, "Conference"
    SEMESTER = LearningKind.SEMESTER.value, "College course, semester credits"
    QUARTER = LearningKind.QUARTER.value, "College course, quarter credits"
    CEU = LearningKind.CEU.value, "Course with CEUs"


class Mark(models.TextChoices):
    """What staff say of one activity."""

    ACCEPTED = "accepted", "Accepted"
    ASKED = "asked", "More requested"
    REFUSED = "refused", "Does not count"


# The holder has it, and may log and send; reminders go out for these.
OPEN = (RenewalState.DRAFT, RenewalState.REFUSED)
EDITABLE = (RenewalState.DRAFT, RenewalState.ASKED)
UNDECIDED = (RenewalState.AWAITING_PAYMENT, RenewalState.IN_REVIEW, RenewalState.ASKED)
GONE = "This renewal is not waiting for a decision. It may have been decided a moment ago."

RENEWAL = StateMachine(
    "renewals.renewal",
    Transition(
        "submit",
        {RenewalState.DRAFT},
        RenewalState.IN_REVIEW,
        "{actor} sent the renewal with {hours} contact hours, {technology} of them on technology. It has number {number}.",
        refusal="You already sent this renewal. Nothing was sent twice.",
    ),
    Transition(
        "send",
        {RenewalState.DRAFT},
        RenewalState.AWAITING_PAYMENT,
        "{actor} sent the renewal with {hours} contact hours, {technology} of them on technology. Its number is {number}. "
        "The fee is due by {pay_by}.",
        refusal="You already sent this renewal. Nothing was sent twice.",
    ),
    Transition(
        "wait",
        {RenewalState.DRAFT},
        RenewalState.AWAITING_PAYMENT,
        "{actor} sent the renewal with {hours} contact hours, {technology} of them on technology. Its number is {number}. "
        "It is on hold until staff set the fee.",
        refusal="You already sent this renewal. Nothing was sent twice.",
    ),
    Transition(
        "go_on",
        {RenewalState.AWAITING_PAYMENT},
        RenewalState.IN_REVIEW,
        "Staff decided that there is no renewal fee for {person}. Staff will answer by {decide_by}.",
        refusal="This renewal is not waiting for its fee.",
    ),
    Transition(
        "pay",
        {RenewalState.AWAITING_PAYMENT},
        RenewalState.IN_REVIEW,
        "{person} paid the renewal fee. Staff will answer by {decide_by}.",
        refusal="This renewal is not waiting for its fee.",
    ),
    Transition(
        "withdraw",
        {RenewalState.AWAITING_PAYMENT},
        RenewalState.DRAFT,
        "{actor} withdrew the renewal before the fee was paid.",
        refusal="Only a renewal that is waiting for its fee can be withdrawn.",
    ),
    Transition(
        "hand_back",
        {RenewalState.AWAITING_PAYMENT},
        RenewalState.DRAFT,
        "{person} did not pay the renewal fee by {pay_by}. The renewal was returned to be sent again.",
    ),
    Transition(
        "sample",
        {RenewalState.IN_REVIEW},
        RenewalState.ASKED,
        "The renewal of {person} was chosen for the sample. Documents for {items} are due by {answer_by}.",
        refusal="This renewal is not under review.",
    ),
    Transition(
        "ask",
        {RenewalState.IN_REVIEW},
        RenewalState.ASKED,
        "{actor} asked {person} for more on the renewal: {items}. The answer is due by {answer_by}.",
        refusal=GONE,
    ),
    Transition(
        "answer",
        {RenewalState.ASKED},
        RenewalState.IN_REVIEW,
        "{actor} answered what was asked about the renewal.",
        refusal="We are not asking you for anything now. You may have already answered.",
    ),
    Transition(
        "approve",
        {RenewalState.IN_REVIEW, RenewalState.ASKED},
        RenewalState.APPROVED,
        "{actor} approved the renewal of {person} with {hours} contact hours: the new term is from {first_day} to {expires_on}.",
        refusal=GONE,
    ),
    Transition(
        "refuse",
        {RenewalState.IN_REVIEW, RenewalState.ASKED},
        RenewalState.REFUSED,
        "{actor} refused the renewal of {person}. Accepted were {hours} contact hours.",
        refusal=GONE,
    ),
    Transition(
        "remand",
        # Also where the holder went on with it: what was sent, and is not sent again.
        {RenewalState.REFUSED, RenewalState.DRAFT},
        RenewalState.IN_REVIEW,
        "{actor} sent the renewal of {person} back to staff, after an appeal. Staff will answer by {decide_by}.",
        refusal="Only a refused renewal that has not been sent again can go back to staff.",
    ),
    Transition(
        "resume",
        {RenewalState.REFUSED},
        RenewalState.DRAFT,
        "{actor} reopened the renewal that was refused.",
        refusal="Only a refused renewal can be reopened.",
    ),
    impartial={"ask", "approve", "refuse", "remand"},
    own="This is your own renewal. Another staff member must decide on it.",
)

AUDIT_EVENTS = [
    AuditEvent("renewals.activity.decide", "{actor} decided on the activity “{title}” of {person}: {decision}.", personal={"title"}),
    AuditEvent("renewals.renewal.price", "The fee for the renewal of {person} is set: {fee}. It is due by {pay_by}."),
    AuditEvent(
        "renewals.renewal.open", "The renewal of {person} can be logged from {first_day}, and sent from {opens_on} to {grace_ends_on}."
    ),
    AuditEvent("renewals.renewal.follow", "The renewal of {person} continues under the new number {number}."),
    AuditEvent("renewals.seed.draw", "A seed for the sample of renewals in {year} was chosen. Its fingerprint is {fingerprint}."),
]


class WindowNotOpen(NotPossible):
    """It is too early to send the renewal."""


class NotReady(NotPossible):
    """Hours, answers or documents are missing."""


class NotRenewable(NotPossible):
    """The certificate does not stand: it is suspended, revoked or replaced."""


class NotEditable(NotPossible):
    """The renewal, or this activity of it, can't be changed now."""


class NotDecided(NotPossible):
    """What staff marked does not lead to this decision."""
