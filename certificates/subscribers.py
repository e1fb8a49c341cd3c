"""What this app does on events: draw what was issued, renewed or made full, and letters to employers; and note that hours are shown."""

from datetime import datetime
from typing import Any

from certificates import actions
from certificates.models import Certificate
from ledger.registry import subscribe


@subscribe("certificates.certificate.issued", name="certificates.render")
def issued(news: dict[str, Any], *, at: datetime) -> None:
    """Draw the PDF and write to the person."""
    actions.draw(Certificate.objects.get(id=news["certificate"]), at=at)


@subscribe("certificates.certificate.renewed", name="certificates.render")
def renewed(news: dict[str, Any], *, at: datetime) -> None:
    """Draw the PDF of the new term and write to the person."""
    actions.draw(Certificate.objects.get(id=news["certificate"]), at=at, because="renewed")


@subscribe("certificates.certificate.confirmed", name="certificates.render")
def confirmed(news: dict[str, Any], *, at: datetime) -> None:
    """Draw the PDF without the word provisional and write to the person."""
    actions.draw(Certificate.objects.get(id=news["certificate"]), at=at, because="confirmed")


@subscribe("candidates.hours.shown", name="certificates.confirm")
def hours_shown(news: dict[str, Any], *, at: datetime) -> None:
    """Make a provisional certificate a full one."""
    actions.confirm(news["candidacy"], at=at)


@subscribe("certificates.letter.asked", name="certificates.letter")
def letter_asked(news: dict[str, Any], *, at: datetime) -> None:
    """Draw the letter to an employer."""
    actions.draw_letter(news["letter"], at=at)
