"""Which email an event of this app brings, to whom, and with which context."""

from datetime import datetime
from typing import Literal
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse

from certificates.models import Certificate, EmployerLetter
from ledger import actions as ledger
from ledger import email_templates
from people.templatetags.words import longdate
from programs import queries as programs

Because = Literal["issued", "renewed", "confirmed"]


def asked(certificate: Certificate, *, at: datetime) -> None:
    """Say that the request is with staff."""
    _mail(certificate, "asked", key=certificate.id, at=at)


def ready(certificate: Certificate, *, pdf: str, because: Because, at: datetime) -> None:
    """Say that the certificate is there, once for each PDF (by its fingerprint); its last day goes along as a calendar file."""
    ledger.queue_email(
        certificate.person,
        "certificates/ready",
        key=pdf,
        at=at,
        path=reverse("certificates:mine"),
        context=ready_facts(certificate, because=because),
        calendar=(certificate.expires_on, "Last day of your certificate (LSSC)"),
    )


def ready_facts(certificate: Certificate, *, because: Because = "issued") -> dict[str, str]:
    """Give the context of the email "your certificate is there", for the email and for its preview."""
    return {
        "expires_on": longdate(certificate.expires_on),
        "from_on": longdate(certificate.valid_from),
        "because": "again" if because == "issued" and certificate.replaces_id else because,
        "provisional": "provisional" if certificate.provisional else "",
    }


def preview_ready(certificate: Certificate) -> email_templates.Words:
    """Render the email as it will go out, before anything is done."""
    url = urljoin(settings.PUBLIC_URL + "/", reverse("certificates:mine"))
    context = ready_facts(certificate) | {"called": certificate.person.get_short_name(), "url": url}
    return email_templates.render_email("certificates/ready", context, why="you are in the program")


def decided(certificate: Certificate, notice: str, *, at: datetime) -> None:
    """Say that a certificate was suspended, reinstated or revoked; the reason stands in the account alone."""
    _mail(certificate, notice, key=f"{certificate.id}:{at.isoformat()}", at=at, appeal_until=longdate(programs.get_appeal_day(at)))


def letter_ready(letter: EmployerLetter, *, at: datetime) -> None:
    """Say that the letter to an employer can be downloaded."""
    ledger.queue_email(
        letter.certificate.person,
        "certificates/letter_ready",
        key=letter.id,
        at=at,
        path=reverse("certificates:letter", args=[letter.certificate_id]),
        context={"addressee": letter.addressee},
    )


def _mail(certificate: Certificate, notice: str, *, key: object, at: datetime, **more: str) -> None:
    context = {**more, "expires_on": longdate(certificate.expires_on), "completed_on": longdate(certificate.completed_on)}
    ledger.queue_email(certificate.person, f"certificates/{notice}", key=key, at=at, path=reverse("certificates:mine"), context=context)
