import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("candidates", "0001_initial"),
        ("people", "__first__"),
        ("programs", "0002_first_terms_and_framework"),
    ]

    operations = [
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked for"),
                            ("issued", "Issued"),
                            ("suspended", "Suspended"),
                            ("revoked", "Revoked"),
                            ("superseded", "Replaced"),
                        ],
                        default="asked",
                        max_length=12,
                    ),
                ),
                ("number", models.CharField(max_length=21, null=True, unique=True)),
                ("printed_name", models.CharField(blank=True, default="", max_length=120)),
                ("sets", models.JSONField(default=list)),
                ("completed_on", models.DateField()),
                ("valid_from", models.DateField()),
                ("expires_on", models.DateField()),
                ("asked_at", models.DateTimeField()),
                ("issued_at", models.DateTimeField(null=True)),
                ("decided_on", models.DateField(null=True)),
                ("decision_reason", models.TextField(blank=True, default="")),
                ("candidacy", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="candidates.candidacy")),
                (
                    "issued_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="certificates", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="replaced_by", to="certificates.certificate"
                    ),
                ),
                ("terms", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.terms")),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("state", "asked")), fields=["asked_at", "id"], name="certificates_waiting")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asked", "issued", "suspended", "revoked", "superseded"])),
                        name="certificates_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "superseded"), _negated=True),
                        fields=("candidacy",),
                        name="certificates_one_for_a_candidacy",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("issued_at__isnull", True), ("number__isnull", True), ("printed_name", ""), ("state", "asked")),
                            models.Q(
                                ("issued_at__isnull", False),
                                ("issued_by__isnull", False),
                                ("number__isnull", False),
                                ("state__in", ("issued", "suspended", "revoked", "superseded")),
                                models.Q(("printed_name", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="certificates_issued_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("issued_by", models.F("person")), _negated=True), name="certificates_nobody_issues_own"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_on__gt", models.F("valid_from"))), name="certificates_dates_in_order"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["asked", "issued"]),
                            models.Q(("decided_on__isnull", False), models.Q(("decision_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="certificates_decided_with_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rendering",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64)),
                ("stored", models.CharField(max_length=100)),
                ("rendered_at", models.DateTimeField()),
                (
                    "certificate",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rendering", to="certificates.certificate"
                    ),
                ),
            ],
        ),
    ]
