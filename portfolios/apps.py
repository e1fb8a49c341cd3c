"""Wiring of the room `portfolios`."""

from django.apps import AppConfig

from ledger.registry import autodiscover


class PortfoliosConfig(AppConfig):
    """Evidence and its rating."""

    name = "portfolios"

    def ready(self) -> None:
        """Register the room's sentences, sweeps and subscribers with the ledger."""
        autodiscover(self.name)
