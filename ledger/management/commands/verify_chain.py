"""Check that nobody changed the audit behind the program's back."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger import queries
from ledger.models import Link


class Command(BaseCommand):
    """Walk the chain once; exit 1 and name each place that does not hold."""

    help = "Check the audit's chain: names every entry that was changed, deleted, added or moved."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each break, or that all is well."""
        breaks = list(queries.find_breaks())
        for found in breaks:
            entry = f", entry {found.entry_id}" if found.entry_id else ""
            self.stdout.write(f"Position {found.position}{entry}: {found.what}")
        if breaks:
            raise CommandError(f"The chain does not hold in {len(breaks)} place{'s' if len(breaks) > 1 else ''}.")
        self.stdout.write(f"The chain holds: {Link.objects.count()} entries.")
