"""Numbers for the office's reports; no names."""

from datetime import date

from django.db.models import F

from ledger import queries as ledger
from ledger.queues import day
from renewals.models import Renewal
from renewals.states import RenewalState


def list_decision_days(*, first_on: date, last_on: date) -> list[int]:
    """For each renewal decided in these days, the days since it was sent, the time to answer included. One query."""
    decided = Renewal.objects.filter(state__in=[RenewalState.APPROVED, RenewalState.REFUSED], sent_on__isnull=False)
    decided = decided.alias(on=day("decided_at")).filter(on__gte=first_on, on__lte=last_on)
    return ledger.list_days(decided, F("sent_on"), F("on"))
