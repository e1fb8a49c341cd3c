"""The states of everything about money, and the sentence for each step."""

from django.db.models import TextChoices

from ledger.states import AuditEvent, StateMachine, Transition


class FeeKind(TextChoices):
    """What a fee is for. A certificate's renewal is missing until staff know its fee."""

    APPLICATION = "application", "Application and enrollment"
    PORTFOLIO = "portfolio", "Portfolio"
    COURSE_APPROVAL = "course_approval", "Course approval"
    COURSE_RENEWAL = "course_renewal", "Course approval renewal"
    CERTIFICATE_RENEWAL = "certificate_renewal", "Certificate renewal"


class Method(TextChoices):
    """How a charge was paid."""

    CARD = "card", "Card"
    CHECK = "check", "Check"
    ORDER = "order", "Purchase order"


class PayerMethod(TextChoices):
    """How an institution paid an invoice."""

    CHECK = "check", "Check"
    TRANSFER = "transfer", "Bank transfer"
    CREDIT = "credit", "Credit"


class PayerPaymentState(TextChoices):
    """Whether the money for an invoice that staff recorded is here."""

    RECORDED = "recorded", "Received"
    BOUNCED = "bounced", "Withdrawn"


class RefundMethod(TextChoices):
    """Which way money goes back: as it came."""

    CARD = "card", "To the card"
    CHECK = "check", "By check"
    CREDIT = "credit", "As credit for the payer"


class CreditSource(TextChoices):
    """Why an institution's credit changed."""

    OVERPAID = "overpaid", "Paid more than was owed"
    UNUSED = "unused", "A person was removed"
    DIFFERENCE = "difference", "A fee was lower"
    REFUND = "refund", "A fee was refunded"
    USED = "used", "Used for an invoice"
    PAID_OUT = "paid_out", "Paid back by check"
    BOUNCED = "bounced", "A payment was reversed"


class ChargeState(TextChoices):
    """Where a charge stands. Refunded means that the refund was decided; its own row says whether the money is back."""

    OPEN = "open", "To pay"
    SETTLED = "settled", "Paid"
    REFUNDED = "refunded", "Refunded"
    CANCELLED = "cancelled", "Canceled"


# What is charged once more when the same is done again.
OVER = (ChargeState.REFUNDED, ChargeState.CANCELLED)


class PaymentState(TextChoices):
    """Where one try to pay by card stands."""

    STARTED = "started", "Started"
    SUCCEEDED = "succeeded", "Paid"
    EXPIRED = "expired", "Not finished"
    DUPLICATE = "duplicate", "Paid twice"
    HELD = "held", "Does not match"
    CLOSED = "closed", "Closed by staff"
    RETURNED = "returned", "Refunded"
    LOST = "lost", "Reversed by the bank"
    BOUNCED = "bounced", "Withdrawn"


class RefundState(TextChoices):
    """Whether money is back with the person."""

    ASKED = "asked", "On its way"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    WITHDRAWN = "withdrawn", "Not needed"


class DisputeState(TextChoices):
    """Where a dispute stands, as Stripe tells it. An inquiry asks before any money is taken."""

    INQUIRY = "inquiry", "Bank inquiry"
    NEEDS_RESPONSE = "needs_response", "Needs an answer"
    UNDER_REVIEW = "under_review", "Under bank review"
    WON = "won", "Won"
    LOST = "lost", "Lost"
    CLOSED = "closed", "Closed without a loss"


class FraudWarningState(TextChoices):
    """Whether someone must still decide about a warning."""

    OPEN = "open", "To decide"
    CLOSED = "closed", "Closed"


class DiscrepancyState(TextChoices):
    """Whether someone must still look at a difference."""

    OPEN = "open", "To review"
    CLOSED = "closed", "Closed"


class OrderState(TextChoices):
    """Where a purchase order stands."""

    DRAFT = "draft", "Being written"
    SENT = "sent", "Under review"
    INVOICED = "invoiced", "Invoiced"
    WITHDRAWN = "withdrawn", "Withdrawn"


class InvoiceState(TextChoices):
    """Where an invoice stands. Overdue is a matter of dates, never stored."""

    OPEN = "open", "To pay"
    PAID = "paid", "Paid"
    CANCELLED = "cancelled", "Canceled"


