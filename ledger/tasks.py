"""The worker's entrances. Each may be called at any time, by any number of workers, or never: the outbox decides what is done."""

import logging
from collections.abc import Callable

from celery import shared_task
from django.db import connection

from ledger import clock, email_delivery, outbox, reminders, sweep_runs
from ledger.models import Heartbeat

log = logging.getLogger(__name__)


@shared_task(name="ledger.work")
def work() -> None:
    """Deliver events, write reminders and send emails until nothing is due."""
    while work_once():
        pass


def work_once() -> int:
    """Do a batch of each; return how many rows were taken up. A part that fails is reported to the operators and stops no other."""
    return sum(_tried(part) for part in (outbox.deliver, reminders.send_due, email_delivery.send_due))


@shared_task(name="ledger.ask")
def ask() -> None:
    """Deliver events whose subscribers call outside systems, until nothing is due; none of it keeps the other work waiting."""
    while ask_once():
        pass


def ask_once() -> int:
    """Deliver one of them; return how many were taken up."""
    return _tried(outbox.deliver_outside)


def _tried(part: Callable[..., int]) -> int:
    try:
        return part(at=clock.now())
    except Exception:
        log.exception("The worker could not %s.%s", part.__module__, part.__name__)
        return 0


@shared_task(name="ledger.sweep")
def sweep() -> None:
    """Run every sweep that is due in this minute, hour or day, once."""
    sweep_runs.run_due(at=clock.now())


@shared_task(name="ledger.beat")
def beat(name: str = "worker") -> None:
    """Show that a worker lives: the one for what is here, or the one for what is outside."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=clock.now())], update_conflicts=True, unique_fields=["name"], update_fields=["at"]
    )
    connection.close_if_unusable_or_obsolete()
