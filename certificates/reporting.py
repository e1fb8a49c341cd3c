"""Numbers for the office's reports; no names."""

from datetime import date

from django.db.models import Count, DateField, DurationField, ExpressionWrapper, Q
from django.db.models.functions import Cast, TruncMonth

from certificates.models import Certificate
from certificates.states import CertificateState


def list_issue_days(*, first_on: date, last_on: date) -> list[int]:
    """For each certificate issued in these days, the days since it was asked for. One query."""
    issued = Certificate.objects.filter(issued_at__date__range=(first_on, last_on), replaces=None)
    took = ExpressionWrapper(Cast("issued_at", DateField()) - Cast("asked_at", DateField()), output_field=DurationField())
    return [max(0, took.days) for took in issued.annotate(took=took).values_list("took", flat=True)]


def count_expiring(*, first_on: date, last_on: date) -> dict[date, tuple[int, int]]:
    """By the first day of a month: certificates whose term ends in it, and how many of them wait for a renewal's decision. One query."""
    ending = Certificate.objects.filter(state=CertificateState.ISSUED, expires_on__range=(first_on, last_on))
    months = ending.annotate(month=TruncMonth("expires_on")).values("month").order_by("month")
    counted = months.annotate(all=Count("id"), sent=Count("id", filter=Q(renewal_sent_on__isnull=False)))
    return {row["month"]: (row["all"], row["sent"]) for row in counted}
