import django.contrib.postgres.indexes
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.db import migrations, models

import people.search


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0008_agreements_end_without_a_date"),
        ("people", "0011_search"),
    ]

    operations = [
        migrations.AddField(
            model_name="courseapplication",
            name="city",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
        migrations.AddField(
            model_name="courseapplication",
            name="country",
            field=models.CharField(blank=True, default="", max_length=60),
        ),
        migrations.AddField(
            model_name="courseapplication",
            name="state_code",
            field=models.CharField(blank=True, default="", max_length=2),
        ),
        migrations.AddField(
            model_name="offering",
            name="city",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
        migrations.AddField(
            model_name="offering",
            name="country",
            field=models.CharField(blank=True, default="", max_length=60),
        ),
        migrations.AddField(
            model_name="offering",
            name="state_code",
            field=models.CharField(blank=True, default="", max_length=2),
        ),
        migrations.AddField(
            model_name="provider",
            name="folded",
            field=models.GeneratedField(db_persist=True, expression=people.search.Fold("name"), output_field=models.TextField()),
        ),
        migrations.AddField(
            model_name="offering",
            name="folded",
            field=models.GeneratedField(
                db_persist=True,
                expression=people.search.Fold(
                    django.db.models.functions.text.Concat(
                        "title",
                        models.Value(" "),
                        django.db.models.functions.comparison.Cast("parts", models.TextField()),
                        models.Value(" "),
                        "city",
                        models.Value(" "),
                        "country",
                        output_field=models.TextField(),
                    )
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex(
            model_name="offering",
            index=django.contrib.postgres.indexes.GinIndex(fields=["folded"], name="courses_offering_find", opclasses=["gin_trgm_ops"]),
        ),
        migrations.AddIndex(
            model_name="provider",
            index=django.contrib.postgres.indexes.GinIndex(fields=["folded"], name="courses_provider_find", opclasses=["gin_trgm_ops"]),
        ),
        migrations.AddConstraint(
            model_name="offering",
            constraint=models.CheckConstraint(condition=models.Q(("state_code__regex", "^([A-Z]{2})?$")), name="courses_offering_state"),
        ),
        migrations.AddConstraint(
            model_name="offering",
            constraint=models.CheckConstraint(
                condition=models.Q(("state_code", ""), ("country", ""), _connector="OR"), name="courses_offering_one_place"
            ),
        ),
    ]
