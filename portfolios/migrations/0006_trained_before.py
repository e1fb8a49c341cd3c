"""Evaluators who rated before the training was online were trained by us then: their first portfolio says before which day."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Min, OuterRef, Subquery


def note(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Note the day on which each accepted their first portfolio; whoever accepted none does the training first."""
    evaluators = apps.get_model("portfolios", "Evaluator").objects
    accepted = apps.get_model("portfolios", "Assignment").objects.filter(evaluator=OuterRef("pk"), accepted_on__isnull=False)
    first = accepted.order_by().values("evaluator").annotate(day=Min("accepted_on")).values("day")
    evaluators.filter(trained_on=None).update(trained_on=Subquery(first))


class Migration(migrations.Migration):
    dependencies = [("portfolios", "0005_first_suggestions")]

    operations = [migrations.RunPython(note, migrations.RunPython.noop)]