class OrderLineState(TextChoices):
    """Where one person's place in an order stands. A covered order line waits for the person's fee of that kind."""

    LISTED = "listed", "Listed"
    DUE = "due", "Not paid yet"
    COVERED = "covered", "Paid"
    USED = "used", "Paid and used"
    CREDITED = "credited", "Withdrawn"


class OutageKind(TextChoices):
    """Why cards can't be taken."""

    SILENT = "silent", "The card company is not responding"
    KEY = "key", "The card company rejects our key"


class EventState(TextChoices):
    """What became of a message from Stripe."""

    RECEIVED = "received", "Received"
    HANDLED = "handled", "Handled"
    IGNORED = "ignored", "Ignored"


OWN = "This is your own payment. Another staff member must decide on it."
CHARGE = StateMachine(
    "billing.charge",
    Transition(
        "settle",
        {ChargeState.OPEN},
        ChargeState.SETTLED,
        "{person} paid {amount}: {description}.",
        refusal="This is already paid, or no longer owed. Nothing was charged.",
    ),
    Transition(
        "cancel",
        {ChargeState.OPEN},
        ChargeState.CANCELLED,
        "{actor} canceled the charge of {amount}: {description}.",
        refusal="Only a charge that is not paid yet can be canceled. A paid one can be refunded.",
    ),
    Transition(
        "cover",
        {ChargeState.OPEN},
        ChargeState.SETTLED,
        "{payer} paid {amount} for {person}: {description}.",
        refusal="This is already paid, or no longer owed.",
    ),
    Transition(
        "bounce",
        {ChargeState.SETTLED},
        ChargeState.OPEN,
        "{actor} reversed the payment of {amount} by {person}: {description}. It is due again.",
        refusal="This fee does not count as paid.",
    ),
    Transition("uncover", {ChargeState.SETTLED}, ChargeState.OPEN, "{payer} owes {amount} for {person} again: {description}."),
    Transition(
        "refund",
        {ChargeState.SETTLED},
        ChargeState.REFUNDED,
        "{actor} decided to refund {amount} to {person}: {description}.",
        refusal="Only a paid charge can be refunded, and only once.",
    ),
    Transition(
        "refund_outside",
        {ChargeState.SETTLED},
        ChargeState.REFUNDED,
        "All of {amount} from {person} was refunded in Stripe: {description}.",
    ),
    Transition(
        "reopen",
        {ChargeState.SETTLED},
        ChargeState.OPEN,
        "The bank of {person} reversed the payment. {amount} is due again: {description}.",
    ),
    Transition("regain", {ChargeState.OPEN}, ChargeState.SETTLED, "The bank of {person} returned {amount} to us: {description}."),
    impartial={"bounce", "refund"},
    own=OWN,
)

