"""The fees that are known, and the days until an invoice is due; a certificate's renewal has no fee until staff set it."""

from datetime import date

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SINCE = date(2010, 1, 1)
FEES = {
    "application": (35000, 32500),
    "portfolio": (6000, 5000),
    "course_approval": (10000, 10000),
    "course_renewal": (10000, 10000),
}


def add_fees(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the first row of each fee."""
    FeeAmount = apps.get_model("billing", "FeeAmount")
    FeeAmount.objects.bulk_create(
        FeeAmount(kind=kind, standard_cents=standard, member_cents=member, effective_on=SINCE) for kind, (standard, member) in FEES.items()
    )


def add_invoice_terms(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the first row."""
    apps.get_model("billing", "InvoiceTerms").objects.create(effective_on=SINCE, net_days=30)


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]

    operations = [
        migrations.RunPython(add_fees, migrations.RunPython.noop),
        migrations.RunPython(add_invoice_terms, migrations.RunPython.noop),
    ]
