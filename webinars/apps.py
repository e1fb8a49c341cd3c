"""Configuration of the app `webinars`."""

from django.apps import AppConfig

from ledger.registry import autodiscover


class WebinarsConfig(AppConfig):
    """Online meetings of the program, and who comes."""

    name = "webinars"

    def ready(self) -> None:
        """Register the app's sentences and reminders with the ledger."""
        autodiscover(self.name)
