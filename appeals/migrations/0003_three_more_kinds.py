from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("appeals", "0002_files_and_more_kinds"),
        ("programs", "0007_numbers_for_agreements"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="appeal",
            name="appeals_kind_known",
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
                    ("extension", "More time declined"),
                    ("reuse", "Sets from before not counted"),
                    ("evaluator", "Not approved to rate a set"),
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
                    ("extension", "More time declined"),
                    ("reuse", "Sets from before not counted"),
                    ("evaluator", "Not approved to rate a set"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "application",
                            "portfolio",
                            "completion",
                            "renewal",
                            "certificate",
                            "graduation",
                            "course",
                            "agreement",
                            "extension",
                            "reuse",
                            "evaluator",
                        ],
                    )
                ),
                name="appeals_kind_known",
            ),
        ),
    ]
