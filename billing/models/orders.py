"""Institutions that pay for others: their purchase orders, the order lines in them, invoices, money that came in, and credit."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import F, Q

from billing import states
from billing.models.charges import Charge, FeeAmount
from billing.states import InvoiceState, OrderLineState, OrderState
from ledger.public_changes import note_public_change
from people.permissions import can_see_office
from people.search import Fold, folded, folded_index


class InvoiceTerms(models.Model):
    """How many days an institution has to pay, for invoices dated from a day on. No personal data."""

    effective_on = models.DateField(unique=True)
    net_days = models.PositiveSmallIntegerField()

    class Meta:
        triggers: ClassVar = [note_public_change()]
        constraints = [models.CheckConstraint(condition=Q(net_days__gt=0), name="billing_terms_leave_time")]

    def __str__(self) -> str:
        return f"{self.net_days} days from {self.effective_on}"


class Counter(models.Model):
    """The last number that was given out in one series. Locked by whoever takes the next, until their row is committed: no gaps."""

    name = models.CharField(max_length=20, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.last}"


class Payer(models.Model):
    """An institution that pays for people. No personal data but what its name and address tell."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    address = models.TextField(max_length=500)
    created_at = models.DateTimeField()
    folded = folded("name")

    class Meta:
        # For the office's search.
        indexes = [folded_index("billing_payer_find")]

    def __str__(self) -> str:
        return self.name


class PayerContact(models.Model):
    """Someone who acts for an institution: sees its orders, *paid* and *enrolled*, never results. Personal data: who works there."""

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="contacts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payer_contacts")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["payer", "person"], name="billing_contact_once")]

    def __str__(self) -> str:
        return f"{self.person} for {self.payer}"


class OrderQuerySet(models.QuerySet["PurchaseOrder"]):
    """Orders as a page may show them."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> "OrderQuerySet":
        """Those of one's institutions; all of them for those who see the office."""
        if can_see_office(user):
            return self
        return self.filter(payer__in=PayerContact.objects.filter(person_id=user.pk).values("payer")) if user.pk else self.none()


class PurchaseOrder(models.Model):
    """What an institution sends: its number, the people with what is paid for each, and the amount.

    Personal data: who ordered, and the document; kept seven years for the books.
    """

    STATES = states.ORDER

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="orders")
    contact = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="purchase_orders")
    state = models.CharField(max_length=10, choices=OrderState, default=OrderState.DRAFT)
    number = models.CharField(max_length=40)
    stated_cents = models.PositiveIntegerField()
    document = models.ForeignKey("people.Document", null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    returned_reason = models.TextField(blank=True, default="")

    objects = OrderQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["payer", "-started_at"], name="billing_order_payer"),
            # For the office's list, newest first.
            models.Index(fields=["started_at", "id"], name="billing_order_started"),
            # For the office's search.
            models.Index(Fold("number"), name="billing_order_number"),
            # For the staff's inbox.
            models.Index(fields=["sent_at"], name="billing_order_to_invoice", condition=Q(state="sent")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(sent_at__isnull=False), name="billing_order_sent_has_time"
            )
        ]

    def __str__(self) -> str:
        return f"Order {self.number} of {self.payer}"


def number_of(serial: int) -> str:
    """The number of an invoice as it stands on the paper."""
    return f"INV-{serial:05}"


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    """Invoices as a page may show them."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> "InvoiceQuerySet":
        """Those of one's institutions; all of them for those who see the office."""
        return self.filter(order__in=PurchaseOrder.objects.visible_to(user))


