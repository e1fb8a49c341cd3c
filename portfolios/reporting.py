"""Numbers for the office's reports; no names."""

from datetime import date

from django.db.models import DurationField, ExpressionWrapper, F

from ledger.queues import day
from portfolios.models import Portfolio


def list_decision_days(*, first_on: date, last_on: date) -> list[int]:
    """For each portfolio decided in these days, the days since it went to rating, a supplement's time included. One query."""
    decided = Portfolio.objects.filter(decided_on__range=(first_on, last_on), submitted_at__isnull=False)
    took = ExpressionWrapper(F("decided_on") - day("submitted_at"), output_field=DurationField())
    return [max(0, took.days) for took in decided.annotate(took=took).values_list("took", flat=True)]
