import uuid

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("candidates", "0001_initial"),
        ("people", "0002_roles"),
        ("people", "__first__"),
        ("programs", "0002_first_terms_and_framework"),
    ]

    operations = [
        migrations.CreateModel(
            name="Evaluator",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("capacity_per_year", models.PositiveSmallIntegerField()),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evaluator", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Portfolio",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "In progress"),
                            ("awaiting_payment", "Sealed, waiting for the fee"),
                            ("submitted", "Waiting for evaluators"),
                            ("round_one", "Being rated"),
                            ("asked", "More is asked for"),
                            ("round_two", "Being rated again"),
                            ("third", "With a third evaluator"),
                            ("achieved", "Achieved"),
                            ("not_achieved", "Not achieved"),
                            ("withdrawn", "Closed unpaid"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                ("statement", models.TextField(blank=True, default="")),
                ("statement_version", models.PositiveIntegerField(default=0)),
                ("statement_saved_at", models.DateTimeField(null=True)),
                ("answered", models.PositiveSmallIntegerField(default=0)),
                ("total", models.PositiveSmallIntegerField()),
                ("started_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("submitted_at", models.DateTimeField(null=True)),
                ("supplement_by", models.DateField(null=True)),
                ("supplemented_at", models.DateTimeField(null=True)),
                ("decided_on", models.DateField(null=True)),
                ("reopened_on", models.DateField(null=True)),
                (
                    "candidacy",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="portfolios", to="candidates.candidacy"),
                ),
                ("framework", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.framework")),
                ("set", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.competencyset")),
                ("terms", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.terms")),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "asked")), fields=["supplement_by"], name="portfolios_supplement_due"),
                    models.Index(condition=models.Q(("state", "awaiting_payment")), fields=["sent_at"], name="portfolios_unpaid"),
                    models.Index(fields=["state", "submitted_at"], name="portfolios_waiting"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("reopened_on", None), models.Q(("state", "withdrawn"), _negated=True)),
                        fields=("candidacy", "set"),
                        name="portfolios_portfolio_one_per_set",
                    ),
                    models.CheckConstraint(condition=models.Q(("answered__lte", models.F("total"))), name="portfolios_portfolio_answered"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "draft"), models.Q(("sent_at__isnull", False), ("terms__isnull", False)), _connector="OR"
                        ),
                        name="portfolios_portfolio_sent_under_terms",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("state", "asked"), _negated=True), ("supplement_by__isnull", False), _connector="OR"),
                        name="portfolios_portfolio_asked_until",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_on__isnull", False), ("state__in", ["achieved", "not_achieved"])),
                            models.Q(models.Q(("state__in", ["achieved", "not_achieved"]), _negated=True), ("decided_on__isnull", True)),
                            _connector="OR",
                        ),
                        name="portfolios_portfolio_decided",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("seat", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("invited", "Invited"),
                            ("accepted", "Rating"),
                            ("declined", "Declined"),
                            ("done", "Ratings sent"),
                            ("replaced", "Replaced"),
                        ],
                        default="invited",
                        max_length=10,
                    ),
                ),
                ("invited_on", models.DateField()),
                ("accept_by", models.DateField()),
                ("accepted_on", models.DateField(null=True)),
                ("rate_by", models.DateField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "evaluator",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="portfolios.evaluator"),
                ),
                (
                    "portfolio",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="portfolios.portfolio"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "invited")), fields=["accept_by"], name="portfolios_unanswered"),
                    models.Index(condition=models.Q(("state", "accepted")), fields=["rate_by"], name="portfolios_unrated"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["accepted", "done", "invited"])),
                        fields=("portfolio", "seat"),
                        name="portfolios_assignment_seat",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["accepted", "done", "invited"])),
                        fields=("portfolio", "evaluator"),
                        name="portfolios_assignment_evaluator",
                    ),
                    models.CheckConstraint(condition=models.Q(("seat__in", [1, 2, 3])), name="portfolios_assignment_seats"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["accepted", "done"]), _negated=True),
                            models.Q(("accepted_on__isnull", False), ("rate_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="portfolios_assignment_rate_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveSmallIntegerField()),
                (
                    "value",
                    models.CharField(
                        blank=True,
                        choices=[("met", "Met"), ("partial", "Partially met"), ("not_met", "Not met")],
                        default="",
                        max_length=10,
                    ),
                ),
                ("comment", models.TextField(blank=True, default="")),
                ("version", models.PositiveIntegerField(default=0)),
                ("saved_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "assignment",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="ratings", to="portfolios.assignment"),
                ),
                ("competency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.competency")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("assignment", "competency", "round"), name="portfolios_rating_once"),
                    models.CheckConstraint(
                        condition=models.Q(("sent_at", None), ("value__in", ["met", "partial", "not_met"]), _connector="OR"),
                        name="portfolios_rating_sent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sent_at", None), ("value", "met"), models.Q(("comment", ""), _negated=True), _connector="OR"),
                        name="portfolios_rating_under_met_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Response",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("opening", models.TextField(blank=True, default="")),
                ("narrative", models.TextField(blank=True, default="")),
                ("finished", models.BooleanField(default=False)),
                ("version", models.PositiveIntegerField(default=0)),
                ("saved_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("met", "Met"),
                            ("partial", "Partially met"),
                            ("not_met", "Not met"),
                            ("asked", "More asked for"),
                            ("third", "A third evaluator is needed"),
                        ],
                        default="",
                        max_length=10,
                    ),
                ),
                ("asked", models.BooleanField(default=False)),
                ("addition", models.TextField(blank=True, default="")),
                ("addition_version", models.PositiveIntegerField(default=0)),
                ("addition_saved_at", models.DateTimeField(null=True)),
                ("competency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.competency")),
                (
                    "portfolio",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="responses", to="portfolios.portfolio"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("portfolio", "competency"), name="portfolios_response_once")],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=120)),
                ("kind", models.CharField(choices=[("primary", "Primary"), ("secondary", "Secondary")], max_length=10)),
                ("own_part", models.TextField(blank=True, default="")),
                ("round", models.PositiveSmallIntegerField(default=1)),
                ("added_at", models.DateTimeField()),
                ("document", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.document")),
                (
                    "portfolio",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="evidence", to="portfolios.portfolio"),
                ),
                ("responses", models.ManyToManyField(related_name="evidence", to="portfolios.response")),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("round__in", [1, 2])), name="portfolios_evidence_round")],
            },
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveSmallIntegerField()),
                ("content", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("sealed_at", models.DateTimeField()),
                (
                    "portfolio",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="snapshots", to="portfolios.portfolio"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("portfolio", "round"), name="portfolios_snapshot_once"),
                    models.CheckConstraint(condition=models.Q(("round__in", [1, 2])), name="portfolios_snapshot_round"),
                ],
            },
        ),
        migrations.CreateModel(
            name="EvaluatorSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("approved_on", models.DateField()),
                (
                    "evaluator",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="sets", to="portfolios.evaluator"),
                ),
                ("set", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.competencyset")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("evaluator", "set"), name="portfolios_evaluatorset_once")],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="snapshot",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="ff80c989aad05d141c0ea26c643633ec91041e0e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_0d4da",
                    table="portfolios_snapshot",
                    when="BEFORE",
                ),
            ),
        ),
    ]