class Invoice(models.Model):
    """What we ask an institution to pay for one order, at the fees of the day on which it is dated. No personal data but its order's.

    `balance_cents` is what is still to pay: the order lines' amounts, less what lies on them. `due_on` was promised under `terms`.
    """

    STATES = states.INVOICE

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.OneToOneField(PurchaseOrder, on_delete=models.PROTECT, related_name="invoice")
    serial = models.PositiveIntegerField(unique=True)
    state = models.CharField(max_length=10, choices=InvoiceState, default=InvoiceState.OPEN)
    terms = models.ForeignKey(InvoiceTerms, on_delete=models.PROTECT, related_name="+")
    dated_on = models.DateField()
    due_on = models.DateField()
    amount_cents = models.PositiveIntegerField()
    balance_cents = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, blank=True, default="")
    stored = models.CharField(max_length=100, blank=True, default="")

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        indexes = [
            # For the reminder schedule billing.invoice_due and the staff's inbox.
            models.Index(fields=["due_on"], name="billing_invoice_due", condition=Q(state="open"))
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0, balance_cents__lte=F("amount_cents")), name="billing_invoice_balance_fits"
            ),
            models.CheckConstraint(
                condition=Q(state="open", balance_cents__gt=0) | (~Q(state="open") & Q(balance_cents=0)),
                name="billing_invoice_open_wants_money",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number as it stands on the paper."""
        return number_of(self.serial)


class OrderLine(models.Model):
    """One person in an order, with what is paid for them. Personal data: name and email address; kept seven years for the books.

    `person` is whose place it is, from the moment the address was confirmed as theirs: it stays so when they change the address.
    `held_cents` is money that lies on the order line now: it moves on to a charge when the line is used, or becomes the payer's credit.
    `charge` is what the order line is meant for, once that is known. `trouble` says why a paid order line can't be used.
    """

    STATES = states.ORDER_LINE

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="order_lines")
    position = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=OrderLineState, default=OrderLineState.LISTED)
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=states.FeeKind)
    member = models.BooleanField()
    fee = models.ForeignKey(FeeAmount, null=True, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.PositiveIntegerField(default=0)
    held_cents = models.PositiveIntegerField(default=0)
    charge = models.ForeignKey(Charge, null=True, on_delete=models.PROTECT, related_name="order_lines")
    covered_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=250, blank=True, default="")

    class Meta:
        indexes = [
            # For the matching of order lines and charges: `billing.actions.order_lines`.
            models.Index(fields=["email", "kind"], name="billing_order_line_waits", condition=Q(state__in=["due", "covered"])),
            models.Index(
                fields=["person", "kind"],
                name="billing_order_line_of_person",
                condition=Q(state__in=["due", "covered"], person__isnull=False),
            ),
            # For the sweep billing.match_order_lines: places of which no one knows yet whose they are.
            models.Index(
                fields=["email"],
                name="billing_order_line_unknown",
                condition=Q(state__in=["listed", "due", "covered"], person__isnull=True),
            ),
            # For the staff's inbox.
            models.Index(fields=["covered_at"], name="billing_order_line_trouble", condition=Q(state="covered") & ~Q(trouble="")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="billing_order_line_position_once"),
            models.UniqueConstraint(
                fields=["charge"], condition=Q(state__in=["due", "covered", "used"]), name="billing_order_line_one_for_a_charge"
            ),
            models.CheckConstraint(
                condition=Q(state="listed", fee=None, amount_cents=0, held_cents=0)
                | Q(state="due", fee__isnull=False, held_cents__lt=F("amount_cents"))
                | Q(state="covered", fee__isnull=False, held_cents=F("amount_cents"))
                | Q(state="used", fee__isnull=False, held_cents=0, charge__isnull=False)
                | Q(state="credited", fee__isnull=False, held_cents=0),
                name="billing_order_line_money_is_where_the_state_says",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.email})"


class InvoicePayment(models.Model):
    """Money for an invoice, as staff recorded it: a check, a transfer, or the payer's own credit. One that was reversed counts nowhere.

    No personal data.
    """

    STATES = states.INVOICE_PAYMENT

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="payments")
    state = models.CharField(
        max_length=10,
        choices=states.PayerPaymentState,
        default=states.PayerPaymentState.RECORDED,
        db_default=states.PayerPaymentState.RECORDED,
    )
    method = models.CharField(max_length=10, choices=states.PayerMethod)
    number = models.CharField(max_length=40, blank=True, default="")
    received_on = models.DateField()
    amount_cents = models.PositiveIntegerField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="billing_invoice_payment_positive"),
            models.CheckConstraint(
                condition=Q(method="credit", number="") | (~Q(method="credit") & ~Q(number="")), name="billing_invoice_payment_number"
            ),
            models.UniqueConstraint(
                fields=["invoice", "method", "number"], condition=~Q(number="") & ~Q(state="bounced"), name="billing_invoice_payment_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_cents} for {self.invoice_id}"


class CreditNote(models.Model):
    """The cancellation of order lines of an invoice, with a reason and a number of its own. No personal data but its order lines'."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="credit_notes")
    serial = models.PositiveIntegerField(unique=True)
    order_lines = models.ManyToManyField(OrderLine, related_name="credit_notes")
    dated_on = models.DateField()
    amount_cents = models.PositiveIntegerField()
    reason = models.CharField(max_length=500)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    stored = models.CharField(max_length=100, blank=True, default="")

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number as it stands on the paper."""
        return f"CN-{self.serial:05}"


class Credit(models.Model):
    """One change of what we owe an institution, in cents: added when positive; used, paid out or reversed when negative.

    `payment` is the one whose money, or whose taking back, changed it. No personal data.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="credits")
    source = models.CharField(max_length=10, choices=states.CreditSource)
    cents = models.IntegerField()
    invoice = models.ForeignKey(Invoice, null=True, on_delete=models.PROTECT, related_name="credits")
    payment = models.ForeignKey(InvoicePayment, null=True, on_delete=models.PROTECT, related_name="credits")
    refund = models.OneToOneField("billing.Refund", null=True, on_delete=models.PROTECT, related_name="credit")
    number = models.CharField(max_length=40, blank=True, default="")
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["payer", "-at"], name="billing_credit_payer")]
        constraints = [
            models.CheckConstraint(
                condition=Q(source__in=["used", "paid_out"], cents__lt=0)
                | (Q(source="bounced", payment__isnull=False) & ~Q(cents=0))
                | (~Q(source__in=["used", "paid_out", "bounced"]) & Q(cents__gt=0)),
                name="billing_credit_direction",
            ),
            models.CheckConstraint(
                condition=Q(source="refund", refund__isnull=False) | (~Q(source="refund") & Q(refund=None)), name="billing_credit_refund"
            ),
            models.UniqueConstraint(fields=["payer", "number"], condition=Q(source="paid_out"), name="billing_credit_check_once"),
        ]

    def __str__(self) -> str:
        return f"{self.cents} {self.source}"


class Enrollment(models.Model):
    """That a person was admitted, and on what day the last time, as the candidates' app told.

    Personal data: that someone is in the program; kept with their account.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()

    def __str__(self) -> str:
        return f"{self.person} since {self.on}"