PAYMENT = StateMachine(
    "billing.payment",
    Transition(
        "settle",
        {PaymentState.STARTED, PaymentState.EXPIRED},
        PaymentState.SUCCEEDED,
        "The card company confirmed a payment of {amount}.",
    ),
    Transition("expire", {PaymentState.STARTED}, PaymentState.EXPIRED, "A card payment of {amount} was not finished. Nothing was charged."),
    Transition(
        "double",
        {PaymentState.STARTED, PaymentState.EXPIRED},
        PaymentState.DUPLICATE,
        "{person} paid {amount} that was no longer owed. It will be refunded to the card.",
    ),
    Transition(
        "hold",
        {PaymentState.STARTED, PaymentState.EXPIRED},
        PaymentState.HELD,
        "A card payment did not match and needs staff review. We expected {expected}.",
    ),
    Transition("record", {PaymentState.STARTED}, PaymentState.SUCCEEDED, "{actor} recorded check {number} of {amount} from {person}."),
    Transition(
        "record_double",
        {PaymentState.STARTED},
        PaymentState.DUPLICATE,
        "{actor} recorded check {number} of {amount} from {person}, which was no longer owed. It will be refunded.",
    ),
    Transition("cover", {PaymentState.STARTED}, PaymentState.SUCCEEDED, "Invoice {invoice} of {payer} paid {amount} for {person}."),
    Transition(
        "cover_double",
        {PaymentState.STARTED},
        PaymentState.DUPLICATE,
        "Invoice {invoice} of {payer} paid {amount} for {person}, which was no longer owed. It goes back to {payer} as credit.",
    ),
    Transition(
        "bounce",
        {PaymentState.SUCCEEDED},
        PaymentState.BOUNCED,
        "{actor} reversed check {number} for {amount} from {person}.",
        refusal="This check was already reversed, or its money was refunded.",
    ),
    Transition(
        "uncover", {PaymentState.SUCCEEDED}, PaymentState.BOUNCED, "Invoice {invoice} of {payer} no longer pays {amount} for {person}."
    ),
    Transition("refund", {PaymentState.SUCCEEDED}, PaymentState.RETURNED, "A payment of {amount} will be refunded."),
    Transition(
        "return_payment",
        {PaymentState.HELD},
        PaymentState.RETURNED,
        "{actor} decided to refund a card payment of {amount} that did not match.",
        refusal="This payment was already refunded or closed.",
    ),
    Transition(
        "close",
        {PaymentState.HELD},
        PaymentState.CLOSED,
        "{actor} closed a card payment that did not match.",
        refusal="Only a payment that does not match can be closed.",
    ),
    Transition(
        "refund_outside",
        {PaymentState.SUCCEEDED, PaymentState.HELD, PaymentState.CLOSED},
        PaymentState.RETURNED,
        "A payment of {amount} was refunded in Stripe.",
    ),
    Transition("lose", {PaymentState.SUCCEEDED}, PaymentState.LOST, "The bank of {person} took a payment of {amount} back."),
    Transition("regain", {PaymentState.LOST}, PaymentState.SUCCEEDED, "The bank of {person} returned a payment of {amount} to us."),
    Transition(
        "regain_double",
        {PaymentState.LOST},
        PaymentState.HELD,
        "The bank of {person} returned a payment of {amount} to us, which is no longer owed. It needs staff review.",
    ),
    impartial={"record", "record_double", "bounce", "return_payment", "close"},
    own=OWN,
    party="charge.person_id",
)

REFUND = StateMachine(
    "billing.refund",
    Transition(
        "finish",
        {RefundState.ASKED, RefundState.FAILED, RefundState.WITHDRAWN},
        RefundState.DONE,
        "The card company refunded {amount} to {person}.",
    ),
    Transition(
        "fail",
        {RefundState.ASKED, RefundState.DONE},
        RefundState.FAILED,
        "The card company could not refund {amount} to {person}. It said: {answer}",
    ),
    Transition(
        "ask_again",
        {RefundState.FAILED},
        RefundState.ASKED,
        "{actor} asked the card company again to refund {amount} to {person}.",
        refusal="Only a failed refund can be requested again.",
    ),
    Transition(
        "send_check",
        {RefundState.ASKED},
        RefundState.DONE,
        "{actor} sent check {number} for {amount} to {person}.",
        refusal="This refund was already sent.",
    ),
    Transition("credit", {RefundState.ASKED}, RefundState.DONE, "{amount} became credit of {payer}."),
    Transition(
        "close",
        {RefundState.FAILED},
        RefundState.DONE,
        "{actor} recorded that {amount} was returned to {person} in another way.",
        refusal="Only a failed refund can be closed.",
    ),
    Transition(
        "withdraw",
        {RefundState.ASKED, RefundState.FAILED},
        RefundState.WITHDRAWN,
        "A refund of {amount} to {person} is not needed: the money was returned in another way.",
    ),
    impartial={"ask_again", "send_check", "close"},
    own=OWN,
    party="payment.charge.person_id",
)

DISPUTE = StateMachine(
    "billing.dispute",
    Transition(
        "escalate",
        {DisputeState.INQUIRY, DisputeState.UNDER_REVIEW},
        DisputeState.NEEDS_RESPONSE,
        "The bank of {person} disputes {amount} and needs an answer.",
    ),
    Transition(
        "review",
        {DisputeState.INQUIRY, DisputeState.NEEDS_RESPONSE},
        DisputeState.UNDER_REVIEW,
        "The bank of {person} is reviewing our answer about {amount}.",
    ),
    Transition(
        "win",
        {DisputeState.INQUIRY, DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW, DisputeState.LOST},
        DisputeState.WON,
        "We won the dispute about {amount} of {person}.",
    ),
    Transition(
        "lose",
        {DisputeState.INQUIRY, DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW, DisputeState.WON},
        DisputeState.LOST,
        "We lost the dispute about {amount} of {person}.",
    ),
    Transition(
        "close",
        {DisputeState.INQUIRY, DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW},
        DisputeState.CLOSED,
        "The dispute about {amount} of {person} ended without a loss.",
    ),
)

