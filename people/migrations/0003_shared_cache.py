from django.db import migrations


class Migration(migrations.Migration):
    """The table of Django's database cache: limits on sign-in and used codes count for all processes together."""

    dependencies = [("people", "0002_roles")]

    operations = [
        migrations.RunSQL(
            """
            CREATE UNLOGGED TABLE people_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
            CREATE INDEX people_cache_expires ON people_cache (expires);
            """,
            "DROP TABLE people_cache",
        )
    ]
