"""What an app above may tell this one: why a member of the committee may not sit now."""

from collections.abc import Callable
from datetime import date
from typing import Any

WhyNotSit = Callable[[Any, date], str]

_tellers: list[WhyNotSit] = []


def tell_why_not_sit(teller: WhyNotSit) -> None:
    """Register who knows why somebody may not decide for the committee on a day."""
    if teller not in _tellers:
        _tellers.append(teller)


def why_not_sit(person: Any, on: date) -> str:
    """Say why a person may not decide for the committee on a day, "" where they may."""
    return next((words for teller in _tellers if (words := teller(person, on))), "")
