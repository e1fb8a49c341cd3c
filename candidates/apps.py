"""Configuration of the app `candidates`."""

from django.apps import AppConfig

from ledger.registry import autodiscover


class CandidatesConfig(AppConfig):
    """Applications, candidacies, and the sets that were achieved."""

    name = "candidates"

    def ready(self) -> None:
        """Register the app's sentences, sweeps and subscribers with the ledger."""
        autodiscover(self.name)
