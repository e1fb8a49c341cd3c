"""What could not be delivered: addresses that take no email, emails given up, deliveries that are stuck; and what staff do about it."""

from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import TYPE_CHECKING, Any
from uuid import UUID

from anymail.exceptions import AnymailRecipientsRefused
from anymail.signals import EventType, tracking
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet, TextField, UUIDField
from django.db.models.functions import MD5, Cast, Lower
from django.dispatch import receiver

from ledger import actions, clock, workers
from ledger.models import BadAddress, Delivery, Email, EmailState
from ledger.registry import OUTSIDE
from ledger.states import AuditEvent, NotPossible

if TYPE_CHECKING:
    from people.models import User

# So often a delivery was tried in vain before staff hear of it: about twenty minutes.
TRIES = 5
AUDIT_EVENTS = [
    AuditEvent("ledger.email.again", "{actor} had the email “{subject}” sent again, to {to}.", personal={"to"}),
    AuditEvent("ledger.email.give_up", "{actor} canceled the email “{subject}” to {to}.", personal={"to"}),
    AuditEvent("ledger.address.clear", "{actor} recorded that {email} can receive email again.", personal={"email"}),
    AuditEvent("ledger.address.note", "{actor} noted that {email} can’t receive email.", personal={"email"}),
    AuditEvent("ledger.delivery.again", "{actor} retried “{topic}” right away."),
]
NO_TEXT = "We don’t keep the text of this email because its link gives access. Ask the person to request it again."
BOUNCES = (EventType.BOUNCED, EventType.REJECTED, EventType.COMPLAINED)


def is_final(failure: Exception) -> bool:
    """Whether sending again can't help: the address, or what we sent, is refused for good (RFC 5321, 4.2.1: 5yz)."""
    if isinstance(failure, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in failure.recipients.values())
    return is_of_address(failure) or (isinstance(failure, SMTPDataError) and failure.smtp_code >= 500)


def is_of_address(failure: Exception) -> bool:
    """Whether it is the address that was refused, which then waits for someone to look at it."""
    return isinstance(failure, SMTPRecipientsRefused | AnymailRecipientsRefused)


def mark(email: str, *, reason: str, at: datetime) -> None:
    """Note that an address takes no email; reminders to it pause. Noting it again keeps the first day."""
    fresh = {"since": at, "reason": reason[:500]}
    BadAddress.objects.get_or_create(email=email.lower(), defaults=fresh)


@receiver(tracking)
def hear_of_bounce(sender: Any, event: Any, esp_name: str, **options: Any) -> None:
    """Take what the email service says of an email after it took it."""
    if event.event_type in BOUNCES:
        mark(event.recipient, reason=f"{event.event_type}: {event.description or event.reject_reason or 'no reason given'}", at=clock.now())
    elif event.event_type == EventType.DELIVERED:
        BadAddress.objects.filter(email=event.recipient.lower(), since__lt=event.timestamp or clock.now()).delete()


def find_failed() -> QuerySet[Email]:
    """Emails that could not be sent and that no one has decided about."""
    return Email.objects.filter(state=EmailState.FAILED)


def find_bad_addresses() -> QuerySet[BadAddress]:
    """Addresses that take no email and that no one has looked at; where an email failed, that email says it."""
    failed = find_failed().filter(to__iexact=OuterRef("email"))
    return BadAddress.objects.filter(~Exists(failed), noted_at=None)


def find_stuck() -> QuerySet[Any, Any]:
    """Deliveries that failed often, with the UUID under which the inbox knows each."""
    number: Any = Cast(MD5(Cast("id", CharField())), UUIDField())
    return Delivery.objects.filter(done_at=None, attempts__gte=TRIES).annotate(thing=number, said=Cast("subscriber", TextField()))


def has_mark(column: str) -> Exists:
    """Whether the address in a column takes no email, as an expression."""
    return Exists(BadAddress.objects.filter(email=Lower(OuterRef(column))))


