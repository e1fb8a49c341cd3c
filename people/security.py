"""What happens to the way someone signs in: recorded, told to the addresses of before, and undone by a link in that email.

See docs/decisions/0024-changes-of-an-account-can-be-undone.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account import signals
from allauth.account.models import EmailAddress
from allauth.core.internal.httpkit import HTTP_USER_AGENT_MAX_LENGTH
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from ledger import actions as ledger
from ledger import clock
from ledger.queries import list_acts, tell
from ledger.states import NotPossible
from people import notices
from people.models import AccountChange, SecurityEvent, User
from people.signed_links import SignedLink
from people.states import SECURITY_VERBS, SecurityEventKind

UNDO = SignedLink("people.undo", "UNDO_DAYS")
SHOWN = 25
APP, PASSKEY = "an authenticator app", "a passkey"
# allauth's names of what it tells a person: the event, its details, the email.
CHANGES: dict[str, tuple[str, dict[str, str], str]] = {
    "account/email/password_changed": ("people.password.change", {}, "people/password_changed"),
    "account/email/password_set": ("people.password.change", {}, "people/password_changed"),
    "account/email/password_reset": ("people.password.reset", {}, "people/password_changed"),
    "mfa/email/totp_activated": ("people.factor.add", {"factor": APP}, "people/second_step_added"),
    "mfa/email/webauthn_added": ("people.factor.add", {"factor": PASSKEY}, "people/second_step_added"),
    "mfa/email/totp_deactivated": ("people.factor.remove", {"factor": APP}, "people/second_step_removed"),
    "mfa/email/webauthn_removed": ("people.factor.remove", {"factor": PASSKEY}, "people/second_step_removed"),
    "mfa/email/recovery_codes_generated": ("people.factor.codes", {}, "people/recovery_codes_made"),
}


class LinkOver(NotPossible):
    """The link was used, or is void."""


@dataclass(frozen=True)
class SecurityLine:
    """One line of the page about someone's sign-in."""

    at: datetime
    what: str
    reason: str = ""
    ip: str | None = None
    user_agent: str = ""


def record_event(person: User | None, kind: SecurityEventKind, request: HttpRequest, *, at: datetime) -> None:
    """Keep a sign-in, a failure or a sign-out; one row. Of who is not known, only that someone failed."""
    from allauth.account.adapter import get_adapter

    agent = request.META.get("HTTP_USER_AGENT", "")[:HTTP_USER_AGENT_MAX_LENGTH].replace("\0", "") if person else ""
    ip = get_adapter().get_client_ip(request) if person else None
    SecurityEvent.objects.create(person=person, kind=kind, at=at, ip=ip, user_agent=agent)


def list_lines(person: User, *, reader: User | None = None) -> list[SecurityLine]:
    """What happened lately to someone's sign-in, newest first. Two queries. A `reader` reads no name of others."""
    verbs = [verb.name for verb in SECURITY_VERBS]
    entries = list_acts(person, verbs=verbs, limit=SHOWN)
    events = SecurityEvent.objects.filter(person=person).order_by("-id")[:SHOWN]
    lines = [SecurityLine(line.at, line.sentence, line.reason) for line in (tell(entry, reader=reader) for entry in entries)]
    lines += [SecurityLine(event.at, event.get_kind_display(), ip=event.ip, user_agent=event.user_agent) for event in events]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:SHOWN]


def record_change(
    person: User,
    verb: str,
    notice: str,
    *,
    at: datetime,
    actor: User | None,
    details: dict[str, str] | None = None,
    before: list[str] | None = None,
    primary: str = "",
    reason: str = "",
) -> None:
    """Write the audit entry, and tell every confirmed address of before (by default: of now), each with its own link to undo."""
    with transaction.atomic():
        ledger.record(verb, subject=person, actor=actor, at=at, person=person, details=details, reason=reason)
        addresses = _list_confirmed(person) if before is None else before
        if not addresses:
            return
        factors = list(Authenticator.objects.filter(user=person).order_by("pk").values_list("pk", flat=True))
        change = AccountChange.objects.create(
            person=person,
            made_at=at,
            ends_at=at + timedelta(days=settings.UNDO_DAYS),
            primary=primary or person.email,
            addresses=addresses,
            # A factor that was just added is not of before.
            factors=factors[:-1] if verb == "people.factor.add" else factors,
        )
        for place, address in enumerate(addresses):
            notices.account_changed(change, notice, to=address, token=UNDO.sign(f"{change.id.hex}{place}"), context=details or {}, at=at)


def _list_confirmed(person: User) -> list[str]:
    return list(EmailAddress.objects.filter(user=person, verified=True).order_by("pk").values_list("email", flat=True))


