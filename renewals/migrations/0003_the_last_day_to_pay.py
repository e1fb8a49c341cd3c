from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("renewals", "0002_what_is_sealed")]

    operations = [
        migrations.AddField(model_name="renewal", name="pay_by", field=models.DateField(null=True)),
        migrations.AddIndex(
            model_name="renewal",
            index=models.Index(condition=models.Q(("state", "awaiting_payment")), fields=["pay_by"], name="renewals_fee_due"),
        ),
    ]
