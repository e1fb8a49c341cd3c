"""The worker and its timetable. Nothing here is the truth: every task only wakes work that waits in PostgreSQL."""

import logging
import os

from celery import Celery
from celery.signals import worker_ready

logger = logging.getLogger(__name__)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lssc.settings")

app = Celery("lssc")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "work the outbox": {"task": "ledger.work", "schedule": 60.0, "options": {"expires": 55}},
    "run what is due": {"task": "ledger.sweep", "schedule": 60.0, "options": {"expires": 55}},
    "show that the worker lives": {"task": "ledger.beat", "schedule": 20.0, "options": {"expires": 15}},
    "ask what is outside": {"task": "ledger.ask", "schedule": 60.0, "options": {"expires": 55}},
    "show that its worker lives": {
        "task": "ledger.beat",
        "schedule": 20.0,
        "args": ("outside",),
        "options": {"expires": 15, "queue": "outside"},
    },
}


@worker_ready.connect
def show_life(**_: object) -> None:
    """Show at once that a worker lives, not only when the timetable first asks."""
    if "outside" in app.amqp.queues.consume_from:
        app.send_task("ledger.beat", args=("outside",), expires=15, queue="outside")
    else:
        app.send_task("ledger.beat", expires=15)


@worker_ready.connect
def show_confinement(**_: object) -> None:
    """Say at start how well files from people are shut in, where they are opened."""
    from people import confinement

    level = confinement.find().level
    logger.log(logging.INFO if level.is_apart else logging.WARNING, level.value)
