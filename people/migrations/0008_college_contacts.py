"""The role of those who speak for a college."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def add_role(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the group."""
    apps.get_model("auth", "Group").objects.get_or_create(name="college contacts")


class Migration(migrations.Migration):
    dependencies = [("people", "0007_provider_contacts")]

    operations = [migrations.RunPython(add_role, migrations.RunPython.noop)]
