"""The sending of letters: claimed in one transaction, sent over one connection, marked in another.

A send that is cut short leaves the letter claimed. What must arrive is then sent again under the same Message-ID; a reminder is not.
"""

import logging
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F

from ledger.models import Letter, LetterState

BATCH = 50
CLAIM_LASTS = timedelta(minutes=5)
PATIENCE = [timedelta(seconds=seconds) for seconds in (30, 120, 600, 3600, 14400, 43200)]
FORGOTTEN = "We don’t keep the text of this letter: its link opens something for whoever has it."
log = logging.getLogger(__name__)


def send_due(*, at: datetime) -> int:
    """Send up to BATCH letters that are due; return how many were claimed."""
    _give_up_cut_short_reminders(at=at)
    letters = _claim(at=at)
    if not letters:
        return 0
    with get_connection() as connection:
        for letter in letters:
            _send(letter, connection, at=at)
    return len(letters)


def _claim(*, at: datetime) -> list[Letter]:
    with transaction.atomic():
        letters = list(
            Letter.objects.select_for_update(skip_locked=True)
            .filter(state__in=[LetterState.QUEUED, LetterState.SENDING], due_at__lte=at)
            .order_by("due_at")[:BATCH]
        )
        Letter.objects.filter(id__in=[letter.id for letter in letters]).update(
            state=LetterState.SENDING, claimed_at=at, due_at=at + CLAIM_LASTS, attempts=F("attempts") + 1
        )
    return letters


def _give_up_cut_short_reminders(*, at: datetime) -> None:
    """A reminder whose send was cut short may have arrived; it is not sent twice."""
    Letter.objects.filter(state=LetterState.SENDING, must_arrive=False, due_at__lte=at).update(state=LetterState.UNKNOWN)


def _send(letter: Letter, connection: BaseEmailBackend, *, at: datetime) -> None:
    try:
        _message(letter, connection).send()
    except Exception as failure:  # the mail server's reasons are many; one bad address stops nobody
        log.exception("Letter %s could not be sent", letter.id)
        waits = PATIENCE[letter.attempts] if letter.attempts < len(PATIENCE) else None
        Letter.objects.filter(id=letter.id).update(
            state=LetterState.QUEUED if waits else LetterState.FAILED,
            due_at=at + (waits or timedelta()),
            last_error=f"{type(failure).__name__}: {failure}"[:2000],
        )
    else:
        # A demonstration shows its letters, since nobody else gets them.
        forgotten = {"text": FORGOTTEN, "html": ""} if letter.secret and not settings.DEMO else {}
        Letter.objects.filter(id=letter.id).update(state=LetterState.SENT, sent_at=at, last_error="", **forgotten)


def _message(letter: Letter, connection: BaseEmailBackend) -> EmailMultiAlternatives:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {"Message-ID": f"<{letter.id}@{domain}>", "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(letter.subject, letter.text, to=[letter.to], headers=headers, connection=connection)
    message.attach_alternative(letter.html, "text/html")
    if letter.calendar:
        message.attach("date.ics", letter.calendar, "text/calendar")
    return message
