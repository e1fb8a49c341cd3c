import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "__first__"),
        ("portfolios", "0003_evidence_is_a_file_or_a_link"),
        ("programs", "0006_renewal_window_sample_answer"),
    ]

    operations = [
        migrations.CreateModel(
            name="PreReview",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("shared", "With staff"), ("answered", "Answered"), ("ended", "Sharing ended")],
                        default="shared",
                        max_length=10,
                    ),
                ),
                ("question", models.TextField(blank=True, default="")),
                ("asked_at", models.DateTimeField()),
                ("answer_by", models.DateField()),
                ("overall", models.TextField(blank=True, default="")),
                ("version", models.PositiveIntegerField(default=0)),
                ("saved_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "portfolio",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="pre_reviews", to="portfolios.portfolio"),
                ),
                ("terms", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.terms")),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("state", "shared")), fields=["answer_by"], name="portfolios_to_look_at")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "shared")), fields=("portfolio",), name="portfolios_prereview_one_open"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "shared"), ("ended_at__isnull", False), _connector="OR"),
                        name="portfolios_prereview_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("state", "answered"), _negated=True), ("answered_by__isnull", False), _connector="OR"),
                        name="portfolios_prereview_answered_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Remark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                (
                    "pre_review",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="remarks", to="portfolios.prereview"),
                ),
                (
                    "response",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="remarks", to="portfolios.response"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("pre_review", "response"), name="portfolios_remark_once")],
            },
        ),
        migrations.CreateModel(
            name="Suggestion",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(null=True)),
                ("ours", models.BooleanField(default=False)),
                ("competency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.competency")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until_on", None), ("until_on__gte", models.F("from_on")), _connector="OR"),
                        name="portfolios_suggestion_days",
                    ),
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="portfolios_suggestion_says_something"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlannerMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("competency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.competency")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="planner_marks", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("person", "competency"), name="portfolios_plannermark_once")],
            },
        ),
        migrations.AddField(
            model_name="response",
            name="suggestion",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portfolios.suggestion"),
        ),
    ]
