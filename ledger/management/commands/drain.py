"""Work the outbox until it is empty."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger import queries, tasks


class Command(BaseCommand):
    """Deliver events and send emails here and now, without a worker."""

    help = "Work the outbox until it is empty, or until --seconds have passed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the limit."""
        parser.add_argument("--seconds", type=int, default=120, help="give up after so many seconds (120)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was done; exit 1 when something is left."""
        until = time.monotonic() + options["seconds"]
        count = 0
        while any(queries.count_undone()) and time.monotonic() < until:
            worked = tasks.work_once() + tasks.ask_once()
            count += worked
            if not worked:
                time.sleep(0.5)
        deliveries, emails = queries.count_undone()
        if deliveries or emails:
            raise CommandError(f"{count} done. Left: {deliveries} deliveries and {emails} emails, which are tried again later.")
        self.stdout.write(f"{count} done. The outbox is empty.")
