"""Configuration of the app `portfolios`."""

from django.apps import AppConfig

from ledger.registry import autodiscover


class PortfoliosConfig(AppConfig):
    """Evidence and its rating."""

    name = "portfolios"

    def ready(self) -> None:
        """Register the app's sentences, sweeps and subscribers with the ledger, and what files a seal needs."""
        from people import documents
        from portfolios import queries

        autodiscover(self.name)
        documents.is_needed.register(queries.is_in_a_seal)
