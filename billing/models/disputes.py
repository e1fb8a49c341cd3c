"""What banks do with payments after they were made, and where Stripe and our books differ."""

import uuid

from django.db import models
from django.db.models import Q

from billing import policy, states
from billing.models.charges import Payment


class Dispute(models.Model):
    """One dispute or inquiry of a bank about one card payment, as Stripe tells it.

    `withdrawn_cents` is the money that is with the bank now, `fee_cents` what the dispute itself costs us. Of a lost one,
    `written_off_cents` is what was taken beyond what was left of the payment. Personal data: that someone's payment is disputed, and why;
    kept as long as its charge.
    """

    STATES = states.DISPUTE

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    stripe_id = models.CharField(max_length=255, unique=True)
    state = models.CharField(max_length=20, choices=states.DisputeState, default=states.DisputeState.INQUIRY)
    reason = models.CharField(max_length=80)
    amount_cents = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, default=policy.CURRENCY)
    withdrawn_cents = models.PositiveIntegerField(default=0)
    fee_cents = models.PositiveIntegerField(default=0)
    written_off_cents = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()
    due_by = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # For the staff's inbox.
            models.Index(fields=["due_by"], name="billing_dispute_to_answer", condition=Q(state__in=["inquiry", "needs_response"]))
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["won", "lost", "closed"], ended_at__isnull=False)
                | Q(state__in=["inquiry", "needs_response", "under_review"], ended_at=None),
                name="billing_dispute_ended_has_time",
            ),
            models.CheckConstraint(condition=Q(state="lost") | Q(written_off_cents=0), name="billing_dispute_only_lost_is_written_off"),
        ]

    def __str__(self) -> str:
        return f"Dispute {self.stripe_id} ({self.state})"

    @property
    def amount(self) -> str:
        """What is disputed, as people write it."""
        return policy.money(self.amount_cents, self.currency)

    @property
    def withdrawn(self) -> str:
        """What is with the bank, as people write it."""
        return policy.money(self.withdrawn_cents, self.currency)

    @property
    def fee(self) -> str:
        """What it costs us, as people write it."""
        return policy.money(self.fee_cents, self.currency)

    @property
    def why(self) -> str:
        """Stripe's word for the reason, readable."""
        return self.reason.replace("_", " ")


class FraudWarning(models.Model):
    """A card network's warning that a payment was fraud, before any dispute. A refund on time avoids the dispute.

    Personal data: that someone's payment is suspect; kept as long as its charge.
    """

    STATES = states.FRAUD_WARNING

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="fraud_warnings")
    stripe_id = models.CharField(max_length=255, unique=True)
    state = models.CharField(max_length=10, choices=states.FraudWarningState, default=states.FraudWarningState.OPEN)
    fraud_type = models.CharField(max_length=80)
    warned_at = models.DateTimeField()

    class Meta:
        indexes = [
            # For the staff's inbox.
            models.Index(fields=["warned_at"], name="billing_fraud_to_decide", condition=Q(state="open"))
        ]

    def __str__(self) -> str:
        return f"Fraud warning {self.stripe_id} ({self.state})"

    @property
    def why(self) -> str:
        """Stripe's word for the kind of fraud, readable."""
        return self.fraud_type.replace("_", " ")


class Discrepancy(models.Model):
    """One difference between Stripe and our books that the program can't mend by itself. `key` is what it is about. No personal data."""

    STATES = states.DISCREPANCY

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=255, unique=True)
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="discrepancies")
    state = models.CharField(max_length=10, choices=states.DiscrepancyState, default=states.DiscrepancyState.OPEN)
    what = models.CharField(max_length=300)
    found_at = models.DateTimeField()

    class Meta:
        indexes = [
            # For the staff's inbox.
            models.Index(fields=["found_at"], name="billing_discrepancy_open", condition=Q(state="open"))
        ]
        verbose_name_plural = "discrepancies"

    def __str__(self) -> str:
        return self.what
