"""Compare Stripe's payments, refunds and disputes with our rows, and mend what is certain."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing import actions, gateway
from ledger import clock
from people.templatetags.words import counted


class Command(BaseCommand):
    """Do now what happens every night; exit 1 when something is left for staff."""

    help = "Compare Stripe with our books and mend what is certain, as every night. Exits with 1 when something is left for staff."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was mended, and each difference."""
        try:
            outcome = actions.reconcile(at=clock.now())
        except (gateway.GatewayUnavailable, gateway.GatewayRefused) as no:
            raise CommandError(f"We could not reach the card company. {no.message}") from no
        for line in outcome.mended:
            self.stdout.write(f"Mended. {line}")
        for line in outcome.differences:
            self.stdout.write(line)
        if outcome.differences:
            raise CommandError(f"{counted(len(outcome.differences), 'difference')}. Staff find them in their inbox.")
        self.stdout.write(f"{counted(outcome.compared, 'charge')} and refunds: everything agrees.")
