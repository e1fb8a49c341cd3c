"""Numbers for the office's reports; no names."""

from datetime import date, timedelta

from django.db.models import Count, DateField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import TruncMonth

from certificates.models import Certificate
from certificates.states import CertificateState
from ledger import queries as ledger
from ledger.queues import day
from programs import policy as dates


def list_issue_days(*, first_on: date, last_on: date) -> list[int]:
    """For each certificate issued in these days, the days since it was asked for. One query."""
    issued = Certificate.objects.alias(on=day("issued_at")).filter(on__gte=first_on, on__lte=last_on, replaces=None)
    return ledger.list_days(issued, day("asked_at"), F("on"))


def count_expiring(*, first_on: date, last_on: date) -> dict[date, tuple[int, int]]:
    """By the first day of a month: certificates whose term ends in it, and how many of them wait for a renewal's decision. One query."""
    ending = Certificate.objects.filter(state=CertificateState.ISSUED, expires_on__range=(first_on, last_on))
    months = ending.annotate(month=TruncMonth("expires_on")).values("month").order_by("month")
    counted = months.annotate(all=Count("id"), sent=Count("id", filter=Q(renewal_sent_on__isnull=False)))
    return {row["month"]: (row["all"], row["sent"]) for row in counted}


def count_in_grace(*, on: date) -> tuple[int, int]:
    """Certificates whose term ended before a day on which grace still runs, and how many wait for a renewal's decision. One query."""
    over = Certificate.objects.filter(state=CertificateState.ISSUED, provisional=False, expires_on__lt=on)
    # The database finds a month too much rather than too little; the rule decides.
    near = over.filter(expires_on__gt=ExpressionWrapper(Value(on) - (F("terms__grace_months") + 1) * timedelta(days=31), DateField()))
    ended = near.values_list("expires_on", "terms__grace_months", "renewal_sent_on")
    sent_days = [sent for expires_on, months, sent in ended if dates.add_months(expires_on, months) >= on]
    return len(sent_days), sum(sent is not None for sent in sent_days)
