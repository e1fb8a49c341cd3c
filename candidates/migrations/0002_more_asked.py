import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("candidates", "0001_initial"),
        ("people", "0003_shared_cache"),
        ("people", "__first__"),
        ("programs", "0002_first_terms_and_framework"),
    ]

    operations = [
        migrations.CreateModel(
            name="Inquiry",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("asked_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("reply", models.TextField(blank=True, default="")),
                (
                    "application",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="inquiries", to="candidates.application"),
                ),
                ("asked_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True)), fields=("application",), name="candidates_one_open_inquiry"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InquiryItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "item",
                    models.CharField(
                        choices=[
                            ("who", "Your names"),
                            ("diploma", "Your schooling"),
                            ("member", "Your ALA membership"),
                            ("work", "Your library work"),
                            ("resume", "Your resume"),
                            ("letter", "A letter or another proof"),
                        ],
                        max_length=12,
                    ),
                ),
                ("note", models.TextField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "document",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.document"
                    ),
                ),
                ("inquiry", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="items", to="candidates.inquiry")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("item__in", ["who", "diploma", "member", "work", "resume", "letter"])),
                        name="candidates_inquiry_item",
                    ),
                    models.UniqueConstraint(fields=("inquiry", "item"), name="candidates_asked_once"),
                    models.CheckConstraint(condition=models.Q(("note", ""), _negated=True), name="candidates_asked_with_note"),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="application",
            name="candidates_application_state",
        ),
        migrations.RemoveConstraint(
            model_name="application",
            name="candidates_one_live_application",
        ),
        migrations.AddField(
            model_name="application",
            name="returned_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="application",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Not sent yet"),
                    ("awaiting_payment", "Waiting for the fee"),
                    ("in_review", "With staff"),
                    ("asked", "Asked for more"),
                    ("admitted", "Admitted"),
                    ("refused", "Refused"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="draft",
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "awaiting_payment", "in_review", "asked", "admitted", "refused", "withdrawn"])),
                name="candidates_application_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("draft", "awaiting_payment", "in_review", "asked"))),
                fields=("person",),
                name="candidates_one_live_application",
            ),
        ),
    ]
