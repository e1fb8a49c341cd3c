import uuid

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("certificates", "0004_renewals_sent_in_time"),
        ("people", "0006_payer_contacts"),
        ("people", "__first__"),
        ("programs", "0006_renewal_window_sample_answer"),
    ]

    operations = [
        migrations.CreateModel(
            name="Seed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(unique=True)),
                ("seed", models.CharField(max_length=64)),
                ("last_number", models.PositiveIntegerField(default=0)),
                ("drawn_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Renewal",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Not sent yet"),
                            ("awaiting_payment", "Waiting for the fee"),
                            ("in_review", "With staff"),
                            ("asked", "More asked for"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                ("first_day", models.DateField()),
                ("expires_on", models.DateField()),
                ("opens_on", models.DateField()),
                ("grace_ends_on", models.DateField()),
                ("opened_on", models.DateField()),
                ("number", models.PositiveIntegerField(null=True)),
                ("sampled", models.BooleanField(default=False)),
                ("member_number", models.CharField(blank=True, default="", max_length=20)),
                ("late_reason", models.TextField(blank=True, default="")),
                ("sent_at", models.DateTimeField(null=True)),
                ("sent_on", models.DateField(null=True)),
                ("counts_until", models.DateField(null=True)),
                ("decide_by", models.DateField(null=True)),
                ("asked_on", models.DateField(null=True)),
                ("answer_by", models.DateField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decision_reason", models.TextField(blank=True, default="")),
                (
                    "certificate",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="renewals", to="certificates.certificate"),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="renewals", to=settings.AUTH_USER_MODEL),
                ),
                ("terms", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.terms")),
                (
                    "seed",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="renewals", to="renewals.seed"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state__in", ("draft", "refused"))), fields=["expires_on"], name="renewals_expiring"),
                    models.Index(
                        condition=models.Q(("state__in", ("draft", "refused"))), fields=["grace_ends_on"], name="renewals_grace_ending"
                    ),
                    models.Index(condition=models.Q(("state", "asked")), fields=["answer_by"], name="renewals_answer_due"),
                    models.Index(condition=models.Q(("state", "in_review")), fields=["decide_by", "id"], name="renewals_in_review"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "awaiting_payment", "in_review", "asked", "approved", "refused"])),
                        name="renewals_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "approved"), _negated=True), fields=("certificate",), name="renewals_one_open"
                    ),
                    models.UniqueConstraint(fields=("certificate", "first_day"), name="renewals_one_for_a_term"),
                    models.UniqueConstraint(fields=("seed", "number"), name="renewals_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_day__lt", models.F("expires_on")),
                            ("grace_ends_on__gte", models.F("expires_on")),
                            ("opens_on__gte", models.F("first_day")),
                        ),
                        name="renewals_dates_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "draft"),
                            models.Q(
                                ("counts_until__isnull", False),
                                ("number__isnull", False),
                                ("seed__isnull", False),
                                ("sent_at__isnull", False),
                                ("sent_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="renewals_sent_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["in_review", "asked"]), _negated=True), ("decide_by__isnull", False), _connector="OR"
                        ),
                        name="renewals_review_until",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "asked"), _negated=True),
                            models.Q(("answer_by__isnull", False), ("asked_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="renewals_asked_until",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("approved", "refused")), _negated=True),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="renewals_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), _negated=True), models.Q(("decision_reason", ""), _negated=True), _connector="OR"
                        ),
                        name="renewals_refused_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True), models.Q(("decided_by", models.F("person")), _negated=True), _connector="OR"
                        ),
                        name="renewals_nobody_decides_own",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Activity",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("workshop", "Workshop or webinar"),
                            ("self_directed", "Learning by yourself"),
                            ("conference", "Conference"),
                            ("semester", "College course, semester credits"),
                            ("quarter", "College course, quarter credits"),
                            ("ceu", "Course with CEUs"),
                        ],
                        max_length=20,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("provider", models.CharField(blank=True, default="", max_length=200)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=8, null=True)),
                ("technology_minutes", models.PositiveIntegerField(default=0)),
                ("completed_on", models.DateField(null=True)),
                ("learned", models.TextField(blank=True, default="")),
                ("typed", models.JSONField(blank=True, default=dict)),
                ("version", models.PositiveIntegerField(default=0)),
                ("added_at", models.DateTimeField()),
                ("saved_at", models.DateTimeField()),
                (
                    "mark",
                    models.CharField(
                        blank=True,
                        choices=[("accepted", "Accepted"), ("asked", "More asked for"), ("refused", "Does not count")],
                        default="",
                        max_length=10,
                    ),
                ),
                ("accepted_technology_minutes", models.PositiveIntegerField(null=True)),
                ("comment", models.TextField(blank=True, default="")),
                (
                    "set",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.competencyset"
                    ),
                ),
                (
                    "renewal",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="activities", to="renewals.renewal"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["workshop", "self_directed", "conference", "semester", "quarter", "ceu"])),
                        name="renewals_activity_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("mark__in", ["", "accepted", "asked", "refused"])), name="renewals_activity_mark"
                    ),
                    models.CheckConstraint(condition=models.Q(("title", ""), _negated=True), name="renewals_activity_title"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__isnull", True), ("amount__gt", 0), _connector="OR"), name="renewals_activity_amount"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("mark__in", ["", "accepted"]), models.Q(("comment", ""), _negated=True), _connector="OR"),
                        name="renewals_activity_marked_with_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Proof",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("added_at", models.DateTimeField()),
                ("activity", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="proofs", to="renewals.activity")),
                ("document", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.document")),
            ],
        ),
        migrations.CreateModel(
            name="Sealed",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("round", models.PositiveSmallIntegerField()),
                ("content", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("sealed_at", models.DateTimeField()),
                ("renewal", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="copies", to="renewals.renewal")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("renewal", "round"), name="renewals_sealed_once")],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="seed",
            trigger=pgtrigger.compiler.Trigger(
                name="seed_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.seed IS DISTINCT FROM NEW.seed OR OLD.year IS DISTINCT FROM NEW.year)",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="5311b294ac3b8d58f883ef287567d8c7e546659f",
                    operation="UPDATE",
                    pgid="pgtrigger_seed_stays_14a63",
                    table="renewals_seed",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="seed",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="e1ad8733fea9083e68480ba6d9309d3728c4abb3",
                    operation="DELETE",
                    pgid="pgtrigger_append_only_121f6",
                    table="renewals_seed",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sealed",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="658619c7d1d51b8a54c3ceb1af88342b60289ea1",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_7383e",
                    table="renewals_sealed",
                    when="BEFORE",
                ),
            ),
        ),
    ]
