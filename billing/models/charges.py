"""What things cost, who owes what, how it was paid and refunded, and what Stripe told us."""

import uuid
from datetime import date, datetime
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from billing import policy, states
from ledger.public_changes import note_public_change
from people.permissions import can_see_office


def _office_day(at: datetime) -> date:
    return timezone.localdate(at, timezone.get_default_timezone())


class FeeAmount(models.Model):
    """What one kind of thing costs from a day on. Never changed: a new price is a new row. No personal data."""

    kind = models.CharField(max_length=20, choices=states.FeeKind)
    standard_cents = models.PositiveIntegerField()
    member_cents = models.PositiveIntegerField()
    effective_on = models.DateField()

    class Meta:
        triggers: ClassVar = [note_public_change(), pgtrigger.Protect(name="fee_never_changes", operation=pgtrigger.Update)]
        constraints = [
            models.UniqueConstraint(fields=["kind", "effective_on"], name="billing_fee_once_a_day"),
            models.CheckConstraint(
                condition=Q(standard_cents__gte=F("member_cents")) & (Q(member_cents__gt=0) | Q(kind="certificate_renewal")),
                name="billing_fee_members_pay_no_more",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} from {self.effective_on}"


class ChargeQuerySet(models.QuerySet["Charge"]):
    """Charges as a page may show them."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> "ChargeQuerySet":
        """One's own; all of them for those who see the office."""
        if can_see_office(user):
            return self
        return self.filter(person_id=user.pk) if user.pk else self.none()


class Charge(models.Model):
    """One sum that one person owes, or owed. Personal data: who paid what and when; kept seven years for the books.

    `refunded_cents` is what was decided to refund: a part while the charge is settled, all of it once it is refunded. `lost_cents` is
    a part that a bank took back; when it takes all, the charge is open again.
    `purpose` and `reference` say in another app's words what it is for; billing never looks behind them.
    """

    STATES = states.CHARGE

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="charges")
    purpose = models.CharField(max_length=80)
    reference = models.UUIDField()
    fee = models.ForeignKey(FeeAmount, on_delete=models.PROTECT, related_name="charges")
    member = models.BooleanField()
    priced_on = models.DateField()
    description = models.CharField(max_length=200)
    amount_cents = models.PositiveIntegerField()
    refunded_cents = models.PositiveIntegerField(default=0)
    lost_cents = models.PositiveIntegerField(default=0)
    return_path = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=states.ChargeState, default=states.ChargeState.OPEN)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    objects = ChargeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "-created_at", "-id"], name="billing_charge_person")]
        constraints = [
            models.UniqueConstraint(fields=["purpose", "reference"], condition=~Q(state__in=states.OVER), name="billing_charge_once"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="billing_charge_positive"),
            models.CheckConstraint(condition=Q(amount_cents__gte=F("refunded_cents") + F("lost_cents")), name="billing_charge_refunds_fit"),
            models.CheckConstraint(
                condition=Q(state__in=["settled", "refunded"], settled_at__isnull=False)
                | Q(state__in=["open", "cancelled"], settled_at=None),
                name="billing_charge_settled_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.description} ({self.state})"

    @property
    def left_cents(self) -> int:
        """What of a paid charge was neither decided to be refunded nor reversed."""
        return self.amount_cents - self.refunded_cents - self.lost_cents

    @property
    def code(self) -> str:
        """The reference that a person writes on a check: the start of the charge's id."""
        return self.id.hex[:8].upper()

    @property
    def receipt_number(self) -> str:
        """The number on the receipt: the day of payment and the charge's code."""
        return f"{self.paid_on:%Y%m%d}-{self.code}"

    @property
    def paid_on(self) -> date | None:
        """The day of payment where the program is: a receipt says the same day to everyone who reads it."""
        return _office_day(self.settled_at) if self.settled_at else None


class Payment(models.Model):
    """One try to pay one charge: by card, by a check that staff recorded, or by an order line of a purchase order.

    Personal data: Stripe's numbers for it, or a check's; kept as long as its charge. `settled_at` is set on the one payment
    that settles the charge; `received_cents` on every one that brought money, in the smallest unit of `currency`: yen are no dollars, and
    only held. Only a card has a page that expires.
    """

    STATES = states.PAYMENT

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="payments")
    state = models.CharField(max_length=10, choices=states.PaymentState, default=states.PaymentState.STARTED)
    method = models.CharField(max_length=10, choices=states.Method, default=states.Method.CARD)
    number = models.CharField(max_length=40, blank=True, default="")
    received_on = models.DateField(null=True)
    order_line = models.ForeignKey("billing.OrderLine", null=True, on_delete=models.PROTECT, related_name="payments")
    amount_cents = models.PositiveIntegerField()
    received_cents = models.PositiveIntegerField(null=True)
    currency = models.CharField(max_length=3, default=policy.CURRENCY)
    session = models.CharField(max_length=255, blank=True, default="")
    intent = models.CharField(max_length=255, blank=True, default="", db_index=True)
    stripe_charge = models.CharField(max_length=255, blank=True, default="")
    url = models.TextField(blank=True, default="")
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    next_look_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=250, blank=True, default="")

    class Meta:
        indexes = [
            # For the sweep billing.look_again: payments to ask Stripe about.
            models.Index(fields=["next_look_at"], name="billing_payment_look", condition=Q(next_look_at__isnull=False)),
            # For the staff's inbox.
            models.Index(fields=["started_at"], name="billing_payment_held", condition=Q(state="held")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["session"], condition=~Q(session=""), name="billing_payment_session_once"),
            models.UniqueConstraint(fields=["stripe_charge"], condition=~Q(stripe_charge=""), name="billing_payment_stripe_charge_once"),
            models.UniqueConstraint(fields=["charge"], condition=Q(settled_at__isnull=False), name="billing_charge_settled_once"),
            models.UniqueConstraint(
                fields=["charge", "number"], condition=Q(method="check") & ~Q(state="bounced"), name="billing_payment_check_once"
            ),
            models.UniqueConstraint(fields=["order_line"], condition=~Q(state="bounced"), name="billing_payment_order_line_once"),
            models.CheckConstraint(
                condition=Q(method="card", number="", received_on=None, order_line=None)
                | (Q(method="check", received_on__isnull=False, order_line=None) & ~Q(number=""))
                | Q(method="order", number="", order_line__isnull=False),
                name="billing_payment_method_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="succeeded") | Q(settled_at__isnull=False, received_cents=F("amount_cents"), currency=policy.CURRENCY),
                name="billing_payment_succeeded_in_full",
            ),
            models.CheckConstraint(condition=Q(state="started") | Q(next_look_at=None), name="billing_payment_looks_end"),
            models.CheckConstraint(
                condition=Q(state__in=["started", "expired"], received_cents=None)
                | Q(state__in=["succeeded", "duplicate", "held", "closed", "returned", "lost", "bounced"], received_cents__isnull=False),
                name="billing_payment_received_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"Payment {self.id} ({self.state})"

    @property
    def day(self) -> date:
        """The day where the program is, as on its receipt."""
        return _office_day(self.settled_at or self.started_at)

    @property
    def received(self) -> str:
        """What came in, as people write it."""
        return policy.money(self.received_cents or 0, self.currency)


class Refund(models.Model):
    """The refund of one payment, or of a part of it: to the card, by check, or as the payer's credit.

    One that was made in Stripe, not from here, is `outside`. Personal data: as its payment's; kept as long as its charge.
    """

    STATES = states.REFUND

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    state = models.CharField(max_length=10, choices=states.RefundState, default=states.RefundState.ASKED)
    method = models.CharField(max_length=10, choices=states.RefundMethod, default=states.RefundMethod.CARD)
    number = models.CharField(max_length=40, blank=True, default="")
    sent_on = models.DateField(null=True)
    amount_cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, default=policy.CURRENCY)
    outside = models.BooleanField(default=False)
    attempt = models.PositiveIntegerField(default=1)
    stripe_id = models.CharField(max_length=255, blank=True, default="")
    asked_at = models.DateTimeField()
    next_look_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=250, blank=True, default="")

    class Meta:
        indexes = [
            # For the sweep billing.look_again: refunds that Stripe has not finished.
            models.Index(fields=["next_look_at"], name="billing_refund_look", condition=Q(next_look_at__isnull=False)),
            # For the staff's inbox.
            models.Index(fields=["asked_at"], name="billing_refund_failed", condition=Q(state="failed")),
            models.Index(fields=["asked_at"], name="billing_refund_by_check", condition=Q(state="asked", method="check")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["stripe_id"], condition=~Q(stripe_id=""), name="billing_refund_stripe_once"),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | (~Q(state="done") & Q(done_at=None)), name="billing_refund_done_has_time"
            ),
            models.CheckConstraint(condition=Q(state="asked", method="card") | Q(next_look_at=None), name="billing_refund_looks_end"),
        ]

    def __str__(self) -> str:
        return f"Refund {self.id} ({self.state})"

    @property
    def amount(self) -> str:
        """What goes back, as people write it."""
        return policy.money(self.amount_cents, self.currency)

    @property
    def key(self) -> str:
        """The number under which Stripe does this attempt once."""
        return f"{self.id}-{self.attempt}"


class StripeEvent(models.Model):
    """One message from Stripe, stored once. It is a hint: what it says is fetched again. No personal data."""

    STATES = states.EVENT

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.CharField(max_length=255, unique=True)
    type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=255, blank=True, default="")
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="events")
    refund = models.ForeignKey(Refund, null=True, on_delete=models.PROTECT, related_name="events")
    state = models.CharField(max_length=10, choices=states.EventState, default=states.EventState.RECEIVED)
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="handled", handled_at__isnull=False) | (~Q(state="handled") & Q(handled_at=None)),
                name="billing_event_handled_has_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event}"
