"""Numbers for the office's reports; no names."""

from datetime import date

from django.db.models import F

from appeals.models import Appeal
from appeals.states import AppealState
from ledger import queries as ledger
from ledger.queues import day


def list_decision_days(*, first_on: date, last_on: date) -> list[int]:
    """For each appeal that the second committee decided in these days, the days since the notice. One query."""
    decided = Appeal.objects.filter(state__in=[AppealState.UPHELD, AppealState.REMANDED], heard_at__isnull=False)
    decided = decided.alias(on=day("heard_at")).filter(on__gte=first_on, on__lte=last_on)
    return ledger.list_days(decided, F("noticed_on"), F("on"))
