"""Give or take a role from the command line: how the first member of staff comes to be one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledger import clock
from people import actions, queries
from people.states import Role


class Command(BaseCommand):
    """`manage.py role give rita@example.org staff`."""

    help = "Give a role to a person with an account, or take it: role give|take EMAIL ROLE"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name what to do, to whom, and the role."""
        parser.add_argument("verb", choices=["give", "take"])
        parser.add_argument("email")
        parser.add_argument("role", choices=list(Role.values))

    def handle(self, *, verb: str, email: str, role: str, **_: Any) -> None:
        """Do it; raises CommandError where no one has this address."""
        person = queries.get_person_by_email(email)
        if person is None:
            raise CommandError(f"No one has an account with {email}. Sign up first.")
        change = actions.give_role if verb == "give" else actions.take_role
        change(person, Role(role), actor=None, at=clock.now())
        self.stdout.write(f"{person} now has: {', '.join(sorted(person.groups.values_list('name', flat=True))) or 'no role'}.")
