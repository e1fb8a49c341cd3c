"""Configuration of the whole project: what one app tells another that can't see it."""

from django.apps import AppConfig


class LsscConfig(AppConfig):
    """The project itself, which reads every app."""

    name = "lssc"

    def ready(self) -> None:
        """Let portfolios know which courses candidates took, so that no one rates a person whom they taught; register the checks."""
        import lssc.checks  # noqa: F401 (it registers them)
        from courses import queries as courses
        from ledger.registry import autodiscover
        from portfolios.queries import panels

        autodiscover(self.name)
        panels.list_courses_taken.register(courses.list_titles_taken)
