"""Configuration of the app `ledger`."""

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

from ledger.registry import autodiscover


class LedgerConfig(AppConfig):
    """What happened, and what is still to be sent."""

    name = "ledger"

    def ready(self) -> None:
        """Register the app's sentences, sweeps and subscribers with the ledger, and listen to the email service."""
        autodiscover(self.name)
        import_module("ledger.email_failures")
        inbox_items = import_module("ledger.inbox_items")
        pre_migrate.connect(inbox_items.uninstall, sender=self)
        post_migrate.connect(inbox_items.install, sender=self)
