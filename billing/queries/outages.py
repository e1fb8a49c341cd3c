"""Reading whether cards can be taken."""

from datetime import timedelta

from django.db.models import Case, DateTimeField, F, QuerySet, When

from billing.models import Outage
from billing.states import OutageKind

# A silence that is over sooner is no one's work.
TOLD_AFTER = timedelta(minutes=10)


def get_outage() -> Outage | None:
    """Why Stripe is not asked now; None while it is. One query."""
    return Outage.objects.filter(ended_at=None, retry_at__isnull=False).first()


def list_outages() -> QuerySet[Outage]:
    """The outage that lasts, with the instant from which staff must know of a silence (`told_at`); of a refused key they must at once."""
    told_at = Case(When(kind=OutageKind.SILENT, then=F("began_at") + TOLD_AFTER), output_field=DateTimeField())
    return Outage.objects.filter(ended_at=None, retry_at__isnull=False).annotate(told_at=told_at)
