"""Configuration of the app `billing`."""

from django.apps import AppConfig

from ledger.registry import autodiscover


class BillingConfig(AppConfig):
    """Fees, charges, payments, and Stripe."""

    name = "billing"

    def ready(self) -> None:
        """Register the app's sentences, sweeps and subscribers with the ledger."""
        autodiscover(self.name)
