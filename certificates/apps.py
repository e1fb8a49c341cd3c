"""Configuration of the app `certificates`."""

from django.apps import AppConfig

from ledger.registry import autodiscover


class CertificatesConfig(AppConfig):
    """The issued thing: number, PDF, verification."""

    name = "certificates"

    def ready(self) -> None:
        """Register the app's sentences, sweeps and subscribers with the ledger."""
        autodiscover(self.name)
