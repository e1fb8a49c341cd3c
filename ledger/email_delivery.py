"""The sending of letters: over a connection that stands, each one claimed in one transaction, sent, and marked in another.

A send that is cut short leaves its own letter claimed. What must arrive is then sent again under the same Message-ID; a reminder is not.
"""

import logging
import time
from contextlib import closing
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, When

from ledger import email_failures
from ledger.models import Letter, LetterState

BATCH = 50
# A reminder that could not leave for so long says nothing any more.
STALE = timedelta(days=7)
# A batch that is slow ends early, so that the claim of its last letter holds for as long as a mail server may take.
BATCH_LASTS = timedelta(minutes=1)
CLAIM_LASTS = timedelta(minutes=5)
PATIENCE = [timedelta(seconds=seconds) for seconds in (30, 120, 600, 3600, 14400, 43200)]
# What somebody gets whose account is closed, beside what belongs to one address: their money, and decisions that they can appeal.
AFTER_CLOSING = {
    *("people/account_locked", "people/account_reopened"),
    *(f"billing/{it}" for it in ("receipt", "refunded", "taken_back", "bounced", "invoice", "payment_received", "credit_note", "credited")),
    *(f"candidates/{it}" for it in ("refused", "reused", "extension_declined")),
    *("portfolios/not_achieved", "portfolios/application_decided", "renewals/refused"),
    *(f"courses/{it}" for it in ("claim_refused", "graduate_refused", "agreement_refused", "course_refused")),
    *("certificates/revoked", "certificates/suspended"),
    *(f"appeals/{it}" for it in ("noticed", "grounds_given", "responded", "remanded", "upheld", "forfeited", "withdrawn")),
}
FORGOTTEN = "We don’t keep the text of this letter: its link opens something for whoever has it."
FORGET = {"text": FORGOTTEN, "html": "", "calendar": ""}
log = logging.getLogger(__name__)


def send_due(*, at: datetime) -> int:
    """Send up to BATCH letters that are due; return how many were taken up, sent or not.

    While no mail server answers, every letter stays where it is. A batch ends with the first letter that could not be sent: the
    connection may be of no use any more.
    """
    _give_up_cut_short_reminders(at=at)
    _give_up_stale_reminders(at=at)
    _keep_from_closed_accounts(at=at)
    if not _list_due(at=at).exists():
        return 0
    connection = get_connection()
    try:
        connection.open()
    except Exception:  # the reasons are as many as those of the letters
        log.exception("The mail server can’t be reached; the letters wait")
        return 0
    ends, taken = time.monotonic() + BATCH_LASTS.total_seconds(), 0
    with closing(connection):
        while taken < BATCH and time.monotonic() < ends and (letter := _claim(at=at)):
            taken += 1
            if not _send(letter, connection, at=at):
                break
    return taken


def _list_due(*, at: datetime) -> QuerySet[Letter]:
    """What is to be sent now; reminders to an address that takes no email pause."""
    cut_short = Q(state=LetterState.SENDING, must_arrive=True)
    reached = Case(When(person__isnull=False, to_is_fixed=False, then=F("person__email")), default=F("to"))
    due = Letter.objects.filter(Q(state=LetterState.QUEUED) | cut_short, due_at__lte=at).annotate(reached=reached)
    return due.filter(Q(must_arrive=True) | ~email_failures.is_paused())


def _claim(*, at: datetime) -> Letter | None:
    """Take the letter that waits longest, unless somebody else holds it."""
    with transaction.atomic():
        due = _list_due(at=at).select_related("person")
        letter = due.select_for_update(skip_locked=True, of=("self",)).order_by("due_at").first()
        if letter is not None:
            if letter.person is not None and not letter.to_is_fixed:
                # They may have changed their address since it was written.
                letter.to = letter.person.email
            claim = {
                "to": letter.to,
                "state": LetterState.SENDING,
                "claimed_at": at,
                "due_at": at + CLAIM_LASTS,
                "attempts": F("attempts") + 1,
            }
            Letter.objects.filter(id=letter.id).update(**claim)
    return letter


def _give_up_cut_short_reminders(*, at: datetime) -> None:
    """A reminder whose send was cut short may have arrived; it is not sent twice."""
    cut_short = Letter.objects.filter(state=LetterState.SENDING, must_arrive=False, due_at__lte=at)
    if not settings.DEMO:
        cut_short.filter(secret=True).update(**FORGET)
    cut_short.update(state=LetterState.UNKNOWN)


def _give_up_stale_reminders(*, at: datetime) -> None:
    """A reminder that waited for days, for the mail server or a better address, is not sent: its day is over, or another one comes."""
    stale = Letter.objects.filter(state=LetterState.QUEUED, must_arrive=False, created_at__lte=at - STALE, due_at__lte=at)
    if not settings.DEMO:
        stale.filter(secret=True).update(**FORGET)
    stale.update(state=LetterState.GIVEN_UP, last_error="It waited for too long.")


def _keep_from_closed_accounts(*, at: datetime) -> None:
    """Nobody gets an email about an account that is closed, but for what must reach them; it stays in their file, with why."""
    kept = Letter.objects.filter(state=LetterState.QUEUED, person__is_active=False, to_is_fixed=False, due_at__lte=at)
    kept = kept.exclude(notice__in=AFTER_CLOSING)
    if not settings.DEMO:
        kept.filter(secret=True).update(**FORGET)
    kept.update(state=LetterState.CLOSED, last_error="The account was closed.")


def _send(letter: Letter, connection: BaseEmailBackend, *, at: datetime) -> bool:
    # A demonstration shows its letters, since nobody else gets them.
    over = FORGET if letter.secret and not settings.DEMO else {}
    try:
        _message(letter, connection).send()
    except Exception as failure:  # the mail server's reasons are many; one bad address stops nobody
        log.exception("Letter %s could not be sent", letter.id)
        final = email_failures.is_final(failure) or letter.attempts >= len(PATIENCE)
        waits = None if final else PATIENCE[letter.attempts]
        if final and email_failures.is_of_address(failure):
            email_failures.mark(letter.to, reason=f"{failure}", at=at)
        Letter.objects.filter(id=letter.id).update(
            state=LetterState.QUEUED if waits else LetterState.FAILED,
            due_at=at + (waits or timedelta()),
            last_error=f"{type(failure).__name__}: {failure}"[:2000],
            **({} if waits else over),
        )
        return False
    Letter.objects.filter(id=letter.id).update(state=LetterState.SENT, sent_at=at, last_error="", **over)
    return True


def _message(letter: Letter, connection: BaseEmailBackend) -> EmailMultiAlternatives:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {"Message-ID": f"<{letter.id}@{domain}>", "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(letter.subject, letter.text, to=[letter.to], headers=headers, connection=connection)
    message.attach_alternative(letter.html, "text/html")
    if letter.calendar:
        message.attach("date.ics", letter.calendar, "text/calendar")
    return message
