"""Documents may have a copy that others open instead: without scripts, place and camera."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0012_documents_wait_for_the_worker")]

    operations = [
        migrations.AddField("document", "reading", models.CharField(blank=True, default="", max_length=100)),
        migrations.AddField("document", "reading_type", models.CharField(blank=True, default="", max_length=100)),
    ]
