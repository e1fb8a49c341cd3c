"""Numbers for the office's reports; no names."""

from datetime import date

from django.db.models import Count, DateField, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.functions import Cast

from candidates.models import Achievement, Application, Candidacy


def count_funnel(*, first_on: date, last_on: date) -> list[tuple[str, int]]:
    """How far those came who began an application in these days, both included. Two queries."""
    began = Application.objects.filter(started_at__date__range=(first_on, last_on))
    counted = began.aggregate(
        began=Count("id"),
        sent=Count("id", filter=Q(sent_at__isnull=False)),
        paid=Count("id", filter=Q(paid_on__isnull=False)),
        admitted=Count("id", filter=Q(candidacy__isnull=False)),
    )
    achieved = Exists(Achievement.objects.filter(candidacy=OuterRef("pk")))
    further = Candidacy.objects.filter(application__in=began).aggregate(
        first_set=Count("id", filter=Q(achieved)), completed=Count("id", filter=Q(completed_on__isnull=False))
    )
    return [
        ("Began an application", counted["began"]),
        ("Sent it", counted["sent"]),
        ("Paid the fee", counted["paid"]),
        ("Were admitted", counted["admitted"]),
        ("Achieved a first set", further["first_set"]),
        ("Completed the program", further["completed"]),
    ]


def list_decision_days(*, first_on: date, last_on: date) -> list[int]:
    """For each application decided in these days, the days from payment to decision. One query."""
    decided = Application.objects.filter(decided_at__date__range=(first_on, last_on), paid_on__isnull=False)
    took = ExpressionWrapper(Cast("decided_at", DateField()) - F("paid_on"), output_field=DurationField())
    return [max(0, took.days) for took in decided.annotate(took=took).values_list("took", flat=True)]