FRAUD_WARNING = StateMachine(
    "billing.fraud_warning",
    Transition(
        "dismiss",
        {FraudWarningState.OPEN},
        FraudWarningState.CLOSED,
        "{actor} closed a fraud warning about a payment of {amount} by {person}.",
        refusal="This warning is already closed.",
    ),
    Transition(
        "close", {FraudWarningState.OPEN}, FraudWarningState.CLOSED, "A fraud warning about a payment of {amount} by {person} is settled."
    ),
    impartial={"dismiss"},
    own=OWN,
    party="payment.charge.person_id",
)

DISCREPANCY = StateMachine(
    "billing.discrepancy",
    Transition(
        "close",
        {DiscrepancyState.OPEN},
        DiscrepancyState.CLOSED,
        "{actor} closed a difference between Stripe and our books: {what}",
        refusal="This difference is already closed.",
    ),
    Transition("agree", {DiscrepancyState.OPEN}, DiscrepancyState.CLOSED, "Stripe and our books agree again about: {what}"),
    Transition("find", {DiscrepancyState.CLOSED}, DiscrepancyState.OPEN, "Stripe and our books differ: {what}"),
)

EVENT = StateMachine(
    "billing.event",
    Transition("handle", {EventState.RECEIVED}, EventState.HANDLED, "The card company's message {event} ({type}) was handled."),
    Transition("ignore", {EventState.RECEIVED}, EventState.IGNORED, "The card company's message {event} ({type}) was not for us."),
)

ORDER = StateMachine(
    "billing.order",
    Transition(
        "send",
        {OrderState.DRAFT},
        OrderState.SENT,
        "{actor} sent purchase order {number} of {payer} for {people}.",
        refusal="This order was already sent. Nothing was sent twice.",
    ),
    Transition(
        "send_back",
        {OrderState.SENT},
        OrderState.DRAFT,
        "{actor} sent purchase order {number} back to {payer}.",
        refusal="Only an order under staff review can be sent back.",
    ),
    Transition(
        "invoice",
        {OrderState.SENT},
        OrderState.INVOICED,
        "{actor} invoiced purchase order {number} of {payer}.",
        refusal="Only an order under staff review can be invoiced, and only once.",
    ),
    Transition(
        "withdraw",
        {OrderState.DRAFT, OrderState.SENT},
        OrderState.WITHDRAWN,
        "{actor} withdrew purchase order {number} of {payer}.",
        refusal="This order was already invoiced or withdrawn. Write to us about an invoice.",
    ),
)

INVOICE = StateMachine(
    "billing.invoice",
    Transition("settle", {InvoiceState.OPEN}, InvoiceState.PAID, "Invoice {number} of {payer} is paid in full."),
    Transition("reopen", {InvoiceState.PAID}, InvoiceState.OPEN, "{open} of invoice {number} of {payer} is due again."),
    Transition(
        "cancel",
        {InvoiceState.OPEN, InvoiceState.PAID},
        InvoiceState.CANCELLED,
        "{actor} canceled invoice {number} of {payer}.",
        refusal="This invoice is already canceled.",
    ),
)

INVOICE_PAYMENT = StateMachine(
    "billing.invoice_payment",
    Transition(
        "bounce",
        {PayerPaymentState.RECORDED},
        PayerPaymentState.BOUNCED,
        "{actor} reversed the payment of {amount} by {payer} for invoice {number}: {method} {reference}.",
        refusal="This payment was already reversed.",
    ),
)

