"""Configuration of the app `courses`."""

from django.apps import AppConfig

from ledger.registry import autodiscover


class CoursesConfig(AppConfig):
    """Offerings, providers, and completions."""

    name = "courses"

    def ready(self) -> None:
        """Register the app's sentences, sweeps and subscribers with the ledger."""
        autodiscover(self.name)
