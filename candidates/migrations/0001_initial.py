import uuid

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0002_roles"),
        ("people", "__first__"),
        ("programs", "0002_first_terms_and_framework"),
    ]

    operations = [
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Not sent yet"),
                            ("awaiting_payment", "Waiting for the fee"),
                            ("in_review", "With staff"),
                            ("admitted", "Admitted"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                (
                    "diploma",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("diploma", "High-school diploma"),
                            ("equivalent", "Equivalent, such as a GED or HiSET"),
                            ("abroad", "Diploma from another country"),
                            ("higher", "College degree or certificate"),
                            ("none", "None of these yet"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                ("diploma_statement", models.CharField(blank=True, default="", max_length=300)),
                ("is_member", models.BooleanField(null=True)),
                ("member_number", models.CharField(blank=True, default="", max_length=20)),
                ("started_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("sent_on", models.DateField(blank=True, null=True)),
                ("paid_on", models.DateField(blank=True, null=True)),
                ("decide_by", models.DateField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "refusal_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("hours", "Too few hours of library work"),
                            ("diploma", "No high-school diploma or equivalent"),
                            ("proof", "Proof is missing"),
                            ("other", "Another reason"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                ("refusal_text", models.TextField(blank=True, default="")),
                ("eligible_from", models.DateField(blank=True, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="applications", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "resume",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.document"
                    ),
                ),
                (
                    "terms",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.terms"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "in_review")), fields=["decide_by", "id"], name="candidates_in_review")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "awaiting_payment", "in_review", "admitted", "refused", "withdrawn"])),
                        name="candidates_application_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("diploma__in", ["diploma", "equivalent", "abroad", "higher", "none", ""])),
                        name="candidates_application_diploma",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("refusal_reason__in", ["hours", "diploma", "proof", "other", ""])),
                        name="candidates_application_refusal",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("draft", "awaiting_payment", "in_review"))),
                        fields=("person",),
                        name="candidates_one_live_application",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "withdrawn"]),
                            models.Q(
                                ("is_member__isnull", False),
                                ("resume__isnull", False),
                                ("sent_at__isnull", False),
                                ("sent_on__isnull", False),
                                ("terms__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="candidates_application_sent_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "awaiting_payment", "withdrawn"]),
                            models.Q(("decide_by__isnull", False), ("paid_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="candidates_application_review_paid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["admitted", "refused"]), _negated=True),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="candidates_application_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "refused"), ("refusal_reason", ""), _connector="XOR"),
                        name="candidates_application_refused_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True), models.Q(("decided_by", models.F("person")), _negated=True), _connector="OR"
                        ),
                        name="candidates_nobody_decides_own",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApplicantAnswers",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("why", models.TextField(blank=True, default="")),
                ("age", models.CharField(blank=True, default="", max_length=12)),
                ("gender", models.CharField(blank=True, default="", max_length=12)),
                ("ethnicity", models.CharField(blank=True, default="", max_length=12)),
                (
                    "application",
                    models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="candidates.application"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Candidacy",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("completed", "Completed"), ("expired", "Expired")], default="active", max_length=20
                    ),
                ),
                ("admitted_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("completed_on", models.DateField(blank=True, null=True)),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="candidacy", to="candidates.application"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="candidacies", to=settings.AUTH_USER_MODEL),
                ),
                ("terms", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.terms")),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("state", "active")), fields=["ends_on"], name="candidates_to_expire")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["active", "completed", "expired"])), name="candidates_candidacy_state"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "active")), fields=("person",), name="candidates_one_active_candidacy"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("completed_on__isnull", False), ("state", "completed")),
                            models.Q(models.Q(("state", "completed"), _negated=True), ("completed_on__isnull", True)),
                            _connector="OR",
                        ),
                        name="candidates_completed_on_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("admitted_on"))), name="candidates_candidacy_in_order"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Achievement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                (
                    "way",
                    models.CharField(
                        choices=[("course", "Approved course"), ("portfolio", "Portfolio"), ("agreement", "Recognition agreement")],
                        max_length=12,
                    ),
                ),
                ("source", models.UUIDField()),
                ("recorded_at", models.DateTimeField()),
                ("set", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.competencyset")),
                (
                    "candidacy",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="achievements", to="candidates.candidacy"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("way__in", ["course", "portfolio", "agreement"])), name="candidates_achievement_way"
                    ),
                    models.UniqueConstraint(fields=("candidacy", "set"), name="candidates_achieved_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChosenSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "way",
                    models.CharField(
                        blank=True,
                        choices=[("course", "Approved course"), ("portfolio", "Portfolio"), ("agreement", "Recognition agreement")],
                        default="",
                        max_length=12,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1)])),
                (
                    "candidacy",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="chosen", to="candidates.candidacy"),
                ),
                ("set", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.competencyset")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("way__in", ["course", "portfolio", "agreement", ""])), name="candidates_chosen_way"
                    ),
                    models.UniqueConstraint(fields=("candidacy", "set"), name="candidates_chosen_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DraftPage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page", models.CharField(max_length=60)),
                ("version", models.PositiveIntegerField(default=0)),
                ("typed", models.JSONField(blank=True, default=dict)),
                ("saved_at", models.DateTimeField()),
                (
                    "application",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="pages", to="candidates.application"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("application", "page"), name="candidates_page_once")],
            },
        ),
        migrations.CreateModel(
            name="WorkSpell",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("library", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("public", "Public library"),
                            ("school", "School library"),
                            ("academic", "College or university library"),
                            ("special", "Special library"),
                            ("other", "Another type"),
                        ],
                        max_length=12,
                    ),
                ),
                ("post", models.CharField(max_length=200)),
                ("paid", models.BooleanField()),
                ("began_on", models.DateField()),
                ("ended_on", models.DateField(blank=True, null=True)),
                ("hours_a_week", models.DecimalField(decimal_places=2, max_digits=5)),
                ("added_at", models.DateTimeField()),
                (
                    "application",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="spells", to="candidates.application"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["public", "school", "academic", "special", "other"])), name="candidates_spell_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hours_a_week__gt", 0), ("hours_a_week__lte", 168)), name="candidates_spell_hours"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ended_on__isnull", True), ("ended_on__gte", models.F("began_on")), _connector="OR"),
                        name="candidates_spell_in_order",
                    ),
                    models.CheckConstraint(condition=models.Q(("library", ""), _negated=True), name="candidates_spell_library"),
                ],
            },
        ),
    ]
