"""The sending of emails: over a connection that stands, each one claimed in one statement, sent, and marked in another.

A send that is cut short leaves its own email claimed. What must arrive is then sent again under the same Message-ID; a reminder is not.
"""

import logging
import time
from contextlib import closing
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection

from ledger import email_failures
from ledger.models import Email, EmailState

BATCH = 50
# A reminder that could not leave for so long says nothing any more.
STALE = timedelta(days=7)
# A batch that is slow ends early, so that the claim of its last email holds for as long as a mail server may take.
BATCH_LASTS = timedelta(minutes=1)
CLAIM_LASTS = timedelta(minutes=5)
PATIENCE = [timedelta(seconds=seconds) for seconds in (30, 120, 600, 3600, 14400, 43200)]
# What someone gets whose account is closed, beside what belongs to one address: their money, and decisions that they can appeal.
AFTER_CLOSING = {
    *("people/account_locked", "people/account_reopened"),
    *(f"billing/{it}" for it in ("receipt", "refunded", "taken_back", "bounced", "invoice", "payment_received", "credit_note", "credited")),
    *(f"candidates/{it}" for it in ("refused", "reused", "extension_declined")),
    *("portfolios/not_achieved", "portfolios/application_decided", "renewals/refused"),
    *(f"courses/{it}" for it in ("claim_refused", "course_refused")),
    *(f"agreements/{it}" for it in ("refused", "graduate_refused")),
    *("certificates/revoked", "certificates/suspended"),
    *(f"appeals/{it}" for it in ("noticed", "grounds_given", "responded", "remanded", "upheld", "forfeited", "withdrawn")),
}
FORGOTTEN = "We don’t keep the text of this email. Its link works for anyone who has it."
FORGET = {"text": FORGOTTEN, "html": "", "calendar": ""}
# What is to be sent now, oldest first; reminders to an address that takes no email pause.
DUE = """
    SELECT waiting.id, present.address FROM ledger_email AS waiting
    LEFT JOIN people_user AS person ON person.id = waiting.person_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN person.id IS NULL OR waiting.to_is_fixed THEN waiting."to" ELSE person.email END AS address
    ) AS present
    WHERE waiting.state IN ('queued', 'sending') AND (waiting.state = 'queued' OR waiting.must_arrive) AND waiting.due_at <= %(at)s
      AND (waiting.must_arrive OR NOT EXISTS (SELECT FROM ledger_badaddress AS bad WHERE bad.email = lower(present.address)))
    ORDER BY waiting.due_at
"""
# Materialized, so that it is asked once: joined in a loop, it would be asked again for each row, and each time claim the next email.
CLAIM = f"""
    WITH due AS MATERIALIZED ({DUE} LIMIT 1 FOR UPDATE OF waiting SKIP LOCKED)
    UPDATE ledger_email AS email
    SET "to" = due.address, state = 'sending', claimed_at = %(at)s, due_at = %(until)s, attempts = email.attempts + 1
    FROM due WHERE email.id = due.id
    RETURNING email.*
"""  # noqa: S608 (made of constants)
log = logging.getLogger(__name__)


def send_due(*, at: datetime) -> int:
    """Send up to BATCH emails that are due; return how many were taken up, sent or not.

    While no mail server answers, every email stays where it is. A batch ends with the first email that could not be sent: the
    connection may be of no use any more.
    """
    _give_up_cut_short_reminders(at=at)
    _give_up_stale_reminders(at=at)
    _keep_from_closed_accounts(at=at)
    if not _is_due(at=at):
        return 0
    server = get_connection()
    try:
        server.open()
    except Exception:  # the reasons are as many as those of the emails
        log.exception("The mail server can’t be reached; the emails wait")
        return 0
    ends, taken = time.monotonic() + BATCH_LASTS.total_seconds(), 0
    with closing(server):
        while taken < BATCH and time.monotonic() < ends and (email := _claim(at=at)):
            taken += 1
            if not _send(email, server, at=at):
                break
    return taken


def _is_due(*, at: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({DUE})", {"at": at})
        return bool(cursor.fetchone()[0])


def _claim(*, at: datetime) -> Email | None:
    """Take the email that waits longest, unless someone else holds it; its address is the one that the person has now. One statement."""
    return next(iter(Email.objects.raw(CLAIM, {"at": at, "until": at + CLAIM_LASTS})), None)


def _give_up_cut_short_reminders(*, at: datetime) -> None:
    """A reminder whose send was cut short may have arrived; it is not sent twice."""
    cut_short = Email.objects.filter(state=EmailState.SENDING, must_arrive=False, due_at__lte=at)
    if not settings.DEMO:
        cut_short.filter(secret=True).update(**FORGET)
    cut_short.update(state=EmailState.UNKNOWN)


def _give_up_stale_reminders(*, at: datetime) -> None:
    """A reminder that waited for days, for the mail server or a better address, is not sent: its day is over, or another one comes."""
    stale = Email.objects.filter(state=EmailState.QUEUED, must_arrive=False, created_at__lte=at - STALE, due_at__lte=at)
    if not settings.DEMO:
        stale.filter(secret=True).update(**FORGET)
    stale.update(state=EmailState.GIVEN_UP, last_error="It waited for too long.")


def _keep_from_closed_accounts(*, at: datetime) -> None:
    """No one gets an email about an account that is closed, but for what must reach them; it stays in their file, with why."""
    emails = Email.objects.filter(state=EmailState.QUEUED, person__is_active=False, to_is_fixed=False, due_at__lte=at)
    emails = emails.exclude(notice__in=AFTER_CLOSING)
    if not settings.DEMO:
        emails.filter(secret=True).update(**FORGET)
    emails.update(state=EmailState.CLOSED, last_error="The account was closed.")


def _send(email: Email, server: BaseEmailBackend, *, at: datetime) -> bool:
    # A demonstration shows its emails, since no one else gets them.
    over = FORGET if email.secret and not settings.DEMO else {}
    try:
        _message(email, server).send()
    except Exception as failure:  # the mail server's reasons are many; one bad address stops no one
        log.exception("Email %s could not be sent", email.id)
        final = email_failures.is_final(failure) or email.attempts > len(PATIENCE)
        waits = None if final else PATIENCE[email.attempts - 1]
        if final and email_failures.is_of_address(failure):
            email_failures.mark(email.to, reason=f"{failure}", at=at)
        Email.objects.filter(id=email.id).update(
            state=EmailState.QUEUED if waits else EmailState.FAILED,
            due_at=at + (waits or timedelta()),
            last_error=f"{type(failure).__name__}: {failure}"[:2000],
            **({} if waits else over),
        )
        return False
    Email.objects.filter(id=email.id).update(state=EmailState.SENT, sent_at=at, last_error="", **over)
    return True


def _message(email: Email, server: BaseEmailBackend) -> EmailMultiAlternatives:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {"Message-ID": f"<{email.id}@{domain}>", "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(email.subject, email.text, to=[email.to], headers=headers, connection=server)
    message.attach_alternative(email.html, "text/html")
    if email.calendar:
        message.attach("date.ics", email.calendar, "text/calendar")
    return message
