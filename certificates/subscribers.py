"""What this app does on events: draw what was issued, renewed or made full, and letters to employers; and note that hours are shown."""

from datetime import datetime
from typing import Any

from certificates import actions
from certificates.models import Certificate
from ledger.registry import subscribe


@subscribe("certificates.certificate.issued", name="certificates.render")
def issued(event: dict[str, Any], *, at: datetime) -> None:
    """Draw the PDF and write to the person."""
    actions.draw(Certificate.objects.get(id=event["certificate"]), at=at)


@subscribe("certificates.certificate.renewed", name="certificates.render")
def renewed(event: dict[str, Any], *, at: datetime) -> None:
    """Draw the PDF of the new term and write to the person."""
    actions.draw(Certificate.objects.get(id=event["certificate"]), at=at, because="renewed")


@subscribe("certificates.certificate.confirmed", name="certificates.render")
def confirmed(event: dict[str, Any], *, at: datetime) -> None:
    """Draw the PDF without the word provisional and write to the person."""
    actions.draw(Certificate.objects.get(id=event["certificate"]), at=at, because="confirmed")


@subscribe("candidates.hours.shown", name="certificates.confirm")
def hours_shown(event: dict[str, Any], *, at: datetime) -> None:
    """Make a provisional certificate a full one."""
    actions.confirm(event["candidacy"], at=at)


@subscribe("certificates.letter.asked", name="certificates.letter")
def letter_asked(event: dict[str, Any], *, at: datetime) -> None:
    """Draw the letter to an employer."""
    actions.draw_letter(event["letter"], at=at)
