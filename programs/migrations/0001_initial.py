import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Framework",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.CharField(max_length=20, unique=True)),
                ("approved_on", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="CompetencySet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("code", models.SlugField(max_length=40)),
                ("name", models.CharField(max_length=120)),
                ("kind", models.CharField(choices=[("required", "Required"), ("elective", "Elective")], max_length=10)),
                ("scope", models.TextField()),
                ("framework", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="sets", to="programs.framework")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("framework", "code"), name="programs_set_code_once"),
                    models.UniqueConstraint(fields=("framework", "position"), name="programs_set_position_once"),
                    models.CheckConstraint(condition=models.Q(("kind__in", ["required", "elective"])), name="programs_set_kind_known"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Competency",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("text", models.TextField()),
                ("incomplete", models.BooleanField(default=False)),
                (
                    "set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="competencies", to="programs.competencyset"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("set", "number"), name="programs_competency_number_once")],
            },
        ),
        migrations.CreateModel(
            name="Terms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("effective_on", models.DateField(unique=True)),
                ("frozen_at", models.DateTimeField(null=True)),
                ("hours_needed", models.PositiveIntegerField(default=1820)),
                ("hours_window_years", models.PositiveSmallIntegerField(default=5)),
                ("hours_week_cap", models.PositiveSmallIntegerField(default=40)),
                ("answer_working_days", models.PositiveSmallIntegerField(default=5)),
                ("candidacy_months", models.PositiveSmallIntegerField(default=48)),
                ("extension_months", models.PositiveSmallIntegerField(default=12)),
                ("required_sets", models.PositiveSmallIntegerField(default=3)),
                ("elective_sets", models.PositiveSmallIntegerField(default=3)),
                ("portfolio_met_percent", models.PositiveSmallIntegerField(default=70)),
                ("supplement_days", models.PositiveSmallIntegerField(default=90)),
                ("accept_days", models.PositiveSmallIntegerField(default=9)),
                ("rate_days", models.PositiveSmallIntegerField(default=30)),
                ("credit_months_before", models.PositiveSmallIntegerField(default=24)),
                ("approval_months", models.PositiveSmallIntegerField(default=48)),
                ("certificate_months", models.PositiveSmallIntegerField(default=48)),
                ("grace_months", models.PositiveSmallIntegerField(default=2)),
                ("renewal_hours", models.PositiveSmallIntegerField(default=32)),
                ("renewal_technology_hours", models.PositiveSmallIntegerField(default=4)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("portfolio_met_percent__lte", 100)), name="programs_terms_percent"),
                    models.CheckConstraint(
                        condition=models.Q(("renewal_technology_hours__lte", models.F("renewal_hours"))),
                        name="programs_terms_technology_within",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="terms",
            trigger=pgtrigger.compiler.Trigger(
                name="frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.frozen_at IS NOT NULL)",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="91ab87222ff55b28c918cb635b4248f0a6ed9025",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_frozen_f7f9e",
                    table="programs_terms",
                    when="BEFORE",
                ),
            ),
        ),
    ]
