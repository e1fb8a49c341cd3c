"""A request for more time that nobody needs anymore is closed by the program, which gives no reason and is nobody."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("candidates", "0006_information_requests"),
    ]

    operations = [
        migrations.AlterField(
            model_name="extensionrequest",
            name="state",
            field=models.CharField(
                choices=[("asked", "With staff"), ("granted", "Granted"), ("declined", "Declined"), ("closed", "No longer needed")],
                default="asked",
                max_length=20,
            ),
        ),
        migrations.RemoveConstraint(model_name="extensionrequest", name="candidates_extension_state"),
        migrations.RemoveConstraint(model_name="extensionrequest", name="candidates_extension_decided_why"),
        migrations.AddConstraint(
            model_name="extensionrequest",
            constraint=models.CheckConstraint(
                condition=Q(state__in=["asked", "granted", "declined", "closed"]), name="candidates_extension_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="extensionrequest",
            constraint=models.CheckConstraint(
                condition=Q(state="asked")
                | Q(state="closed", decided_at__isnull=False)
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(reason="")),
                name="candidates_extension_decided_why",
            ),
        ),
    ]
