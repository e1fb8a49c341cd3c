"""Waking the workers by the names of their tasks: what writes a row need not know what works on it."""

import contextlib
from functools import partial

from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import OperationalError


def wake_on_commit(*tasks: str) -> None:
    """Ask workers for these tasks when the transaction commits, for each once; if no one hears it, the next sweep does the work."""
    for task in tasks:
        if not any(getattr(registered[1], "args", ()) == (task,) for registered in connection.run_on_commit):
            transaction.on_commit(partial(send, task), robust=True)


def send(task: str) -> None:
    """Ask a worker for a task now; a broker that does not answer is no loss, the next sweep comes."""
    with contextlib.suppress(OperationalError, OSError):
        current_app.send_task(task, expires=300, retry=False)
