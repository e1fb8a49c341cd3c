import uuid

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0004_agreements_make_room"),
        ("people", "0003_shared_cache"),
        ("people", "__first__"),
        ("programs", "0007_numbers_for_agreements"),
    ]

    operations = [
        migrations.CreateModel(
            name="College",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200, unique=True)),
                ("state", models.CharField(max_length=2)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("state__regex", "^[A-Z]{2}$")), name="courses_college_state")],
            },
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("program", models.CharField(blank=True, default="", max_length=200)),
                (
                    "credential",
                    models.CharField(
                        blank=True,
                        choices=[("associate", "Associate degree (A.A.S.)"), ("certificate", "Certificate"), ("diploma", "Diploma")],
                        default="",
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Being written by the college"),
                            ("submitted", "With staff"),
                            ("signed", "Signed"),
                            ("renewed", "Renewed by another one"),
                            ("ended", "Ended early"),
                            ("refused", "Not agreed"),
                            ("withdrawn", "Taken back by the college"),
                        ],
                        default="draft",
                        max_length=12,
                    ),
                ),
                ("requirements", models.TextField(blank=True, default="")),
                ("catalog_url", models.URLField(blank=True, default="", max_length=300)),
                ("conditions", models.CharField(blank=True, default="", max_length=500)),
                ("asked", models.TextField(blank=True, default="")),
                ("agreement_on", models.DateField(blank=True, null=True)),
                ("retroactive_to", models.DateField(blank=True, null=True)),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("written_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("signed_on", models.DateField(null=True)),
                ("decision_reason", models.TextField(blank=True, default="")),
                ("is_example", models.BooleanField(default=False)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "renews",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="renewed_by", to="courses.agreement"
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("terms", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.terms")),
                (
                    "college",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="agreements", to="courses.college"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "submitted")), fields=["submitted_at", "id"], name="courses_to_agree"),
                    models.Index(condition=models.Q(("state", "signed")), fields=["ends_on"], name="courses_agreement_ending"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "submitted", "signed", "renewed", "ended", "refused", "withdrawn"])),
                        name="courses_agreement_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("credential__in", ["", "associate", "certificate", "diploma"])),
                        name="courses_agreement_credential",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "signed")),
                        fields=("college", "program", "credential"),
                        name="courses_one_signed_agreement",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("draft", "submitted"))),
                        fields=("college", "program", "credential"),
                        name="courses_one_open_agreement",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("retroactive_to__isnull", True),
                            models.Q(("agreement_on__isnull", False), ("retroactive_to__lte", models.F("agreement_on"))),
                            _connector="OR",
                        ),
                        name="courses_agreement_dates_back",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True),
                            models.Q(("agreement_on__isnull", False), ("ends_on__gte", models.F("agreement_on"))),
                            _connector="OR",
                        ),
                        name="courses_agreement_dates_ahead",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "submitted"), _negated=True),
                            models.Q(("submitted_at__isnull", False), ("submitted_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="courses_agreement_sent_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            ("submitted_by__isnull", True),
                            models.Q(("decided_by", models.F("submitted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="courses_nobody_signs_own",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("courses", models.TextField(blank=True, default="")),
                ("covered", models.BooleanField(default=False)),
                ("condition", models.CharField(blank=True, default="", max_length=500)),
                ("agreement", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="sets", to="courses.agreement")),
                ("set", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.competencyset")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("agreement", "set"), name="courses_agreement_set_once"),
                    models.CheckConstraint(
                        condition=models.Q(("covered", False), ("condition", ""), _connector="OR"),
                        name="courses_agreement_covered_or_condition",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CollegeContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField()),
                ("college", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="contacts", to="courses.college")),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="colleges", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("college", "person"), name="courses_college_contact_once")],
            },
        ),
        migrations.CreateModel(
            name="GraduateClaim",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("graduated_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("claimed", "With staff"),
                            ("accepted", "Accepted"),
                            ("refused", "Not accepted"),
                            ("withdrawn", "Taken back"),
                        ],
                        default="claimed",
                        max_length=12,
                    ),
                ),
                ("claimed_at", models.DateTimeField()),
                ("answer_by", models.DateField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("refusal_text", models.TextField(blank=True, default="")),
                (
                    "agreement",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="courses.agreement"),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("transcript", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.document")),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "claimed")), fields=["claimed_at", "id"], name="courses_claims_to_decide")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["claimed", "accepted", "refused", "withdrawn"])),
                        name="courses_graduate_claim_state",
                    ),
                    models.UniqueConstraint(condition=models.Q(("state", "claimed")), fields=("person",), name="courses_one_waiting_claim"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("claimed", "accepted"))),
                        fields=("person", "agreement"),
                        name="courses_one_live_claim",
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
                        name="courses_graduate_claim_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "refused"), ("refusal_text", ""), _connector="XOR"),
                        name="courses_graduate_claim_refused_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True), models.Q(("decided_by", models.F("person")), _negated=True), _connector="OR"
                        ),
                        name="courses_nobody_accepts_own",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PostedGraduate",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120)),
                ("email", models.EmailField(max_length=254)),
                ("graduated_on", models.DateField()),
                ("posted_at", models.DateTimeField()),
                (
                    "agreement",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="graduates", to="courses.agreement"),
                ),
                (
                    "posted_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "indexes": [models.Index(django.db.models.functions.text.Lower("email"), name="courses_graduate_email")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("agreement"), django.db.models.functions.text.Lower("email"), name="courses_graduate_once"
                    )
                ],
            },
        ),
    ]
