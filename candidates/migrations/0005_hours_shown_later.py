import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("candidates", "0004_extensions_and_reuse"),
        ("people", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="HoursClaim",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Not sent yet"), ("sent", "With staff"), ("accepted", "Accepted")],
                        default="draft",
                        max_length=20,
                    ),
                ),
                ("sent_on", models.DateField(blank=True, null=True)),
                ("decide_by", models.DateField(blank=True, null=True)),
                ("note", models.TextField(blank=True, default="")),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "candidacy",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hours_claim", to="candidates.candidacy"
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
                "indexes": [models.Index(condition=models.Q(("state", "sent")), fields=["decide_by"], name="candidates_hours_wait")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("state__in", ["draft", "sent", "accepted"])), name="candidates_hours_state"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "draft"), models.Q(("decide_by__isnull", False), ("sent_on__isnull", False)), _connector="OR"
                        ),
                        name="candidates_hours_sent",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="workspell",
            name="claim",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="spells", to="candidates.hoursclaim"
            ),
        ),
    ]
