"""What a holder shows of the certificate: the directory that they may enter, and a letter to an employer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse

from certificates import notices, pdf, policy, queries
from certificates.models import Certificate, EmployerLetter, Listing
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible
from programs import policy as dates

if TYPE_CHECKING:
    from uuid import UUID

    from people.models import User

FOLDER = "letters"
STANDS = (policy.Status.ACTIVE, policy.Status.PROVISIONAL)


def join_directory(person: User, *, place: str, at: datetime) -> Listing:
    """Enter the public directory, or change the state that stands there. Raises NotPossible without a certificate that is valid today."""
    with transaction.atomic():
        if not any(_stands(row, at=at) for row in queries.list_certificates(person)):
            raise NotPossible("The directory lists people whose certificate is valid today.")
        listing, new = Listing.objects.update_or_create(
            person=person, defaults={"place": place}, create_defaults={"place": place, "listed_at": at}
        )
        if new:
            ledger.record("certificates.listing.join", subject=listing, actor=person, at=at, person=person)
        return listing


def leave_directory(person: User, *, at: datetime) -> None:
    """Leave the directory, at once; leaving twice changes nothing."""
    with transaction.atomic():
        listing = Listing.objects.filter(person=person).first()
        if listing is not None:
            ledger.record("certificates.listing.leave", subject=listing, actor=person, at=at, person=person)
            listing.delete()


def ask_letter(certificate: Certificate, *, addressee: str, actor: User, at: datetime) -> EmployerLetter:
    """Ask for a letter to an employer; a worker draws it. Raises NotPossible for one that is not valid today, or while one is drawn."""
    with transaction.atomic():
        row = transitions.lock(Certificate, certificate.pk)
        if not _stands(row, at=at):
            raise NotPossible("You can get a letter while the certificate is valid.")
        if row.letters.filter(rendered_at=None).exists():
            raise NotPossible("Your letter is already being prepared. Check again in a minute.")
        letter = EmployerLetter.objects.create(certificate=row, addressee=" ".join(addressee.split()), asked_at=at)
        details = {"number": row.number}
        ledger.record("certificates.letter.ask", subject=letter, actor=actor, at=at, person=row.person, details=details)
        ledger.emit("certificates.letter.asked", key=letter.id, at=at, letter=letter.id)
        return letter


def draw_letter(id: UUID | str, *, at: datetime) -> EmployerLetter:
    """Draw the letter as it is true on the day on which it was asked for, store it, and write that it is there. Safe to run again."""
    with transaction.atomic():
        letter = (
            EmployerLetter.objects.select_for_update(of=("self",)).select_related("certificate__person", "certificate__terms").get(pk=id)
        )
        if letter.rendered_at is not None:
            return letter
        row = letter.certificate
        content = pdf.render_letter(
            pdf.Recommended(
                addressee=letter.addressee,
                name=row.printed_name,
                number=str(row.number),
                sets=tuple(row.sets),
                total=row.terms.required_sets + row.terms.elective_sets,
                required=row.terms.required_sets,
                provisional=row.provisional,
                valid_from=queries.get_facts(row, past=queries.list_past_terms(row)).first_day,
                expires_on=row.expires_on,
                dated_on=dates.today(letter.asked_at),
                verify_url=urljoin(settings.PUBLIC_URL + "/", reverse("certificates:number", args=[row.number])),
            )
        )
        stored = f"{FOLDER}/{letter.id}.pdf"
        default_storage.delete(stored)
        letter.stored, letter.rendered_at = default_storage.save(stored, ContentFile(content)), at
        letter.save(update_fields=["stored", "rendered_at"])
        details = {"number": row.number}
        ledger.record("certificates.letter.render", subject=letter, actor=None, at=at, person=row.person, details=details)
        notices.letter_ready(letter, at=at)
        return letter


def _stands(row: Certificate, *, at: datetime) -> bool:
    return bool(row.number) and policy.status(queries.get_facts(row), on=dates.today(at)) in STANDS
