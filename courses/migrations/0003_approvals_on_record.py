"""Approvals that were entered before periods were rows: each becomes the first row of its course."""

from datetime import UTC, datetime

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def keep_approvals(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write a row for every course whose approval has dates; the next end is counted from the last day."""
    Offering, Approval = apps.get_model("courses", "Offering"), apps.get_model("courses", "Approval")
    now = datetime.now(tz=UTC)
    Approval.objects.bulk_create(
        Approval(
            offering=row,
            first_on=row.approved_on,
            last_on=row.approved_until,
            anchor_on=row.approved_until,
            months=0,
            source="Entered before approvals had a history",
            entered_at=now,
        )
        for row in Offering.objects.filter(approved_on__isnull=False, approvals__isnull=True)
    )


class Migration(migrations.Migration):
    dependencies = [("courses", "0002_providers_and_approvals")]

    operations = [migrations.RunPython(keep_approvals, migrations.RunPython.noop)]
