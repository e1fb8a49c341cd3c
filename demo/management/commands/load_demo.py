"""Load the demonstration, once, where the installation says that it is one."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo import cast, chapters
from ledger import clock


class Command(BaseCommand):
    """Fill an empty program with made-up people in every state, and say who can sign in."""

    help = "Load the demonstration's people. Only where DEMO (or DEBUG) is set; a second call changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load unless loaded; print the hints."""
        if not (settings.DEMO or settings.DEBUG):
            raise CommandError("This is not a demonstration: set DEMO=1 for one. Made-up people never go into a real program.")
        if not chapters.is_told():
            chapters.tell(now=clock.now())
        self.stdout.write(f"\nPeople to sign in as (password for all: {cast.PASSWORD}):\n")
        for hint in cast.HINTS:
            self.stdout.write(f"  {hint.email:<28} {hint.sees}")
