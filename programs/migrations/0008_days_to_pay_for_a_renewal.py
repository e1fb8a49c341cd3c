from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programs", "0007_numbers_for_agreements")]

    operations = [
        migrations.AddField(
            model_name="terms",
            name="renewal_pay_days",
            field=models.PositiveSmallIntegerField(db_default=30, default=30),
        ),
    ]
