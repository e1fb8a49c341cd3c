"""The role of those who speak for a provider of courses: a group like the others."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def add_role(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the group, unless it is there."""
    apps.get_model("auth", "Group").objects.get_or_create(name="provider contacts")


class Migration(migrations.Migration):
    dependencies = [("people", "0006_payer_contacts")]

    operations = [migrations.RunPython(add_role, migrations.RunPython.noop)]
