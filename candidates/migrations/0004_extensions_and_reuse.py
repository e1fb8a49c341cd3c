import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("candidates", "0003_graduates_and_fees"),
        ("people", "__first__"),
        ("programs", "0003_appeal_days"),
    ]

    operations = [
        migrations.CreateModel(
            name="ExtensionRequest",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "With staff"), ("granted", "Granted"), ("declined", "Declined")], default="asked", max_length=20
                    ),
                ),
                ("why", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("asked_on", models.DateField()),
                ("decide_by", models.DateField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.TextField(blank=True, default="")),
                (
                    "candidacy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="extension_requests", to="candidates.candidacy"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("state", "asked")), fields=["decide_by"], name="candidates_extension_waits")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asked", "granted", "declined"])), name="candidates_extension_state"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")), fields=("candidacy",), name="candidates_one_open_request"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "asked"),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="candidates_extension_decided_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reuse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("counts", models.BooleanField()),
                ("reason", models.TextField()),
                ("decided_at", models.DateTimeField()),
                (
                    "candidacy",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reuses", to="candidates.candidacy"),
                ),
                (
                    "decided_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("earlier", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="candidates.achievement")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("candidacy", "earlier"), name="candidates_reuse_decided_once"),
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="candidates_reuse_why"),
                ],
            },
        ),
        migrations.AddField(
            model_name="achievement",
            name="first_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="candidacy",
            name="active_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="candidacy",
            name="extended_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="candidacy",
            name="extension_terms",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.terms"
            ),
        ),
        migrations.AddField(
            model_name="candidacy",
            name="reuse_by",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="candidacy",
            index=models.Index(condition=models.Q(("state", "active")), fields=["active_on"], name="candidates_quiet"),
        ),
        migrations.AddIndex(
            model_name="candidacy",
            index=models.Index(condition=models.Q(("reuse_by__isnull", False)), fields=["reuse_by"], name="candidates_reuse_to_decide"),
        ),
        migrations.AddConstraint(
            model_name="candidacy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("extended_on__isnull", True), ("extension_terms__isnull", True)),
                    models.Q(("extended_on__isnull", False), ("extension_terms__isnull", False)),
                    _connector="OR",
                ),
                name="candidates_extended_under_terms",
            ),
        ),
    ]
