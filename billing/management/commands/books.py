"""Check that the books balance, to the cent."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing import policy, queries


class Command(BaseCommand):
    """Add up charges, payments and refunds; exit 1 when they don't agree."""

    help = "Check the books: fees are payments less refunds, and what institutions paid is on order lines, used, credit or paid out."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the sums."""
        books = queries.get_books()
        for label, cents in (
            ("Received for fees", books.received),
            ("Refunded, or being refunded", -books.back),
            ("Held, or closed by staff", -books.held),
            ("Paid fees", books.earned),
            ("Still to pay", books.open),
            ("", None),
            ("Received from institutions", books.from_payers),
            ("Refunds that became credit", books.credited),
            ("Used for fees", -books.order_lines_used),
            ("Paid out to institutions", -books.paid_out),
            ("Held for people who have not applied", books.on_order_lines),
            ("Credit of institutions", books.credit),
        ):
            self.stdout.write(f"{label:32}{policy.dollars(cents):>16}" if cents is not None else "")
        for side, apart in (("fees", books.difference), ("institutions", books.payers_difference)):
            if apart:
                raise CommandError(f"The books of {side} do not balance: {policy.dollars(apart)} apart.")
        self.stdout.write("The books balance.")
