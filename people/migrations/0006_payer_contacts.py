"""The role of those who pay for others."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def add_role(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the group."""
    apps.get_model("auth", "Group").objects.get_or_create(name="payer contacts")


class Migration(migrations.Migration):
    dependencies = [("people", "0005_documents_are_checked")]

    operations = [migrations.RunPython(add_role, migrations.RunPython.noop)]
