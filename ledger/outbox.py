"""The delivery of events: each row in a transaction of its own, locked with SKIP LOCKED, tried again with growing patience.

What asks someone outside is delivered apart: claimed, run without a transaction, and marked in another one.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from ledger.models import Delivery
from ledger.registry import OUTSIDE, SUBSCRIBERS

BATCH = 100
PATIENCE = [timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 900, 3600, 21600)]
log = logging.getLogger(__name__)


def deliver(*, at: datetime) -> int:
    """Deliver up to BATCH events that are due; return how many were taken up, delivered or not."""
    due = Delivery.objects.filter(done_at=None, due_at__lte=at).exclude(subscriber__in=OUTSIDE)
    return sum(_deliver_one(id, at=at) for id in list(due.order_by("due_at", "id").values_list("id", flat=True)[:BATCH]))


def deliver_outside(*, at: datetime) -> int:
    """Deliver one event that is due and whose subscriber calls an outside system; return how many were taken up: 1 or 0."""
    row = _claim(at=at)
    if row is None:
        return 0
    try:
        SUBSCRIBERS[row.topic][row.subscriber](row.payload, at=at)
    except Exception as failure:  # whoever is outside fails in many ways
        _note(row, failure, at=at)
    else:
        Delivery.objects.filter(id=row.id, done_at=None).update(done_at=at, last_error="")
    return 1


def _claim(*, at: datetime) -> Delivery | None:
    """Claim the delivery that waits longest, so that no other worker takes it while an outside system is called."""
    with transaction.atomic():
        due = Delivery.objects.filter(done_at=None, due_at__lte=at, subscriber__in=OUTSIDE)
        row = due.select_for_update(skip_locked=True).order_by("due_at", "id").first()
        if row is not None:
            Delivery.objects.filter(id=row.id).update(due_at=at + OUTSIDE[row.subscriber], attempts=F("attempts") + 1)
    return row


def _deliver_one(id: int, *, at: datetime) -> bool:
    """Deliver one row unless someone else holds it; a failure, even at the commit, is noted on the row and stops no one else."""
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
        _note(row, failure, at=at, attempts=F("attempts") + 1)
    return True


def _note(row: Delivery, failure: Exception, *, at: datetime, **changes: Any) -> None:
    """Keep why a row could not be delivered, and when it is tried again. Someone else may have delivered it since."""
    log.exception("News %s for %s could not be delivered", row.topic, row.subscriber)
    Delivery.objects.filter(id=row.id, done_at=None).update(
        due_at=at + PATIENCE[min(row.attempts, len(PATIENCE) - 1)], last_error=f"{type(failure).__name__}: {failure}"[:2000], **changes
    )
