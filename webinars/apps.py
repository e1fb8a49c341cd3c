"""Wiring of the room `webinars`."""

from django.apps import AppConfig

from ledger.registry import autodiscover


class WebinarsConfig(AppConfig):
    """Online meetings of the program, and who comes."""

    name = "webinars"

    def ready(self) -> None:
        """Register the room's sentences and reminders with the ledger."""
        autodiscover(self.name)
