"""Run every sweep that is due, once."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger import clock, sweep_runs


class Command(BaseCommand):
    """Run what is due now, or what was or will be due at an instant."""

    help = "Run every sweep that is due once. --at 2026-11-23T12:00:00Z pretends that it is then."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the instant."""
        parser.add_argument("--at", metavar="INSTANT", help="an instant in ISO 8601; without a zone it is UTC")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the names of the sweeps that ran."""
        at = clock.now()
        if options["at"]:
            try:
                at = datetime.fromisoformat(options["at"])
            except ValueError as wrong:
                raise CommandError("INSTANT must look like 2026-11-23T12:00:00Z") from wrong
            at = at if at.tzinfo else at.replace(tzinfo=UTC)
        ran = sweep_runs.run_due(at=at)
        self.stdout.write("\n".join(ran) if ran else "Nothing was due.")
