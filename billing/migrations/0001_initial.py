import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="FeeAmount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("application", "Application and enrollment"),
                            ("portfolio", "Portfolio"),
                            ("course_approval", "Course approval"),
                            ("course_renewal", "Course approval renewal"),
                        ],
                        max_length=20,
                    ),
                ),
                ("standard_cents", models.PositiveIntegerField()),
                ("member_cents", models.PositiveIntegerField()),
                ("effective_on", models.DateField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "effective_on"), name="billing_fee_once_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(("member_cents__gt", 0), ("standard_cents__gte", models.F("member_cents"))),
                        name="billing_fee_members_pay_no_more",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Charge",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("purpose", models.CharField(max_length=80)),
                ("reference", models.UUIDField()),
                ("member", models.BooleanField()),
                ("priced_on", models.DateField()),
                ("description", models.CharField(max_length=200)),
                ("amount_cents", models.PositiveIntegerField()),
                ("return_path", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "To pay"), ("settled", "Paid"), ("refunded", "Refunded"), ("cancelled", "Cancelled")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="charges", to=settings.AUTH_USER_MODEL),
                ),
                ("fee", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="charges", to="billing.feeamount")),
            ],
            options={
                "indexes": [models.Index(fields=["person", "-created_at"], name="billing_charge_person")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "cancelled"), _negated=True),
                        fields=("purpose", "reference"),
                        name="billing_charge_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount_cents__gt", 0)), name="billing_charge_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at__isnull", False), ("state__in", ["settled", "refunded"])),
                            models.Q(("settled_at", None), ("state__in", ["open", "cancelled"])),
                            _connector="OR",
                        ),
                        name="billing_charge_settled_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("started", "Started"),
                            ("succeeded", "Paid"),
                            ("expired", "Not finished"),
                            ("duplicate", "Paid twice"),
                            ("held", "Does not match"),
                            ("closed", "Closed by staff"),
                            ("returned", "Given back"),
                        ],
                        default="started",
                        max_length=10,
                    ),
                ),
                ("amount_cents", models.PositiveIntegerField()),
                ("received_cents", models.PositiveIntegerField(null=True)),
                ("session", models.CharField(blank=True, default="", max_length=255)),
                ("intent", models.CharField(blank=True, default="", max_length=255)),
                ("url", models.TextField(blank=True, default="")),
                ("started_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("next_look_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("trouble", models.CharField(blank=True, default="", max_length=250)),
                ("charge", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="billing.charge")),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("next_look_at__isnull", False)), fields=["next_look_at"], name="billing_payment_look"),
                    models.Index(condition=models.Q(("state", "held")), fields=["started_at"], name="billing_payment_held"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("session", ""), _negated=True), fields=("session",), name="billing_payment_session_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("settled_at__isnull", False)), fields=("charge",), name="billing_charge_settled_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "succeeded"), _negated=True),
                            models.Q(("received_cents", models.F("amount_cents")), ("settled_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="billing_payment_succeeded_in_full",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "started"), ("next_look_at", None), _connector="OR"), name="billing_payment_looks_end"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("received_cents", None), ("state__in", ["started", "expired"])),
                            models.Q(
                                ("received_cents__isnull", False), ("state__in", ["succeeded", "duplicate", "held", "closed", "returned"])
                            ),
                            _connector="OR",
                        ),
                        name="billing_payment_received_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "On its way"), ("done", "Done"), ("failed", "Failed")], default="asked", max_length=10
                    ),
                ),
                ("amount_cents", models.PositiveIntegerField()),
                ("attempt", models.PositiveIntegerField(default=1)),
                ("stripe_id", models.CharField(blank=True, default="", max_length=255)),
                ("asked_at", models.DateTimeField()),
                ("next_look_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("trouble", models.CharField(blank=True, default="", max_length=250)),
                ("payment", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="refund", to="billing.payment")),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("next_look_at__isnull", False)), fields=["next_look_at"], name="billing_refund_look"),
                    models.Index(condition=models.Q(("state", "failed")), fields=["asked_at"], name="billing_refund_failed"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("stripe_id", ""), _negated=True), fields=("stripe_id",), name="billing_refund_stripe_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at__isnull", False), ("state", "done")),
                            models.Q(models.Q(("state", "done"), _negated=True), ("done_at", None)),
                            _connector="OR",
                        ),
                        name="billing_refund_done_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "asked"), ("next_look_at", None), _connector="OR"), name="billing_refund_looks_end"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StripeEvent",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("event", models.CharField(max_length=255, unique=True)),
                ("type", models.CharField(max_length=80)),
                ("object_id", models.CharField(max_length=255)),
                (
                    "state",
                    models.CharField(
                        choices=[("received", "Received"), ("handled", "Handled"), ("ignored", "Ignored")],
                        default="received",
                        max_length=10,
                    ),
                ),
                ("received_at", models.DateTimeField()),
                ("handled_at", models.DateTimeField(null=True)),
                (
                    "payment",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="events", to="billing.payment"),
                ),
                (
                    "refund",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="events", to="billing.refund"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("handled_at__isnull", False), ("state", "handled")),
                            models.Q(models.Q(("state", "handled"), _negated=True), ("handled_at", None)),
                            _connector="OR",
                        ),
                        name="billing_event_handled_has_time",
                    )
                ],
            },
        ),
    ]
