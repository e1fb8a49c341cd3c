"""Waking the workers by the names of their tasks: what writes a row need not know what works on it."""

import contextlib
from collections.abc import Collection

from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import OperationalError


def wake_on_commit(*, outside: Collection[bool] = (False,)) -> None:
    """Wake the workers that are meant when the transaction commits, each once; if nobody hears it, the next sweep does the work."""
    for wake in (_wake_outside if there else _wake for there in outside):
        if not any(registered[1] is wake for registered in connection.run_on_commit):
            transaction.on_commit(wake, robust=True)


def send(task: str) -> None:
    """Ask a worker for a task now; a broker that does not answer is no loss, the next sweep comes."""
    with contextlib.suppress(OperationalError, OSError):
        current_app.send_task(task, expires=300, retry=False)


def _wake() -> None:
    send("ledger.work")


def _wake_outside() -> None:
    send("ledger.ask")
