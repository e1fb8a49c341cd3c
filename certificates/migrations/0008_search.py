import django.contrib.postgres.indexes
from django.db import migrations, models

import people.search


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0007_valid_for_one_day"),
        ("people", "0011_search"),
    ]

    operations = [
        migrations.AddField(
            model_name="certificate",
            name="folded",
            field=models.GeneratedField(db_persist=True, expression=people.search.Fold("printed_name"), output_field=models.TextField()),
        ),
        migrations.AddIndex(
            model_name="certificate",
            index=django.contrib.postgres.indexes.GinIndex(fields=["folded"], name="certificates_find", opclasses=["gin_trgm_ops"]),
        ),
    ]
