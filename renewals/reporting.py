"""Numbers for the office's reports; no names."""

from datetime import date

from django.db.models import DurationField, ExpressionWrapper, F

from ledger.queues import day
from renewals.models import Renewal
from renewals.states import RenewalState


def list_decision_days(*, first_on: date, last_on: date) -> list[int]:
    """For each renewal decided in these days, the days since it was sent, the time to answer included. One query."""
    decided = Renewal.objects.filter(state__in=[RenewalState.APPROVED, RenewalState.REFUSED], sent_on__isnull=False)
    decided = decided.alias(on=day("decided_at")).filter(on__gte=first_on, on__lte=last_on)
    took = ExpressionWrapper(F("on") - F("sent_on"), output_field=DurationField())
    return [max(0, took.days) for took in decided.annotate(took=took).values_list("took", flat=True)]
