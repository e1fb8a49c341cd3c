from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_find_orders")]

    operations = [
        migrations.RemoveConstraint(model_name="charge", name="billing_charge_once"),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("refunded", "cancelled")), _negated=True),
                fields=["purpose", "reference"],
                name="billing_charge_once",
            ),
        ),
    ]
