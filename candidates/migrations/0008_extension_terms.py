"""A request for more time keeps the Terms that the candidate read when asking."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("candidates", "0007_extension_closed"),
        ("programs", "0007_numbers_for_agreements"),
    ]

    operations = [
        migrations.AddField(
            model_name="extensionrequest",
            name="terms",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.terms"
            ),
        ),
    ]
