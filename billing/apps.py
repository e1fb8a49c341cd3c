"""Wiring of the room `billing`."""

from django.apps import AppConfig

from ledger.registry import autodiscover


class BillingConfig(AppConfig):
    """Fees, charges, payments, and Stripe."""

    name = "billing"

    def ready(self) -> None:
        """Register the room's sentences, sweeps and subscribers with the ledger."""
        autodiscover(self.name)
