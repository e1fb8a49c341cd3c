"""List the approved courses and recognition agreements that come with the program."""

from typing import Any

from django.core.management.base import BaseCommand

from courses import actions
from ledger import clock


class Command(BaseCommand):
    """`manage.py load_program`: safe to run again."""

    help = "List the approved courses and the recognition agreements that are known; what is there already stays as it is"

    def handle(self, **_: Any) -> None:
        """Read the files and say how many rows are new."""
        self.stdout.write(f"{actions.load_program(at=clock.now())} new courses and agreements.")
