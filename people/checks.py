"""What `manage.py check --deploy` says about files from people."""

from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register

from people import confinement


@register(Tags.security, deploy=True)
def files_are_opened_apart(**_: Any) -> list[CheckMessage]:
    """Warn where a file that a stranger made is opened within reach of the program's secrets."""
    level = confinement.find().level
    return [] if level.is_apart else [Warning(level.value, id="people.W001")]
