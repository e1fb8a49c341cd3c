import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_shared_cache"),
        ("people", "__first__"),
        ("portfolios", "0001_initial"),
        ("programs", "0004_what_evaluators_are_promised"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeclaredConflict",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "A person"), ("organization", "An organization"), ("course", "A course that I taught")],
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(blank=True, default="", max_length=200)),
                ("email", models.EmailField(blank=True, default="", max_length=254)),
                ("declared_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "declared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="declared_conflicts", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("withdrawn_at", None)), fields=["declared_by"], name="portfolios_conflict_stands")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["person", "organization", "course"])), name="portfolios_conflict_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("name", ""), _negated=True), models.Q(("email", ""), _negated=True), _connector="OR"),
                        name="portfolios_conflict_names_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EvaluatorApplication",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("capacity_per_year", models.PositiveSmallIntegerField()),
                (
                    "employers",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), default=list, size=None),
                ),
                ("note", models.TextField(blank=True, default="")),
                ("sent_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evaluator_applications", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("resume", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.document")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("capacity_per_year__gte", 1)), name="portfolios_application_takes_some")
                ],
            },
        ),
        migrations.CreateModel(
            name="Ruling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("panel", models.PositiveSmallIntegerField()),
                ("outcomes", models.JSONField()),
                ("words", models.TextField()),
                ("decided_on", models.DateField()),
                ("remanded_at", models.DateTimeField()),
                ("reason", models.TextField()),
                (
                    "portfolio",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="rulings", to="portfolios.portfolio"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("portfolio", "panel"), name="portfolios_ruling_once"),
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="portfolios_ruling_says_why"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SetRequest",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("masters", "A master’s degree in the field"),
                            ("teaching", "Teaching, training or writing in it"),
                            ("years", "More than five years of work in it"),
                        ],
                        max_length=10,
                    ),
                ),
                ("words", models.CharField(max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "With staff"),
                            ("approved", "Approved"),
                            ("refused", "Not approved"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("why", models.TextField(blank=True, default="")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="requests", to="portfolios.evaluatorapplication"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("set", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.competencyset")),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("state", "asked")), fields=["application"], name="portfolios_requests_open")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")), fields=("person", "set"), name="portfolios_request_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ground__in", ["masters", "teaching", "years"])), name="portfolios_request_ground"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["approved", "refused"]), _negated=True),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="portfolios_request_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), _negated=True), models.Q(("why", ""), _negated=True), _connector="OR"
                        ),
                        name="portfolios_request_refused_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None), models.Q(("decided_by", models.F("person")), _negated=True), _connector="OR"
                        ),
                        name="portfolios_request_nobody_own",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="assignment",
            name="panel",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="evaluator",
            name="answers",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="evaluator",
            name="employers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=200), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="evaluator",
            name="paused_until",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="evaluator",
            name="trained_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="evaluator",
            name="training",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SlugField(max_length=20), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="evaluatorset",
            name="stepped_back_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="portfolio",
            name="panel",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="state",
            field=models.CharField(
                choices=[
                    ("invited", "Invited"),
                    ("accepted", "Rating"),
                    ("declined", "Declined"),
                    ("done", "Ratings sent"),
                    ("replaced", "Replaced"),
                    ("lapsed", "Not answered"),
                    ("recused", "Conflict of interest"),
                    ("retired", "Earlier panel"),
                ],
                default="invited",
                max_length=10,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="assignment",
            trigger=pgtrigger.compiler.Trigger(
                name="nobody_rates_themselves",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF EXISTS (\n        SELECT FROM portfolios_evaluator evaluator, portfolios_portfolio portfolio\n        JOIN candidates_candidacy candidacy ON candidacy.id = portfolio.candidacy_id\n        WHERE evaluator.id = NEW.evaluator_id AND portfolio.id = NEW.portfolio_id AND candidacy.person_id = evaluator.person_id\n    ) THEN\n        RAISE EXCEPTION 'Nobody rates their own portfolio';\n    END IF;\n    RETURN NEW;\n",
                    hash="bfb07f66bebc9663af59de6d7e4976830d79161d",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_nobody_rates_themselves_25b86",
                    table="portfolios_assignment",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="evaluator",
            constraint=models.CheckConstraint(condition=models.Q(("capacity_per_year__gte", 1)), name="portfolios_evaluator_takes_some"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ruling",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="f5378243835182b9debf87df9c02331f114cb26b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_7a5af",
                    table="portfolios_ruling",
                    when="BEFORE",
                ),
            ),
        ),
    ]
