"""Numbers for the office's reports; no names."""

from datetime import date

from django.db.models import DateField, DurationField, ExpressionWrapper
from django.db.models.functions import Cast

from courses.models import Completion


def list_decision_days(*, first_on: date, last_on: date) -> list[int]:
    """For each completion decided in these days, the days since it was sent. One query."""
    decided = Completion.objects.filter(decided_at__date__range=(first_on, last_on))
    took = ExpressionWrapper(Cast("decided_at", DateField()) - Cast("claimed_at", DateField()), output_field=DurationField())
    return [max(0, took.days) for took in decided.annotate(took=took).values_list("took", flat=True)]
