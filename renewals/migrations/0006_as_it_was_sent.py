import django.core.serializers.json
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("renewals", "0005_who_asks")]

    operations = [
        migrations.AddField(
            model_name="activity",
            name="sent",
            field=models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True),
        ),
        migrations.AddField(model_name="proof", name="sealed", field=models.BooleanField(db_default=False, default=False)),
    ]
