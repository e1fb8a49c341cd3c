"""Numbers for the office's reports; no names."""

from datetime import date

from django.db.models import F

from ledger import queries as ledger
from ledger.queues import day
from portfolios.models import Portfolio


def list_decision_days(*, first_on: date, last_on: date) -> list[int]:
    """For each portfolio decided in these days, the days since it went to rating, a supplement's time included. One query."""
    decided = Portfolio.objects.filter(decided_on__range=(first_on, last_on), submitted_at__isnull=False)
    return ledger.list_days(decided, day("submitted_at"), F("decided_on"))
