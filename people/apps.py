"""Configuration of the app `people`."""

from django.apps import AppConfig

from ledger.registry import autodiscover


class PeopleConfig(AppConfig):
    """Who someone is: sign-in, roles, preferences, their documents."""

    name = "people"

    def ready(self) -> None:
        """Register the app's sentences, sweeps and subscribers with the ledger."""
        from people import checks  # noqa: F401 (it registers itself)

        autodiscover(self.name)
        from people import security

        security.connect()
