"""Check that the books balance, to the cent."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing import policy, queries


class Command(BaseCommand):
    """Add up charges, payments and refunds; exit 1 when they don't agree."""

    help = "Check the books: received, less given back, less held for staff, is what was earned."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the sums."""
        books = queries.get_books()
        for label, cents in (
            ("Received by card", books.received),
            ("Given back, or on its way back", -books.back),
            ("Held, or closed by staff", -books.held),
            ("Paid charges", books.earned),
            ("Still to pay", books.open),
        ):
            self.stdout.write(f"{label:32}{policy.dollars(cents):>16}")
        if books.difference:
            raise CommandError(f"The books do not balance: {policy.dollars(books.difference)} apart.")
        self.stdout.write("The books balance.")
