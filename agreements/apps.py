"""Wiring of the app `agreements`."""

from django.apps import AppConfig

from ledger.registry import autodiscover


class AgreementsConfig(AppConfig):
    """Colleges, agreements on their programs, and their graduates."""

    name = "agreements"

    def ready(self) -> None:
        """Register the app's sentences, queues and reminders with the ledger."""
        autodiscover(self.name)
