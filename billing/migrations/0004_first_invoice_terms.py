"""Invoices are due after 30 days; what was refunded before refunds could be partial was refunded in full."""

from datetime import date

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import F


def add_terms(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the first row."""
    apps.get_model("billing", "InvoiceTerms").objects.create(effective_on=date(2010, 1, 1), net_days=30)


def fill_refunded(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Fill the sum that was given back."""
    apps.get_model("billing", "Charge").objects.filter(state="refunded").update(refunded_cents=F("amount_cents"))


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_purchase_orders")]

    operations = [
        migrations.RunPython(add_terms, migrations.RunPython.noop),
        migrations.RunPython(fill_refunded, migrations.RunPython.noop),
    ]
