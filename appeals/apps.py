"""Wiring of the room `appeals`."""

from django.apps import AppConfig

from ledger.registry import autodiscover


class AppealsConfig(AppConfig):
    """Appeals against decisions: dated stages, answers, verdicts."""

    name = "appeals"

    def ready(self) -> None:
        """Register the room's sentences, sweeps and subscribers with the ledger."""
        autodiscover(self.name)
