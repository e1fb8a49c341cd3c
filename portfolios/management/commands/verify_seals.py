"""Compute every seal again: what was sent in portfolios is what lies here, files included."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portfolios.queries import seals


class Command(BaseCommand):
    """`manage.py verify_seals`: exits with an error where something was changed after it was sealed."""

    help = "Check the text, the recorded fingerprint and every file of all sealed portfolios."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the option to be quick."""
        parser.add_argument("--without-files", action="store_true", help="check the texts only, which is quick")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what does not hold, and how much was looked at; exit 1 where anything does not hold."""
        count = files = broken = 0
        for check in seals.check_all(files=not options["without_files"]):
            count, files = count + 1, files + len(check.files)
            for problem in check.problems:
                broken += 1
                self.stderr.write(f"Portfolio {check.portfolio}, round {check.round}: {problem}.")
        if broken:
            raise CommandError(f"{broken} things do not hold, in {count} seals with {files} files.")
        self.stdout.write(f"{count} seals hold, and so do their {files} files.")
