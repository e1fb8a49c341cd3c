"""Configuration of the app `renewals`."""

from django.apps import AppConfig

from ledger.registry import autodiscover


class RenewalsConfig(AppConfig):
    """Keeping a certificate: contact hours, window, grace."""

    name = "renewals"

    def ready(self) -> None:
        """Register the app's sentences, sweeps and subscribers with the ledger."""
        autodiscover(self.name)