def read(token: str, *, at: datetime) -> AccountChange:
    """The oldest open change, up to that of the link, which the link's address was told of; raises LinkOver, LinkWrong, LinkExpired.

    So that the newest email undoes all of a takeover, and whichever is at hand works after someone else has undone a later part.
    """
    value = UNDO.read(token)
    account_change = AccountChange.objects.filter(id=value[:32]).first()
    if account_change is None:
        raise LinkOver
    address = account_change.addresses[int(value[32:])]
    rows = AccountChange.objects.filter(person=account_change.person_id, made_at__lte=account_change.made_at, void_at=None, ends_at__gt=at)
    change = rows.filter(addresses__contains=[address]).order_by("made_at").first()
    if change is None:
        raise LinkOver
    return change


def undo(token: str, *, at: datetime) -> User:
    """Put back the addresses and take away the second factors that came since, void the password, and end every session.

    Every link from that change on is void then, so that the oldest wins: whoever took an account over can't undo the undoing.
    An address that another account has confirmed since stays there. Raises as `read` does.
    """
    with transaction.atomic():
        person = User.objects.select_for_update(of=("self",)).get(pk=read(token, at=at).person_id)
        change = read(token, at=at)
        AccountChange.objects.filter(person=person, made_at__gte=change.made_at, void_at=None).update(void_at=at)
        others = EmailAddress.objects.filter(email__in=change.addresses, verified=True).exclude(user=person)
        taken = set(others.values_list("email", flat=True))
        back = [address for address in change.addresses if address not in taken]
        if not back:
            raise LinkOver
        primary = change.primary if change.primary in back else back[0]
        mine = EmailAddress.objects.filter(user=person)
        mine.exclude(email__in=back).delete()
        mine.update(primary=False)
        for address in back:
            EmailAddress.objects.update_or_create(user=person, email=address, defaults={"verified": True, "primary": address == primary})
        Authenticator.objects.filter(user=person).exclude(pk__in=change.factors).exclude(type=Authenticator.Type.RECOVERY_CODES).delete()
        person.email, person.is_active = primary, True
        person.set_unusable_password()
        person.save(update_fields=["email", "is_active", "password"])
        end_sessions(person)
        ledger.record("people.account.undo", subject=person, actor=person, at=at, person=person)
        for address in back:
            notices.account_restored(change, to=address, at=at)
    return person


def end_sessions(person: User) -> None:
    """Sign someone out everywhere."""
    for session in UserSession.objects.filter(user=person):
        session.end()


def forget_old(*, at: datetime) -> None:
    """Delete what is older than SECURITY_EVENT_DAYS."""
    before = at - timedelta(days=settings.SECURITY_EVENT_DAYS)
    SecurityEvent.objects.filter(at__lt=before).delete()
    AccountChange.objects.filter(ends_at__lt=before).delete()


# What allauth tells only by its signals


def _who(request: HttpRequest | None, person: User) -> User | None:
    """Who did it: the person, where no one else is signed in."""
    return request.user if request is not None and isinstance(request.user, User) else person


def _added(request: HttpRequest, user: User, email_address: EmailAddress, **_: Any) -> None:
    details = {"address": email_address.email}
    record_change(user, "people.address.add", "people/email_added", at=clock.now(), actor=_who(request, user), details=details)


def _confirmed(request: HttpRequest, email_address: EmailAddress, **_: Any) -> None:
    person, address = email_address.user, email_address.email
    before = [email for email in _list_confirmed(person) if email != address]
    known: dict[str, Any] = {"at": clock.now(), "actor": _who(request, person), "details": {"address": address}, "before": before}
    record_change(person, "people.address.confirm", "people/email_confirmed", **known)


def _changed(request: HttpRequest, user: User, from_email_address: EmailAddress | None, to_email_address: EmailAddress, **_: Any) -> None:
    old = from_email_address.email if from_email_address else ""
    details = {"address": to_email_address.email, "old": old}
    record_change(
        user, "people.address.primary", "people/email_changed", at=clock.now(), actor=_who(request, user), details=details, primary=old
    )


def _removed(request: HttpRequest, user: User, email_address: EmailAddress, **_: Any) -> None:
    before = _list_confirmed(user) + ([email_address.email] if email_address.verified else [])
    known: dict[str, Any] = {"at": clock.now(), "actor": _who(request, user), "details": {"address": email_address.email}, "before": before}
    record_change(user, "people.address.remove", "people/email_removed", **known)


def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    record_event(user, SecurityEventKind.SIGN_IN, request, at=clock.now())


def _second_factor_failed(request: HttpRequest, user: User, **_: Any) -> None:
    record_event(user, SecurityEventKind.FAILED, request, at=clock.now())


def connect() -> None:
    """Hear what allauth tells; once, when the program starts."""
    from allauth.mfa.signals import authentication_failed

    for signal, receiver in (
        (signals.email_added, _added),
        (signals.email_confirmed, _confirmed),
        (signals.email_changed, _changed),
        (signals.email_removed, _removed),
        (signals.user_logged_in, _signed_in),
        (authentication_failed, _second_factor_failed),
    ):
        signal.connect(receiver, dispatch_uid=f"people.security.{receiver.__name__}")
