"""Numbers for the office's reports; no names."""

from datetime import date

from django.db.models import F

from agreements.models import GraduateClaim
from ledger import queries as ledger
from ledger.queues import day


def list_decision_days(*, first_on: date, last_on: date) -> list[int]:
    """For each graduate's claim decided in these days, the days since it was sent. One query."""
    decided = GraduateClaim.objects.alias(on=day("decided_at")).filter(on__gte=first_on, on__lte=last_on)
    return ledger.list_days(decided, day("claimed_at"), F("on"))