def find_marks() -> QuerySet[BadAddress]:
    """Every address that takes no email, also those that staff know."""
    return BadAddress.objects.all()


def find_mark(email: str) -> BadAddress | None:
    """The mark of an address that takes no email."""
    return BadAddress.objects.filter(email=email.lower()).first()


def send_again(id: UUID, *, to: str = "", actor: "User", at: datetime) -> Email:
    """Send an email once more: to the person's present address, or to `to` where there is no account. The address counts as good again.

    Raises NotPossible where it was sent or given up meanwhile, and where its text is not kept.
    """
    with transaction.atomic():
        email = _lock(id)
        if email.secret:
            raise NotPossible(NO_TEXT)
        if email.person is None and to:
            email.to = to.lower()
        elif email.person is not None and not email.to_is_fixed:
            email.to = email.person.email
        BadAddress.objects.filter(email=email.to.lower()).delete()
        email.state, email.due_at, email.attempts, email.last_error = EmailState.QUEUED, at, 0, ""
        email.save(update_fields=["to", "state", "due_at", "attempts", "last_error"])
        _record(email, "again", actor=actor, at=at)
        workers.wake_on_commit("ledger.work")
        return email


def give_up(id: UUID, *, reason: str, actor: "User", at: datetime) -> Email:
    """Let an email be that could not be sent, with the reason. Raises NotPossible as `send_again` does, and without a reason."""
    if not reason.strip():
        raise NotPossible("Explain why it is not needed, or how the person got the message.")
    with transaction.atomic():
        email = _lock(id)
        email.state = EmailState.GIVEN_UP
        email.save(update_fields=["state"])
        _record(email, "give_up", actor=actor, at=at, reason=reason.strip())
        return email


def _lock(id: UUID) -> Email:
    email = find_failed().select_related("person").select_for_update(of=("self",)).filter(id=id).first()
    if email is None:
        raise NotPossible("Someone has already handled this email.")
    return email


def _record(email: Email, verb: str, *, actor: "User", at: datetime, reason: str = "") -> None:
    context = {"subject": email.subject, "to": email.to}
    actions.record(f"ledger.email.{verb}", subject=email, actor=actor, at=at, person=email.person, details=context, reason=reason)


def decide_address(id: UUID, *, works: bool, actor: "User", at: datetime) -> None:
    """Take the mark off an address that `works` again, or note that someone knows about it. Raises NotPossible once that is done."""
    with transaction.atomic():
        row = BadAddress.objects.select_for_update().filter(id=id, noted_at=None).first()
        if row is None:
            raise NotPossible("Someone has already handled this address.")
        verb = "ledger.address.clear" if works else "ledger.address.note"
        actions.record(verb, subject=row, actor=actor, at=at, details={"email": row.email})
        if works:
            row.delete()
            workers.wake_on_commit("ledger.work")
        else:
            row.noted_at = at
            row.save(update_fields=["noted_at"])


def try_again(thing: UUID, *, actor: "User", at: datetime) -> None:
    """Try a delivery at once instead of at its next turn. Raises NotPossible once it is delivered."""
    with transaction.atomic():
        row = find_stuck().filter(thing=thing).first()
        if row is None:
            raise NotPossible("This was already done.")
        Delivery.objects.filter(pk=row.pk).update(due_at=at)
        actions.record("ledger.delivery.again", subject=row, actor=actor, at=at, details={"topic": row.topic})
        workers.wake_on_commit("ledger.ask" if row.subscriber in OUTSIDE else "ledger.work")


def count_stuck(*, at: datetime, after: timedelta = timedelta(minutes=15)) -> tuple[int, int]:
    """How many deliveries, and how many emails that must arrive, should have left us some time ago."""
    emails = Email.objects.filter(state__in=[EmailState.QUEUED, EmailState.SENDING], must_arrive=True, created_at__lt=at - after)
    return find_stuck().count(), emails.count()
