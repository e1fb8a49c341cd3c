from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0005_batches"),
    ]

    operations = [
        migrations.AddField(
            model_name="reminder",
            name="due_at",
            field=models.DateTimeField(null=True),
        ),
    ]
