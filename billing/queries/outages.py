"""Reading whether cards can be taken."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from billing.models import Outage
from billing.states import OutageKind

# A silence that is over sooner is no one's work.
TOLD_AFTER = timedelta(minutes=10)


def get_outage() -> Outage | None:
    """Why Stripe is not asked now; None while it is. One query."""
    return Outage.objects.filter(ended_at=None, retry_at__isnull=False).first()


def list_told_outages(*, at: datetime) -> QuerySet[Outage]:
    """The outage that staff must know of: a refused key at once, a silence that lasts."""
    lasts = Q(kind=OutageKind.KEY) | Q(began_at__lte=at - TOLD_AFTER)
    return Outage.objects.filter(lasts, ended_at=None, retry_at__isnull=False)
