"""The worker's entrances for files; what waits is in the database, and the sweep `people.check_files` finds it."""

from celery import shared_task

from ledger import clock, workers
from people import file_checks


@shared_task(name="people.check_files")
def check_files() -> None:
    """Look through some of the files that wait; where that was not all, another task goes on, so that emails come in between."""
    if file_checks.check_waiting(at=clock.now()):
        workers.send("people.check_files")
