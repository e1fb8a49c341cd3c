"""The emails about an account, which stand for allauth's messages, and those about a question to the program."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse

from ledger import actions as ledger
from people.states import MEANS, Role
from people.templatetags.words import longdate

if TYPE_CHECKING:
    from people.models import AccountChange, Document, Download, Inquiry, User
    from people.states import Role

HAVE = "you have an account with us"
TYPED = "someone typed this address on our website"
QUOTED_LENGTH = 200


@dataclass(frozen=True)
class AccountEmail:
    """An email; `link` names the value of allauth's that it leads to (none: the person's account), `context` what else it needs."""

    notice: str
    link: str = ""
    context: tuple[str, ...] = ()
    why: str = HAVE


# The key is allauth's name of the message.
ACCOUNT = {
    "account/email/email_confirmation_signup": AccountEmail("people/confirm_email", "activate_url", why=TYPED),
    "account/email/email_confirmation": AccountEmail("people/confirm_email", "activate_url", why=TYPED),
    "account/email/password_reset_key": AccountEmail("people/password_reset", "password_reset_url"),
    "account/email/unknown_account": AccountEmail("people/unknown_account", "signup_url", why=TYPED),
    "account/email/account_already_exists": AccountEmail("people/account_already_exists", "password_reset_url"),
}


# A new password was asked for with an address that is not the one to sign in with.
OTHER_ADDRESS = AccountEmail("people/other_address")


def account_changed(change: "AccountChange", notice: str, *, to: str, token: str, context: dict[str, str], at: datetime) -> None:
    """Tell one of the addresses of before that the account was changed; the link undoes it."""
    ledger.queue_email(
        change.person,
        notice,
        key=f"{change.id}:{to}",
        at=at,
        path=reverse("people:undo", args=[token]),
        context={**context, "until": longdate(change.ends_at)},
        to=to,
        why=HAVE,
        secret=True,
    )


def account_restored(change: "AccountChange", *, to: str, at: datetime) -> None:
    """Say to an address that counts again that a change was undone, and what is to be done now."""
    path = reverse("account_reset_password")
    ledger.queue_email(change.person, "people/account_restored", key=f"{change.id}:{to}", at=at, path=path, to=to, why=HAVE)


def inquiry_received(inquiry: "Inquiry", *, at: datetime) -> None:
    """Confirm that a question is there. What was typed stays out: no one can write to a stranger through us."""
    context = {"topic": inquiry.get_topic_display()}
    _to_who_asked(inquiry, "people/inquiry_received", context=context, at=at)


def inquiry_answered(inquiry: "Inquiry", *, at: datetime) -> None:
    """Send the answer, with the beginning of the question in one line where who asked was signed in."""
    question = " ".join(inquiry.text.split())
    quoted = question if len(question) <= QUOTED_LENGTH else question[:QUOTED_LENGTH].rsplit(" ", 1)[0] + " ..."
    context = {
        "topic": inquiry.get_topic_display(),
        "asked_on": longdate(inquiry.asked_at),
        "quoted": quoted if inquiry.person_id else "",
        "answer": inquiry.answer,
    }
    _to_who_asked(inquiry, "people/inquiry_answered", context=context, at=at)


def _to_who_asked(inquiry: "Inquiry", notice: str, *, context: dict[str, str], at: datetime) -> None:
    path, why = reverse("people:contact"), "you asked the program a question, or someone typed your address"
    to = "" if inquiry.person else inquiry.email
    ledger.queue_email(inquiry.person, notice, key=inquiry.id, at=at, path=path, context=context, to=to, why=why)


def download_ready(download: "Download", *, at: datetime) -> None:
    """Say that the file with everything about a person is there; once per file."""
    ledger.queue_email(
        download.person,
        "people/download_ready",
        key=download.id,
        at=at,
        path=reverse("people:download"),
        context={"gone_on": longdate(download.gone_on)},
        why="you asked for everything that we keep about you",
    )


def file_refused(document: "Document", *, at: datetime) -> None:
    """Say that a file can't be taken, why, and until when another may take its place; once per file."""
    until = at + timedelta(days=settings.FILE_REPLACE_DAYS)
    ledger.queue_email(
        document.owner,
        "people/file_refused",
        key=document.stored,
        at=at,
        path=reverse("people:replace_document", args=[document.id]),
        context={"name": document.name, "reason": document.refusal, "until": longdate(until)},
        why="you sent us a file",
    )


def role_changed(person: "User", role: "Role", *, is_given: bool, reason: str, at: datetime) -> None:
    """Say that staff gave someone a role, or ended it, and why."""
    ledger.queue_email(
        person,
        "people/role_given" if is_given else "people/role_ended",
        key=f"{role}:{at.isoformat()}",
        at=at,
        path=reverse("people:account"),
        context={"role": str(role.label), "means": MEANS[role], "reason": reason},
        why="staff gave you a role or ended one",
    )


def audit_head(auditor: "User", *, head: str, position: int, day: date, at: datetime) -> None:
    """Tell an auditor where the audit's chain ended; one email a day."""
    context = {"head": head, "position": position, "day": longdate(day)}
    ledger.queue_email(
        auditor, "people/audit_head", key=day, at=at, path=reverse("office"), context=context, why="you are an auditor of the program"
    )


def staff_told(person: "User", role: "Role", *, by: "User", reason: str, at: datetime) -> None:
    """Tell all other staff at once that someone can decide or read everything now."""
    others = type(person).objects.filter(is_active=True, groups__name=Role.STAFF).exclude(pk__in=[person.pk, by.pk])
    context = {"name": person.name, "by": by.name, "role": str(role.label), "means": MEANS[role], "reason": reason}
    known: dict[str, Any] = {
        "key": f"{person.pk}:{role}:{at.isoformat()}",
        "at": at,
        "path": reverse("person", args=[person.public_id]),
        "context": context,
    }
    ledger.queue_emails([ledger.build_email(other, "people/staff_appointed", why="you are on the staff", **known) for other in others])


def account_locked(person: "User", *, reason: str, at: datetime) -> None:
    """Say that staff locked an account, and why."""
    _about_lock(person, "people/account_locked", "people:contact", reason=reason, at=at)


def account_reopened(person: "User", *, reason: str, at: datetime) -> None:
    """Say that staff opened an account again."""
    _about_lock(person, "people/account_reopened", "account_login", reason=reason, at=at)


def _about_lock(person: "User", notice: str, path: str, *, reason: str, at: datetime) -> None:
    ledger.queue_email(person, notice, key=at.isoformat(), at=at, path=reverse(path), context={"reason": reason}, why=HAVE)
