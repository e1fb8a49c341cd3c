"""The states of charges, payments, refunds and the card company's events, and the sentence for each step."""

from django.db.models import TextChoices

from ledger.states import Move, Table, Verb


class FeeKind(TextChoices):
    """What a fee is for. A certificate's renewal is missing until staff know its fee."""

    APPLICATION = "application", "Application and enrollment"
    PORTFOLIO = "portfolio", "Portfolio"
    COURSE_APPROVAL = "course_approval", "Course approval"
    COURSE_RENEWAL = "course_renewal", "Course approval renewal"


class ChargeState(TextChoices):
    """Where a charge stands. Refunded means that the refund was decided; its own row says whether the money is back."""

    OPEN = "open", "To pay"
    SETTLED = "settled", "Paid"
    REFUNDED = "refunded", "Refunded"
    CANCELLED = "cancelled", "Cancelled"


class PaymentState(TextChoices):
    """Where one try to pay by card stands."""

    STARTED = "started", "Started"
    SUCCEEDED = "succeeded", "Paid"
    EXPIRED = "expired", "Not finished"
    DUPLICATE = "duplicate", "Paid twice"
    HELD = "held", "Does not match"
    CLOSED = "closed", "Closed by staff"
    RETURNED = "returned", "Given back"


class RefundState(TextChoices):
    """Whether money is back with the person."""

    ASKED = "asked", "On its way"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class EventState(TextChoices):
    """What became of a message from the card company."""

    RECEIVED = "received", "Received"
    HANDLED = "handled", "Handled"
    IGNORED = "ignored", "Ignored"


CHARGE = Table(
    "billing.charge",
    Move(
        "settle",
        {ChargeState.OPEN},
        ChargeState.SETTLED,
        "{person} paid {amount}: {description}.",
        refusal="This is already paid, or no longer owed. Nothing was charged.",
    ),
    Move(
        "cancel",
        {ChargeState.OPEN},
        ChargeState.CANCELLED,
        "{actor} cancelled the charge of {amount}: {description}.",
        refusal="Only a charge that is not paid yet can be cancelled. A paid one can be refunded.",
    ),
    Move(
        "refund",
        {ChargeState.SETTLED},
        ChargeState.REFUNDED,
        "{actor} decided to refund {amount} to {person}: {description}.",
        refusal="Only a paid charge can be refunded, and only once.",
    ),
)

PAYMENT = Table(
    "billing.payment",
    Move(
        "settle",
        {PaymentState.STARTED, PaymentState.EXPIRED},
        PaymentState.SUCCEEDED,
        "The card company confirmed a payment of {amount}.",
    ),
    Move("expire", {PaymentState.STARTED}, PaymentState.EXPIRED, "A card payment of {amount} was not finished. Nothing was charged."),
    Move(
        "double",
        {PaymentState.STARTED, PaymentState.EXPIRED},
        PaymentState.DUPLICATE,
        "{person} paid {amount} that was no longer owed. It goes back to the card.",
    ),
    Move(
        "hold",
        {PaymentState.STARTED, PaymentState.EXPIRED},
        PaymentState.HELD,
        "A card payment did not match and waits for staff. We expected {expected}.",
    ),
    Move("refund", {PaymentState.SUCCEEDED}, PaymentState.RETURNED, "A payment of {amount} is to go back to the card."),
    Move(
        "give_back",
        {PaymentState.HELD},
        PaymentState.RETURNED,
        "{actor} decided to give back a card payment of {amount} that did not match.",
        refusal="This payment was already given back or closed.",
    ),
    Move(
        "close",
        {PaymentState.HELD},
        PaymentState.CLOSED,
        "{actor} closed a card payment that did not match.",
        refusal="Only a payment that does not match can be closed.",
    ),
)

REFUND = Table(
    "billing.refund",
    Move("finish", {RefundState.ASKED}, RefundState.DONE, "The card company gave {amount} back to {person}."),
    Move(
        "fail",
        {RefundState.ASKED, RefundState.DONE},
        RefundState.FAILED,
        "The card company could not give {amount} back to {person}. It said: {answer}",
    ),
    Move(
        "ask_again",
        {RefundState.FAILED},
        RefundState.ASKED,
        "{actor} asked the card company again to give {amount} back to {person}.",
        refusal="Only a failed refund can be asked for again.",
    ),
    Move(
        "close",
        {RefundState.FAILED},
        RefundState.DONE,
        "{actor} noted that {amount} went back to {person} in another way.",
        refusal="Only a failed refund can be closed.",
    ),
)

EVENT = Table(
    "billing.event",
    Move("handle", {EventState.RECEIVED}, EventState.HANDLED, "The card company's message {event} ({type}) was handled."),
    Move("ignore", {EventState.RECEIVED}, EventState.IGNORED, "The card company's message {event} ({type}) was not for us."),
)

VERBS = [
    Verb("billing.charge.open", "A fee of {amount} is due from {person}: {description}."),
    Verb("billing.payment.start", "{actor} started to pay {amount} by card: {description}."),
    Verb("billing.refund.ask", "A refund of {amount} to {person} was asked for."),
]
