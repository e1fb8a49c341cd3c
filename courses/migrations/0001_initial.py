import uuid

import django.db.models.deletion
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
            name="Agreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("college", models.CharField(max_length=200)),
                ("state", models.CharField(max_length=2)),
                ("program", models.CharField(blank=True, default="", max_length=200)),
                ("agreement_on", models.DateField(blank=True, null=True)),
                ("retroactive_to", models.DateField(blank=True, null=True)),
                ("conditions", models.CharField(blank=True, default="", max_length=500)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("college", "program"), name="courses_agreement_once"),
                    models.CheckConstraint(condition=models.Q(("state__regex", "^[A-Z]{2}$")), name="courses_agreement_state"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("retroactive_to__isnull", True),
                            models.Q(("agreement_on__isnull", False), ("retroactive_to__lte", models.F("agreement_on"))),
                            _connector="OR",
                        ),
                        name="courses_agreement_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Provider",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("state_library", "State library"),
                            ("state_association", "State association"),
                            ("regional_cooperative", "Regional cooperative"),
                            ("college", "College"),
                            ("ala_unit", "ALA unit"),
                            ("individual_consultant", "Individual consultant"),
                            ("other", "Other"),
                        ],
                        max_length=24,
                    ),
                ),
                ("state", models.CharField(blank=True, default="", max_length=2)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "state_library",
                                    "state_association",
                                    "regional_cooperative",
                                    "college",
                                    "ala_unit",
                                    "individual_consultant",
                                    "other",
                                ],
                            )
                        ),
                        name="courses_provider_kind",
                    ),
                    models.CheckConstraint(condition=models.Q(("state__regex", "^([A-Z]{2})?$")), name="courses_provider_state"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Offering",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=200)),
                ("parts", models.JSONField(default=list)),
                (
                    "format",
                    models.CharField(
                        choices=[("online", "Online"), ("in_person", "In person"), ("blended", "Some of each")], max_length=12
                    ),
                ),
                ("price_cents", models.PositiveIntegerField(blank=True, null=True)),
                ("starts_on", models.DateField(blank=True, null=True)),
                ("approved_on", models.DateField(blank=True, null=True)),
                ("approved_until", models.DateField(blank=True, null=True)),
                ("is_example", models.BooleanField(default=False)),
                ("notes", models.CharField(blank=True, default="", max_length=500)),
                ("set", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.competencyset")),
                (
                    "provider",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="offerings", to="courses.provider"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("provider", "set", "title"), name="courses_offering_once"),
                    models.CheckConstraint(
                        condition=models.Q(("format__in", ["online", "in_person", "blended"])), name="courses_offering_format"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved_on__isnull", True), ("approved_until__isnull", True)),
                            models.Q(
                                ("approved_on__isnull", False),
                                ("approved_until__gt", models.F("approved_on")),
                                ("approved_until__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="courses_offering_approval_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Completion",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("completed_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[("claimed", "With staff"), ("accepted", "Accepted"), ("refused", "Refused"), ("withdrawn", "Withdrawn")],
                        default="claimed",
                        max_length=12,
                    ),
                ),
                ("claimed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("refusal_text", models.TextField(blank=True, default="")),
                (
                    "candidacy",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="completions", to="candidates.candidacy"),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("proof", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.document")),
                ("set", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.competencyset")),
                (
                    "offering",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="completions", to="courses.offering"),
                ),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("state", "claimed")), fields=["claimed_at", "id"], name="courses_to_decide")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["claimed", "accepted", "refused", "withdrawn"])), name="courses_completion_state"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("claimed", "accepted"))),
                        fields=("candidacy", "set"),
                        name="courses_one_live_completion",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False), ("state__in", ("accepted", "refused"))),
                            models.Q(
                                models.Q(("state__in", ("accepted", "refused")), _negated=True),
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="courses_completion_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "refused"), ("refusal_text", ""), _connector="XOR"),
                        name="courses_completion_refused_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True), models.Q(("decided_by", models.F("person")), _negated=True), _connector="OR"
                        ),
                        name="courses_nobody_decides_own",
                    ),
                ],
            },
        ),
    ]
