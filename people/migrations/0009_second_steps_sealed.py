"""Seal the secrets of second steps that were kept as plain text."""

from collections.abc import Callable

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from people.encryption import MARK, seal, unseal

SECRETS = ("secret", "seed")


def _change(apps: StateApps, change: Callable[[str], str]) -> None:
    for row in apps.get_model("mfa", "Authenticator").objects.filter(type__in=["totp", "recovery_codes"]).iterator():
        for name in SECRETS:
            if name in row.data:
                row.data[name] = change(row.data[name])
        if row.data.get("migrated_codes"):
            row.data["migrated_codes"] = [change(code) for code in row.data["migrated_codes"]]
        row.save(update_fields=["data"])


def seal_all(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Seal what is not sealed."""
    _change(apps, lambda text: text if text.startswith(MARK) else seal(text))


def open_all(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Go back to plain text, as the release before reads it."""
    _change(apps, unseal)


class Migration(migrations.Migration):
    dependencies = [("people", "0008_college_contacts"), ("mfa", "0003_authenticator_type_uniq")]

    operations = [migrations.RunPython(seal_all, open_all)]
