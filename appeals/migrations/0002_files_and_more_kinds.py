import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("appeals", "0001_appeals"),
        ("people", "0008_college_contacts"),
        ("people", "__first__"),
        ("programs", "0007_numbers_for_agreements"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("added_at", models.DateTimeField()),
                ("added_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("appeal", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="files", to="appeals.appeal")),
                ("document", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.document")),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="appeal",
            name="appeals_kind_known",
        ),
        migrations.AddField(
            model_name="appeal",
            name="draft",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="appeal",
            name="draft_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="appeal",
            name="draft_version",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="appeal",
            name="kind",
            field=models.CharField(
                choices=[
                    ("application", "Application refused"),
                    ("portfolio", "Portfolio not achieved"),
                    ("completion", "Course not accepted"),
                    ("renewal", "Renewal refused"),
                    ("certificate", "Certificate suspended or revoked"),
                    ("graduation", "Transcript not accepted"),
                    ("course", "Course not approved"),
                    ("agreement", "Agreement not signed"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="receipt",
            name="kind",
            field=models.CharField(
                choices=[
                    ("application", "Application refused"),
                    ("portfolio", "Portfolio not achieved"),
                    ("completion", "Course not accepted"),
                    ("renewal", "Renewal refused"),
                    ("certificate", "Certificate suspended or revoked"),
                    ("graduation", "Transcript not accepted"),
                    ("course", "Course not approved"),
                    ("agreement", "Agreement not signed"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["application", "portfolio", "completion", "renewal", "certificate", "graduation", "course", "agreement"])
                ),
                name="appeals_kind_known",
            ),
        ),
    ]
