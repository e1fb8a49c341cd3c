from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0006_suspensions_that_are_over"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="certificate", name="certificates_dates_in_order"),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(condition=Q(expires_on__gte=F("valid_from")), name="certificates_valid_for_a_day"),
        ),
    ]
