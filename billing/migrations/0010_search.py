import django.contrib.postgres.indexes
from django.db import migrations, models

import people.search


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0009_renewal_fee_of_zero"),
        ("people", "0011_search"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="purchaseorder", name="billing_order_number"),
        migrations.AddIndex(model_name="purchaseorder", index=models.Index(people.search.Fold("number"), name="billing_order_number")),
        migrations.AddField(
            model_name="payer",
            name="folded",
            field=models.GeneratedField(db_persist=True, expression=people.search.Fold("name"), output_field=models.TextField()),
        ),
        migrations.AddIndex(
            model_name="payer",
            index=django.contrib.postgres.indexes.GinIndex(fields=["folded"], name="billing_payer_find", opclasses=["gin_trgm_ops"]),
        ),
    ]
