import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0005_provisional_revocation_directory_letters"),
    ]

    operations = [
        migrations.CreateModel(
            name="PastSuspension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_on", models.DateField()),
                ("ended_on", models.DateField()),
                (
                    "certificate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="past_suspensions", to="certificates.certificate"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=Q(ended_on__gte=F("first_on")), name="certificates_suspension_in_order"),
                ],
            },
        ),
    ]
