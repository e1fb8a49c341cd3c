"""Configuration of the app `appeals`."""

from django.apps import AppConfig

from ledger.registry import autodiscover


class AppealsConfig(AppConfig):
    """Appeals against decisions: dated stages, answers, verdicts."""

    name = "appeals"

    def ready(self) -> None:
        """Register the app's sentences, sweeps and subscribers with the ledger, and answer what the apps below ask."""
        autodiscover(self.name)
        from appeals import queries
        from courses.queries.reviews import find_missing_statement
        from programs.queries import find_remedy

        find_remedy.register(queries.find_remedy)
        find_missing_statement.register(queries.why_not_sit)
