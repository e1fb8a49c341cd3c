"""The roles that a person can hold: one group each."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

ROLES = [
    "staff",
    "committee",
    "portfolio evaluators",
    "course evaluators",
    "auditors",
    "payer contacts",
    "provider contacts",
    "college contacts",
]


def add_roles(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the groups that are not there yet."""
    Group = apps.get_model("auth", "Group")
    Group.objects.bulk_create([Group(name=name) for name in ROLES], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [migrations.RunPython(add_roles, migrations.RunPython.noop)]
