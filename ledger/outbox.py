"""The delivery of news: each row in a transaction of its own, locked with SKIP LOCKED, tried again with growing patience."""

import logging
from datetime import datetime, timedelta

from django.db import transaction

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
    """Deliver one row unless somebody else holds it; a failure is noted on the row and stops nobody else."""
    with transaction.atomic():
        row = Delivery.objects.select_for_update(skip_locked=True).filter(id=id, done_at=None, due_at__lte=at).first()
        if row is None:
            return False
        try:
            with transaction.atomic():
                SUBSCRIBERS[row.topic][row.subscriber](row.payload, at=at)
        except Exception as failure:  # one poisoned row must not stop the others
            log.exception("News %s for %s could not be delivered", row.topic, row.subscriber)
            row.due_at = at + PATIENCE[min(row.attempts, len(PATIENCE) - 1)]
            row.last_error = f"{type(failure).__name__}: {failure}"[:2000]
        else:
            row.done_at = at
            row.last_error = ""
        row.attempts += 1
        row.save(update_fields=["due_at", "done_at", "attempts", "last_error"])
    return True
