"""Compare the card company's payments and refunds with our rows; nothing is changed."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing import gateway, policy, queries
from ledger import clock
from people.templatetags.words import counted

DAYS = 35


class Command(BaseCommand):
    """List in English where Stripe and our rows differ; exit 1 when they do."""

    help = "Compare Stripe's payments and refunds with ours. Changes nothing; exits with 1 when something differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say how far back to look."""
        parser.add_argument("--days", type=int, default=DAYS, help=f"how many days to look back (default {DAYS})")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each difference."""
        since = clock.now() - timedelta(days=options["days"])
        try:
            theirs = gateway.list_payments(since=since)
        except (gateway.GatewayUnavailable, gateway.GatewayRefused) as no:
            raise CommandError(f"The card company could not be asked. {no.message}") from no
        # A checkout is opened a moment after our row for it is made.
        ours = queries.list_card_payments(since=since - timedelta(hours=1))
        known = {row.session for row in theirs}
        told = policy.compare([row for row in ours if row.session in known or row.started_at >= since], theirs)
        for line in told:
            self.stdout.write(line)
        if told:
            raise CommandError(f"{counted(len(told), 'difference')}. Nothing was changed.")
        self.stdout.write(f"{counted(len(theirs), 'payment')} of the last {options['days']} days: everything agrees.")
