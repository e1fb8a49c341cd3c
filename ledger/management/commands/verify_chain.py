"""Check that no one changed the audit behind the program's back."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ledger import audit_heads, queries
from ledger.models import Link


class Command(BaseCommand):
    """Walk the chain once; exit 1 and name each place that does not hold."""

    help = "Check the audit's chain: names every entry that was changed, deleted, added or moved."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take heads that were kept elsewhere."""
        parser.add_argument(
            "--head",
            nargs="?",
            const=settings.AUDIT_HEAD_FILE,
            metavar="POSITION:HASH",
            help="also compare a head that was kept, as an email to the auditors or a file tells it; without a value, AUDIT_HEAD_FILE",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each break, or that all is well."""
        heads = [] if options["head"] is None else _parse(options["head"])
        lines = [f"Position {gap.position}{f', entry {gap.entry_id}' if gap.entry_id else ''}: {gap.what}" for gap in queries.find_breaks()]
        lines += audit_heads.compare(heads)
        for line in lines:
            self.stdout.write(line)
        if lines:
            raise CommandError(f"The chain does not hold in {len(lines)} place{'s' if len(lines) > 1 else ''}.")
        agrees = f", and agrees with {len(heads)} kept head{'s' if len(heads) > 1 else ''}" if heads else ""
        self.stdout.write(f"The chain holds: {Link.objects.count()} entries{agrees}.")


def _parse(text: str) -> list[audit_heads.Head]:
    """Read one head, or a file of them; one that can't be read must not pass for one that agrees."""
    if not text:
        raise CommandError("Give a head as POSITION:HASH, or the path of a file with heads, or set AUDIT_HEAD_FILE.")
    try:
        heads = audit_heads.load(text) if Path(text).exists() else [audit_heads.Head.parse(text)]
    except ValueError:
        heads = []
    if not heads:
        raise CommandError(f"There is no head POSITION:HASH in {text!r}.")
    return heads
