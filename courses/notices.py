"""Which letter an event of this room brings, to whom, and with which facts; that a set is achieved is told by `candidates`."""

from datetime import datetime

from django.urls import reverse

from courses.models import Completion
from ledger import actions as ledger

WHY = "you sent proof of a course to the program"


def claim_received(completion: Completion, *, at: datetime) -> None:
    """Say that the proof is here and who has it now."""
    _candidate(completion, "claim_received", at=at)


def claim_refused(completion: Completion, *, at: datetime) -> None:
    """Say that the completion was not accepted, why, and what would help."""
    _candidate(completion, "claim_refused", at=at, reason=completion.refusal_text)


def _candidate(completion: Completion, notice: str, *, at: datetime, **facts: str) -> None:
    ledger.mail(
        completion.person,
        f"courses/{notice}",
        key=completion.id,
        at=at,
        path=reverse("courses:claimed", args=[completion.id]),
        facts={"set": completion.set.name, **facts},
        why=WHY,
    )
