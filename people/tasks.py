"""The worker's entrances for files; what waits is in the database, and the sweep `people.check_files` finds it."""

import contextlib

from celery import shared_task
from kombu.exceptions import OperationalError

from ledger import clock
from people import file_checks


def wake() -> None:
    """Ask a worker to look through what waits; a broker that does not answer is no loss, the next sweep comes."""
    with contextlib.suppress(OperationalError, OSError):
        check_files.apply_async(expires=300, retry=False)


@shared_task(name="people.check_files")
def check_files() -> None:
    """Look through some of the files that wait; where that was not all, another task goes on, so that letters come in between."""
    if file_checks.check_waiting(at=clock.now()):
        wake()
