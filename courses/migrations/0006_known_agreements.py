"""What was known of agreements moves to the colleges and agreements of their own."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone


def move(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make a college of each name, and a signed agreement of each row."""
    College, Agreement = apps.get_model("courses", "College"), apps.get_model("courses", "Agreement")
    for old in apps.get_model("courses", "OldAgreement").objects.order_by("id"):
        college, _ = College.objects.get_or_create(name=old.college, defaults={"state": old.state})
        Agreement.objects.create(
            college=college,
            program=old.program,
            state="signed",
            agreement_on=old.agreement_on,
            retroactive_to=old.retroactive_to,
            conditions=old.conditions,
            written_at=timezone.now(),
        )


class Migration(migrations.Migration):
    dependencies = [("courses", "0005_agreements_with_colleges")]

    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
