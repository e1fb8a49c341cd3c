"""Numbers for the office's reports; no names."""

from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q

from candidates.models import Achievement, Application, Candidacy
from ledger import queries as ledger
from ledger.queues import day


def count_funnel(*, first_on: date, last_on: date) -> list[tuple[str, int]]:
    """How many people came how far of those who began an application in these days, both included. Two queries."""
    began = Application.objects.alias(on=day("started_at")).filter(on__gte=first_on, on__lte=last_on)
    counted = began.aggregate(
        began=_people(),
        sent=_people(sent_at__isnull=False),
        paid=_people(paid_on__isnull=False),
        admitted=_people(candidacy__isnull=False),
    )
    achieved = Exists(Achievement.objects.filter(candidacy=OuterRef("pk")))
    further = Candidacy.objects.filter(application__in=began).aggregate(
        first_set=Count("person", distinct=True, filter=Q(achieved)), completed=_people(completed_on__isnull=False)
    )
    return [
        ("Began an application", counted["began"]),
        ("Sent it", counted["sent"]),
        ("Paid the fee", counted["paid"]),
        ("Were admitted", counted["admitted"]),
        ("Achieved a first set", further["first_set"]),
        ("Completed the program", further["completed"]),
    ]


def _people(**condition: bool) -> Count:
    """Each person once, however often they applied."""
    return Count("person", distinct=True, filter=Q(**condition))


def list_decision_days(*, first_on: date, last_on: date) -> list[int]:
    """For each application decided in these days, the days from payment to decision. One query."""
    decided = Application.objects.alias(on=day("decided_at")).filter(on__gte=first_on, on__lte=last_on, paid_on__isnull=False)
    return ledger.list_days(decided, F("paid_on"), F("on"))
