"""Whether Stripe is asked at all: not while it is silent, and never by so many at once that pages without it wait.

Three failures in a row open the circuit, a refused key opens it at once. While it is open no one waits: each call is refused here.
After a pause one caller alone may try; the first answer closes it. The row that says so is what staff see in their inbox.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import BoundedSemaphore

from django.conf import settings
from django.db import transaction

from billing.models import Outage
from billing.states import OutageKind
from ledger import clock

FAILURES = 3
# Half of a web process's threads (ops/gunicorn_conf.py): the others serve every other page, whatever Stripe does.
AT_ONCE = 2
PATIENCE_SECONDS = 1.0
_places = BoundedSemaphore(AT_ONCE)


class Shut(Exception):
    """No one is asked now; `kind` says why, "" where only too many ask at once."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def find_outage() -> Outage | None:
    """The outage that there is now, also one that is not certain yet. One query."""
    return Outage.objects.filter(ended_at=None).first()


@contextmanager
def entered() -> Iterator[None]:
    """Hold one of the few places from which Stripe is asked. Raises Shut, and RuntimeError inside a transaction.

    A transaction would hold its locks for as long as no one answers.
    """
    at = clock.now()
    with transaction.atomic(durable=True):
        outage = find_outage()
    if outage is not None and outage.retry_at is not None:
        pause = at + timedelta(seconds=settings.STRIPE_PAUSE_SECONDS)
        mine = Outage.objects.filter(id=outage.id, ended_at=None, retry_at__lte=at).update(retry_at=pause)
        if not mine:
            raise Shut(outage.kind)
    if not _places.acquire(timeout=PATIENCE_SECONDS):
        raise Shut("")
    try:
        yield
    finally:
        _places.release()


def failed(kind: OutageKind, *, answer: str) -> None:
    """Count a call that was not answered, or not as it should be."""
    at = clock.now()
    with transaction.atomic():
        Outage.objects.bulk_create([Outage(kind=kind, began_at=at)], ignore_conflicts=True)
        row = Outage.objects.select_for_update().filter(ended_at=None).first()
        if row is None:
            return  # Someone was answered between our two statements.
        row.kind, row.answer, row.failures = kind, answer[:250], row.failures + 1
        if kind == OutageKind.KEY or row.failures >= FAILURES:
            row.retry_at = at + timedelta(seconds=settings.STRIPE_PAUSE_SECONDS)
        row.save(update_fields=["kind", "answer", "failures", "retry_at"])


def answered() -> None:
    """Close the circuit: Stripe answers. A single failure that came to nothing is forgotten."""
    outage = find_outage()
    if outage is not None:
        Outage.objects.filter(id=outage.id, retry_at=None).delete()
        Outage.objects.filter(id=outage.id, ended_at=None).update(ended_at=clock.now())
