"""Configuration of the app `programs`."""

from django.apps import AppConfig

from ledger.registry import autodiscover


class ProgramsConfig(AppConfig):
    """What is certified: competency sets, Terms, and the arithmetic of dates."""

    name = "programs"

    def ready(self) -> None:
        """Register the app's sentences, sweeps and subscribers with the ledger."""
        autodiscover(self.name)
