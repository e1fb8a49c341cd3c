"""The sending of emails over a connection that stands: a batch is claimed in one statement, and each email takes one more.

That one marks the email before as sent, and the next as being sent. So a process that ends at any moment leaves one email in doubt: what
must arrive is then sent again under the same Message-ID; a reminder is not. What it had claimed and not begun is anyone's again a minute
later. A claim only keeps workers out of each other's way: whether an email may be sent, and where to, is asked when it is begun.
"""

import logging
import time
from contextlib import closing
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection

from ledger import email_failures
from ledger.models import Email, EmailState

BATCH = 200
# A reminder that could not leave for so long says nothing any more.
STALE = timedelta(days=7)
# A batch that is slow ends early, and gives back what it has not begun; so long its claims hold, too.
BATCH_LASTS = timedelta(minutes=1)
# For so long a mail server may take over one email.
SENDING_LASTS = timedelta(minutes=5)
PATIENCE = [timedelta(seconds=seconds) for seconds in (30, 120, 600, 3600, 14400, 43200)]
# What someone gets whose account is closed, beside what belongs to one address: their money, and decisions that they can appeal.
AFTER_CLOSING = {
    *("people/account_locked", "people/account_reopened"),
    *(f"billing/{it}" for it in ("receipt", "refunded", "lost", "bounced", "invoice", "payment_received", "credit_note", "credited")),
    *(f"candidates/{it}" for it in ("refused", "reused", "extension_declined")),
    *("portfolios/not_achieved", "portfolios/application_decided", "renewals/refused"),
    *(f"courses/{it}" for it in ("claim_refused", "course_refused")),
    *(f"agreements/{it}" for it in ("refused", "graduate_refused")),
    *("certificates/revoked", "certificates/suspended"),
    *(f"appeals/{it}" for it in ("noticed", "grounds_given", "responded", "remanded", "upheld", "forfeited", "withdrawn")),
}
FORGOTTEN = "We don’t keep the text of this email. Its link works for anyone who has it."
FORGET = {"text": FORGOTTEN, "html": "", "calendar": ""}
# What may be sent now, and where to; reminders to an address that takes no email pause.
DUE = """
    SELECT waiting.id, present.address FROM ledger_email AS waiting
    LEFT JOIN people_user AS person ON person.id = waiting.person_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN person.id IS NULL OR waiting.to_is_fixed THEN waiting."to" ELSE person.email END AS address
    ) AS present
    WHERE waiting.state IN ('queued', 'sending') AND (waiting.state = 'queued' OR waiting.must_arrive) AND waiting.due_at <= %(at)s
      AND (person.is_active IS NOT FALSE OR waiting.to_is_fixed OR waiting.notice = ANY(%(after_closing)s))
      AND (waiting.must_arrive OR NOT EXISTS (SELECT FROM ledger_badaddress AS bad WHERE bad.email = lower(present.address)))
"""
UNCLAIMED = f"{DUE} AND (waiting.claimed_at IS NULL OR waiting.claimed_at <= %(lapsed)s)"
# Materialized, so that it is asked once: joined in a loop, it would be asked again for each row, and each time claim others.
CLAIM = f"""
    WITH due AS MATERIALIZED ({UNCLAIMED} ORDER BY waiting.due_at LIMIT %(batch)s FOR UPDATE OF waiting SKIP LOCKED)
    UPDATE ledger_email AS email SET claimed_at = %(at)s FROM due WHERE email.id = due.id
    RETURNING email.due_at, email.id
"""  # noqa: S608 (made of constants)
# By primary keys: the email before was sent, and the next one is being sent, if it still may be and no one else has it.
BEGIN = f"""
    WITH sent AS (
        UPDATE ledger_email SET state = 'sent', sent_at = %(at)s, last_error = ''{{forget}} WHERE id = %(sent)s
    ), due AS MATERIALIZED ({DUE} AND waiting.id = %(next)s FOR UPDATE OF waiting SKIP LOCKED)
    UPDATE ledger_email AS email
    SET "to" = due.address, state = 'sending', claimed_at = %(at)s, due_at = %(until)s, attempts = email.attempts + 1
    FROM due WHERE email.id = due.id
    RETURNING email.id, email."to", email.subject, email.text, email.html, email.calendar, email.secret, email.attempts
"""  # noqa: S608 (made of constants)
KEEP_TEXT, FORGET_TEXT = BEGIN.format(forget=""), BEGIN.format(forget=", text = %(forgotten)s, html = '', calendar = ''")
RELEASE = "UPDATE ledger_email SET claimed_at = NULL WHERE id = ANY(%(ids)s) AND claimed_at = %(at)s"
log = logging.getLogger(__name__)


class Begun(NamedTuple):
    """An email that is being sent."""

    id: UUID
    to: str
    subject: str
    text: str
    html: str
    calendar: str
    secret: bool
    attempts: int

    @property
    def is_forgotten(self) -> bool:
        """Whether its text is not kept. A demonstration shows its emails, since no one else gets them."""
        return self.secret and not settings.DEMO


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
    with closing(server):
        return _send_all(_claim(at=at), server, at=at)


def _is_due(*, at: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({UNCLAIMED})", _values(at))
        return bool(cursor.fetchone()[0])


def _claim(*, at: datetime) -> list[UUID]:
    """Take the emails that wait longest, unless someone else holds them. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {**_values(at), "batch": BATCH})
        return [id for _, id in sorted(cursor.fetchall())]


def _values(at: datetime) -> dict[str, Any]:
    return {"at": at, "lapsed": at - BATCH_LASTS, "until": at + SENDING_LASTS, "after_closing": sorted(AFTER_CLOSING)}


def _send_all(ids: list[UUID], server: BaseEmailBackend, *, at: datetime) -> int:
    """Send what was claimed, until one can't be sent or the time is over; return how many were taken up. One statement each."""
    ends, taken, values = time.monotonic() + BATCH_LASTS.total_seconds(), 0, {**_values(at), "forgotten": FORGOTTEN}
    before: Begun | None = None
    with connection.cursor() as cursor:

        def begin(next: UUID | None) -> Begun | None:
            statement = FORGET_TEXT if before and before.is_forgotten else KEEP_TEXT
            cursor.execute(statement, {**values, "sent": before and before.id, "next": next})
            row = cursor.fetchone()
            return Begun(*row) if row else None

        while taken < len(ids) and time.monotonic() < ends:
            email, before = begin(ids[taken]), None
            taken += 1
            if email and not _send(email, server, at=at):
                break
            before = email
        if before:
            begin(None)
        if taken < len(ids):
            cursor.execute(RELEASE, {"ids": ids[taken:], "at": at})
    return taken


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


def _send(email: Begun, server: BaseEmailBackend, *, at: datetime) -> bool:
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
            claimed_at=None,
            due_at=at + (waits or timedelta()),
            last_error=f"{type(failure).__name__}: {failure}"[:2000],
            **(FORGET if email.is_forgotten and not waits else {}),
        )
        return False
    return True


def _message(email: Begun, server: BaseEmailBackend) -> EmailMultiAlternatives:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {"Message-ID": f"<{email.id}@{domain}>", "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(email.subject, email.text, to=[email.to], headers=headers, connection=server)
    message.attach_alternative(email.html, "text/html")
    if email.calendar:
        message.attach("date.ics", email.calendar, "text/calendar")
    return message
