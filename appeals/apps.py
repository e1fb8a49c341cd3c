"""Configuration of the app `appeals`."""

from django.apps import AppConfig

from ledger.registry import autodiscover


class AppealsConfig(AppConfig):
    """Appeals against decisions: dated stages, answers, verdicts."""

    name = "appeals"

    def ready(self) -> None:
        """Register the app's sentences, sweeps and subscribers with the ledger, and tell the apps below what they may ask."""
        autodiscover(self.name)
        from appeals import queries
        from courses import hooks
        from programs import remedies

        remedies.tell(queries.find_remedy)
        hooks.tell_why_not_sit(queries.why_not_sit)
