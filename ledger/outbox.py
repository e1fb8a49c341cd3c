"""The delivery of news: each row in a transaction of its own, locked with SKIP LOCKED, tried again with growing patience."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from ledger.models import Delivery
from ledger.registry import SUBSCRIBERS

BATCH = 100
PATIENCE = [timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 900, 3600, 21600)]
log = logging.getLogger(__name__)


def deliver(*, at: datetime) -> int:
    """Deliver up to BATCH pieces of news that are due; return how many were taken up, delivered or not."""
    due = Delivery.objects.filter(done_at=None, due_at__lte=at).order_by("due_at", "id").values_list("id", flat=True)
    return sum(_deliver_one(id, at=at) for id in list(due[:BATCH]))


def _deliver_one(id: int, *, at: datetime) -> bool:
    """Deliver one row unless somebody else holds it; a failure, even at the commit, is noted on the row and stops nobody else."""
    row = None
    try:
        with transaction.atomic():
            row = Delivery.objects.select_for_update(skip_locked=True).filter(id=id, done_at=None, due_at__lte=at).first()
            if row is None:
                return False
            SUBSCRIBERS[row.topic][row.subscriber](row.payload, at=at)
            Delivery.objects.filter(id=id).update(done_at=at, last_error="", attempts=F("attempts") + 1)
    except Exception as failure:  # one poisoned row must not stop the others
        if row is None:
            raise
        log.exception("News %s for %s could not be delivered", row.topic, row.subscriber)
        # Somebody else may have delivered it since.
        Delivery.objects.filter(id=id, done_at=None).update(
            due_at=at + PATIENCE[min(row.attempts, len(PATIENCE) - 1)],
            last_error=f"{type(failure).__name__}: {failure}"[:2000],
            attempts=F("attempts") + 1,
        )
    return True
