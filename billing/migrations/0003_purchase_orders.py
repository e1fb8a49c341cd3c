import uuid

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0002_first_fees"),
        ("people", "0003_shared_cache"),
        ("people", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("last", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="InvoiceTerms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("effective_on", models.DateField(unique=True)),
                ("net_days", models.PositiveSmallIntegerField()),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("net_days__gt", 0)), name="billing_terms_leave_time")],
            },
        ),
        migrations.CreateModel(
            name="Payer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120)),
                ("address", models.TextField(max_length=500)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="PurchaseOrder",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Being written"), ("sent", "With staff"), ("invoiced", "Invoiced"), ("withdrawn", "Withdrawn")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("number", models.CharField(max_length=40)),
                ("stated_cents", models.PositiveIntegerField()),
                ("started_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("returned_reason", models.TextField(blank=True, default="")),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="purchase_orders", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.document"),
                ),
                ("payer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="billing.payer")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["payer", "-started_at"], name="billing_order_payer"),
                    models.Index(condition=models.Q(("state", "sent")), fields=["sent_at"], name="billing_order_to_invoice"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "withdrawn"]), ("sent_at__isnull", False), _connector="OR"),
                        name="billing_order_sent_has_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("serial", models.PositiveIntegerField(unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "To pay"), ("paid", "Paid"), ("cancelled", "Cancelled")], default="open", max_length=10
                    ),
                ),
                ("dated_on", models.DateField()),
                ("due_on", models.DateField()),
                ("amount_cents", models.PositiveIntegerField()),
                ("balance_cents", models.PositiveIntegerField()),
                ("sha256", models.CharField(blank=True, default="", max_length=64)),
                ("stored", models.CharField(blank=True, default="", max_length=100)),
                ("terms", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.invoiceterms")),
                (
                    "order",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="invoice", to="billing.purchaseorder"),
                ),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("state", "open")), fields=["due_on"], name="billing_invoice_due")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_cents__gt", 0), ("balance_cents__lte", models.F("amount_cents"))),
                        name="billing_invoice_balance_fits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("balance_cents__gt", 0), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("balance_cents", 0)),
                            _connector="OR",
                        ),
                        name="billing_invoice_open_wants_money",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Credit",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("overpaid", "Paid more than was owed"),
                            ("unused", "A seat was taken back"),
                            ("difference", "A seat cost less"),
                            ("refund", "A fee was refunded"),
                            ("used", "Used for an invoice"),
                            ("paid_out", "Paid back by check"),
                        ],
                        max_length=10,
                    ),
                ),
                ("cents", models.IntegerField()),
                ("number", models.CharField(blank=True, default="", max_length=40)),
                ("on", models.DateField()),
                ("at", models.DateTimeField()),
                (
                    "refund",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="credit", to="billing.refund"
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="credits", to="billing.invoice"),
                ),
                ("payer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="credits", to="billing.payer")),
            ],
            options={
                "indexes": [models.Index(fields=["payer", "-at"], name="billing_credit_payer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cents__lt", 0), ("source__in", ["used", "paid_out"])),
                            models.Q(models.Q(("source__in", ["used", "paid_out"]), _negated=True), ("cents__gt", 0)),
                            _connector="OR",
                        ),
                        name="billing_credit_direction",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("refund__isnull", False), ("source", "refund")),
                            models.Q(models.Q(("source", "refund"), _negated=True), ("refund", None)),
                            _connector="OR",
                        ),
                        name="billing_credit_refund",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("listed", "Listed"),
                            ("due", "Not paid yet"),
                            ("covered", "Paid"),
                            ("used", "Paid and used"),
                            ("credited", "Taken back"),
                        ],
                        default="listed",
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("email", models.EmailField(max_length=254)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("application", "Application and enrollment"),
                            ("portfolio", "Portfolio"),
                            ("course_approval", "Course approval"),
                            ("course_renewal", "Course approval renewal"),
                            ("certificate_renewal", "Certificate renewal"),
                        ],
                        max_length=20,
                    ),
                ),
                ("member", models.BooleanField()),
                ("amount_cents", models.PositiveIntegerField(default=0)),
                ("held_cents", models.PositiveIntegerField(default=0)),
                ("covered_at", models.DateTimeField(null=True)),
                ("trouble", models.CharField(blank=True, default="", max_length=250)),
                (
                    "charge",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="seats", to="billing.charge"),
                ),
                (
                    "fee",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.feeamount"),
                ),
                ("order", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="seats", to="billing.purchaseorder")),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["due", "covered"])), fields=["email", "kind"], name="billing_seat_waits"
                    ),
                    models.Index(
                        condition=models.Q(("state", "covered"), models.Q(("trouble", ""), _negated=True)),
                        fields=["covered_at"],
                        name="billing_seat_trouble",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("order", "position"), name="billing_seat_position_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["due", "covered", "used"])),
                        fields=("charge",),
                        name="billing_seat_one_for_a_charge",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount_cents", 0), ("fee", None), ("held_cents", 0), ("state", "listed")),
                            models.Q(("fee__isnull", False), ("held_cents__lt", models.F("amount_cents")), ("state", "due")),
                            models.Q(("fee__isnull", False), ("held_cents", models.F("amount_cents")), ("state", "covered")),
                            models.Q(("charge__isnull", False), ("fee__isnull", False), ("held_cents", 0), ("state", "used")),
                            models.Q(("fee__isnull", False), ("held_cents", 0), ("state", "credited")),
                            _connector="OR",
                        ),
                        name="billing_seat_money_is_where_the_state_says",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditNote",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("serial", models.PositiveIntegerField(unique=True)),
                ("dated_on", models.DateField()),
                ("amount_cents", models.PositiveIntegerField()),
                ("reason", models.CharField(max_length=500)),
                ("sha256", models.CharField(blank=True, default="", max_length=64)),
                ("stored", models.CharField(blank=True, default="", max_length=100)),
                (
                    "invoice",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="credit_notes", to="billing.invoice"),
                ),
                ("seats", models.ManyToManyField(related_name="credit_notes", to="billing.seat")),
            ],
        ),
        migrations.CreateModel(
            name="Enrollment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                (
                    "person",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
        migrations.CreateModel(
            name="InvoicePayment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "method",
                    models.CharField(choices=[("check", "Check"), ("transfer", "Bank transfer"), ("credit", "Credit")], max_length=10),
                ),
                ("number", models.CharField(blank=True, default="", max_length=40)),
                ("received_on", models.DateField()),
                ("amount_cents", models.PositiveIntegerField()),
                ("recorded_at", models.DateTimeField()),
                ("invoice", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="billing.invoice")),
                (
                    "recorded_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount_cents__gt", 0)), name="billing_invoice_payment_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("method", "credit"), ("number", "")),
                            models.Q(models.Q(("method", "credit"), _negated=True), models.Q(("number", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="billing_invoice_payment_number",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("invoice", "method", "number"),
                        name="billing_invoice_payment_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayerContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("added_at", models.DateTimeField()),
                ("payer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="billing.payer")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payer_contacts", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("payer", "person"), name="billing_contact_once")],
            },
        ),
        migrations.RemoveConstraint(
            model_name="refund",
            name="billing_refund_looks_end",
        ),
        migrations.AddField(
            model_name="charge",
            name="refunded_cents",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="payment",
            name="method",
            field=models.CharField(
                choices=[("card", "Card"), ("check", "Check"), ("order", "Purchase order")], default="card", max_length=10
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="number",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="payment",
            name="received_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="refund",
            name="method",
            field=models.CharField(
                choices=[("card", "To the card"), ("check", "By check"), ("credit", "As the payer’s credit")], default="card", max_length=10
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="number",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="refund",
            name="sent_on",
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name="feeamount",
            name="kind",
            field=models.CharField(
                choices=[
                    ("application", "Application and enrollment"),
                    ("portfolio", "Portfolio"),
                    ("course_approval", "Course approval"),
                    ("course_renewal", "Course approval renewal"),
                    ("certificate_renewal", "Certificate renewal"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="refund",
            name="payment",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="refunds", to="billing.payment"),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("method", "check"), ("state", "asked")), fields=["asked_at"], name="billing_refund_by_check"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="feeamount",
            trigger=pgtrigger.compiler.Trigger(
                name="fee_never_changes",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="1288b50a0c112cd2e40543524b0d944e327091a8",
                    operation="UPDATE",
                    pgid="pgtrigger_fee_never_changes_f7296",
                    table="billing_feeamount",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(("refunded_cents__lte", models.F("amount_cents"))), name="billing_charge_refunds_fit"
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("method", "card"), ("state", "asked")), ("next_look_at", None), _connector="OR"),
                name="billing_refund_looks_end",
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="seat",
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="payment", to="billing.seat"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("method", "check")), fields=("charge", "number"), name="billing_payment_check_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("method", "card"), ("number", ""), ("received_on", None), ("seat", None)),
                    models.Q(("method", "check"), ("received_on__isnull", False), ("seat", None), models.Q(("number", ""), _negated=True)),
                    models.Q(("method", "order"), ("number", ""), ("seat__isnull", False)),
                    _connector="OR",
                ),
                name="billing_payment_method_is_whole",
            ),
        ),
    ]
