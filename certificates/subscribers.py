"""What this room does with news: draw the certificate that was issued or renewed."""

from datetime import datetime
from typing import Any

from certificates import actions
from certificates.models import Certificate
from ledger.registry import hear


@hear("certificates.certificate.renewed", name="certificates.render")
@hear("certificates.certificate.issued", name="certificates.render")
def render(news: dict[str, Any], *, at: datetime) -> None:
    """Draw the PDF and write to the person."""
    actions.draw(Certificate.objects.get(id=news["certificate"]), at=at)
