"""List the approved courses and recognition agreements that come with the program."""

from typing import Any

from django.core.management.base import BaseCommand

from agreements import actions as agreements
from courses import actions as courses
from ledger import clock


class Command(BaseCommand):
    """`manage.py load_program`: safe to run again."""

    help = "List the approved courses and the recognition agreements that are known; what is there already stays as it is"

    def handle(self, **_: Any) -> None:
        """Read the files and say how many rows are new."""
        at = clock.now()
        self.stdout.write(f"{courses.load_courses(at=at)} new courses, {agreements.load_agreements(at=at)} new agreements.")