ORDER_LINE = StateMachine(
    "billing.order_line",
    Transition(
        "invoice", {OrderLineState.LISTED}, OrderLineState.DUE, "Invoice {invoice} asks for {amount} for {name}: {kind}.", personal={"name"}
    ),
    Transition("cover", {OrderLineState.DUE}, OrderLineState.COVERED, "{payer} paid {amount} for {name}: {kind}.", personal={"name"}),
    Transition(
        "use",
        {OrderLineState.COVERED},
        OrderLineState.USED,
        "The payment for of {name} on invoice {invoice} paid a fee: {kind}.",
        personal={"name"},
    ),
    Transition(
        "uncover",
        {OrderLineState.COVERED, OrderLineState.USED},
        OrderLineState.DUE,
        "The payment for {name} on invoice {invoice} was reversed: {kind}.",
        personal={"name"},
    ),
    Transition(
        "double",
        {OrderLineState.COVERED},
        OrderLineState.CREDITED,
        "{name} had already paid, so the payment on invoice {invoice} became credit for {payer}.",
        personal={"name"},
    ),
    Transition(
        "credit",
        {OrderLineState.DUE, OrderLineState.COVERED},
        OrderLineState.CREDITED,
        "{actor} removed {name} from invoice {invoice}.",
        personal={"name"},
        refusal="This payment was already applied or removed. Refund the person’s fee instead.",
    ),
    Transition(
        "credit_used",
        {OrderLineState.USED},
        OrderLineState.CREDITED,
        "The fee of {name} went back to {payer} as credit.",
        personal={"name"},
    ),
)

AUDIT_EVENTS = [
    AuditEvent("billing.fee.add", "{actor} set the fee for {kind} from {effective_on}: {standard}, {member} for members."),
    AuditEvent("billing.fee.cancel", "{actor} canceled the upcoming fee for {kind} from {effective_on}."),
    AuditEvent("billing.terms.add", "{actor} set that invoices dated from {effective_on} are due after {days} days."),
    AuditEvent("billing.payer.open", "{actor} added the payer {payer}."),
    AuditEvent("billing.payer.contact", "{actor} made {person} a contact of {payer}."),
    AuditEvent("billing.order.start", "{actor} started purchase order {number} of {payer}."),
    AuditEvent("billing.order.change", "{actor} changed purchase order {number} of {payer}."),
    AuditEvent("billing.order.add_people", "{actor} added {people} to purchase order {number}."),
    AuditEvent("billing.order.remove_person", "{actor} removed {name} from purchase order {number}.", personal={"name"}),
    AuditEvent("billing.invoice.remind", "{actor} reminded {payer} of invoice {number}: {open} is still due."),
    AuditEvent("billing.invoice.pay", "{actor} recorded {amount} from {payer} for invoice {number}: {method} {reference}."),
    AuditEvent("billing.invoice.credit_note", "{actor} wrote credit note {note} of {amount} for invoice {number} of {payer}."),
    AuditEvent("billing.order_line.accept", "{actor} accepted {amount} as the fee of {person}, as invoice {invoice} has it."),
    AuditEvent("billing.credit.add", "{payer} has {amount} more credit: {why}."),
    AuditEvent("billing.credit.reduce", "{payer} has {amount} less credit: a payment for invoice {number} was reversed."),
    AuditEvent("billing.credit.pay_out", "{actor} paid {amount} of credit back to {payer} with check {number}."),
    AuditEvent("billing.charge.refund_part", "{actor} decided to refund {amount} of the fee to {person}: {description}."),
    AuditEvent("billing.charge.open", "A fee of {amount} is due from {person}: {description}."),
    AuditEvent("billing.payment.start", "{actor} started to pay {amount} by card: {description}."),
    AuditEvent("billing.charge.lose_part", "The bank of {person} took {amount} of the fee back: {description}."),
    AuditEvent("billing.dispute.open", "The bank of {person} questioned a payment of {amount}: {why}."),
    AuditEvent("billing.fraud_warning.open", "Stripe warns of fraud with a payment of {amount} by {person}: {why}."),
    AuditEvent("billing.discrepancy.open", "Stripe and our books differ: {what}"),
    AuditEvent("billing.refund.outside", "A refund of {amount} to {person} was made in Stripe."),
    AuditEvent("billing.refund.fit", "A refund to {person} is now {amount}, which is all that is left of the payment."),
    AuditEvent("billing.refund.ask", "A refund of {amount} to {person} was asked for."),
]
