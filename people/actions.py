"""Actions: accounts, roles, preferences, and questions to the program."""

from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction

from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible
from people import notices, permissions, security
from people.models import Inquiry, User
from people.states import APPOINTED, Role, Topic


def add_person(
    *,
    email: str,
    name: str,
    called: str,
    actor: User | None,
    at: datetime,
    password: str | None = None,
    time_zone: str = "America/New_York",
) -> User:
    """Make an account for someone whose address is known to be right; without a password they set one by "forgot my password".

    Raises IntegrityError where there is an account with this address.
    """
    with transaction.atomic():
        person = User.objects.create_user(email, password, name=name, called=called, time_zone=time_zone)
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        ledger.record("people.account.add", subject=person, actor=actor, at=at, person=person)
    return person


def note_list_download(title: str, *, actor: User, at: datetime) -> None:
    """Note that someone on the staff takes a whole list with names as a file."""
    with transaction.atomic():
        ledger.record("people.list.download", subject=actor, actor=actor, at=at, details={"list": title})


def give_role(person: User, role: Role, *, actor: User | None, at: datetime, reason: str = "") -> bool:
    """Let a person act in a role; giving it twice changes nothing. True where it is new."""
    with transaction.atomic():
        _locked(person)
        if person.groups.filter(name=role).exists():
            return False
        person.groups.add(Group.objects.get(name=role))
        _told("people.role.give", person, role, actor=actor, at=at, reason=reason)
        return True


def take_role(person: User, role: Role, *, actor: User | None, at: datetime, reason: str = "") -> bool:
    """End a role; the person's sessions notice at their next request. True where they had it."""
    with transaction.atomic():
        _locked(person)
        if not person.groups.filter(name=role).exists():
            return False
        person.groups.remove(Group.objects.get(name=role))
        _told("people.role.take", person, role, actor=actor, at=at, reason=reason)
        return True


def appoint(person: User, role: Role, *, reason: str, actor: User, at: datetime) -> None:
    """Make someone staff, committee or auditor, with an email. Raises NotPossible for oneself, without a reason, and for who is it."""
    with transaction.atomic():
        _check_appointing(person, role, reason=reason, actor=actor)
        if not give_role(person, role, actor=actor, at=at, reason=reason.strip()):
            raise NotPossible(f"{person} already has this role. Nothing was changed.")
        notices.role_changed(person, role, is_given=True, reason=reason.strip(), at=at)
        notices.staff_told(person, role, by=actor, reason=reason.strip(), at=at)


def retire(person: User, role: Role, *, reason: str, actor: User, at: datetime) -> None:
    """End such a role, with an email, and sign the person out everywhere. Raises NotPossible as `appoint` does."""
    with transaction.atomic():
        _check_appointing(person, role, reason=reason, actor=actor)
        if not take_role(person, role, actor=actor, at=at, reason=reason.strip()):
            raise NotPossible(f"{person} does not have this role. Nothing was changed.")
        notices.role_changed(person, role, is_given=False, reason=reason.strip(), at=at)
        security.end_sessions(person)


def _check_appointing(person: User, role: Role, *, reason: str, actor: User) -> None:
    # Locked, so that who loses the role at this moment ends no one else's: whoever does it is staff and stays, so one is always left.
    Group.objects.select_for_update().get(name=Role.STAFF)
    if not actor.groups.filter(name=Role.STAFF).exists():
        raise NotPossible("Only staff can give this role. Nothing was changed.")
    if role not in APPOINTED:
        raise NotPossible("This role comes with an approval. You can’t give it directly.")
    if person.pk == actor.pk:
        raise NotPossible("You can’t change your own roles. Another staff member must do it.")
    if not reason.strip():
        raise NotPossible("Give a reason. The person will read it, and it stays in the record.")


def change_preferences(person: User, *, name: str, called: str, time_zone: str, actor: User, at: datetime) -> User:
    """Store what a person is called and where their clock is; a new name on certificates is told in the audit."""
    with transaction.atomic():
        old = _locked(person)
        person.name, person.called, person.time_zone = name, called, time_zone
        person.save(update_fields=["name", "called", "time_zone"])
        if old.name != name:
            ledger.record("people.name.change", subject=person, actor=actor, at=at, person=person, details={"old": old.name, "new": name})
    return person


def close_account(person: User, *, reason: str, at: datetime) -> None:
    """End one's own account, and sign out everywhere. What was decided and paid stays. Raises NotPossible when it is closed."""
    with transaction.atomic():
        row = _locked(person)
        if not row.is_active:
            raise NotPossible("This account is already closed.")
        # While the account is open: the link in the email opens it again.
        security.record_change(row, "people.account.close", "people/account_closed", at=at, actor=row, reason=reason.strip())
        _set_active(row, is_active=False)
        ledger.drop_reminders(row)


def lock_account(person: User, *, reason: str, actor: User, at: datetime) -> None:
    """End someone's sessions and let no one sign in, links to undo included. Raises NotPossible for oneself, and when it is closed."""
    with transaction.atomic():
        row = _locked(person)
        _check_reason(row, reason=reason, actor=actor)
        if not row.is_active:
            raise NotPossible("This account is already closed. Nothing was changed.")
        _set_active(row, is_active=False)
        row.account_changes.filter(void_at=None).update(void_at=at)
        ledger.drop_reminders(row)
        ledger.record("people.account.lock", subject=row, actor=actor, at=at, person=row, reason=reason.strip())
        notices.account_locked(row, reason=reason.strip(), at=at)


def reopen_account(person: User, *, reason: str, actor: User, at: datetime) -> None:
    """Let someone sign in again. Raises NotPossible for an open account."""
    with transaction.atomic():
        row = _locked(person)
        _check_reason(row, reason=reason, actor=actor)
        if row.is_active:
            raise NotPossible("This account is open. Nothing was changed.")
        _set_active(row, is_active=True)
        ledger.record("people.account.reopen", subject=row, actor=actor, at=at, person=row, reason=reason.strip())
        notices.account_reopened(row, reason=reason.strip(), at=at)


def _check_reason(person: User, *, reason: str, actor: User) -> None:
    if person.pk == actor.pk:
        raise NotPossible("This is your own account. Another staff member must do it.")
    if not reason.strip():
        raise NotPossible("Give a reason. The person will read it, and it stays in the record.")


def _set_active(person: User, *, is_active: bool) -> None:
    person.is_active = is_active
    person.save(update_fields=["is_active"])
    permissions.forget(person)
    if not is_active:
        security.end_sessions(person)


def ask(*, name: str, email: str, topic: Topic, text: str, actor: User | None, at: datetime) -> Inquiry:
    """Keep a question to the program for staff, and confirm it to the address that was typed.

    The confirmation repeats nothing that was typed: the address may be someone else's.
    """
    with transaction.atomic():
        inquiry = Inquiry.objects.create(person=actor, name=name, email=email.lower(), topic=topic, text=text, asked_at=at)
        details = {"name": name, "topic": str(topic.label)}
        ledger.record("people.inquiry.ask", subject=inquiry, actor=actor, at=at, person=actor, details=details)
        notices.inquiry_received(inquiry, at=at)
    return inquiry


def answer_inquiry(id: UUID, *, text: str, actor: User, at: datetime) -> Inquiry:
    """Answer a question by email. Raises NotPossible when it was answered or closed already, or is the actor's own."""
    with transaction.atomic():
        inquiry = _end(id, "answer", actor=actor, at=at, answer=text)
        notices.inquiry_answered(inquiry, at=at)
    return inquiry


def close_inquiry(id: UUID, *, reason: str, actor: User, at: datetime) -> Inquiry:
    """Take a question off the list without an answer: advertising, or asked twice. Raises NotPossible as `answer_inquiry` does."""
    with transaction.atomic():
        return _end(id, "close", actor=actor, at=at, reason=reason)


def _end(id: UUID, verb: str, *, actor: User, at: datetime, reason: str = "", **changes: str) -> Inquiry:
    inquiry = transitions.lock(Inquiry, id, verb, decider=actor)
    details, ending = {"topic": str(Topic(inquiry.topic).label)}, {"ended_by": actor, "ended_at": at, **changes}
    return transitions.transition(inquiry, verb, actor=actor, at=at, person=inquiry.person, details=details, reason=reason, **ending)


def _locked(person: User) -> User:
    """The row as it is now, locked: two changes at once become one after the other."""
    return User.objects.select_for_update(of=("self",)).get(pk=person.pk)


def _told(verb: str, person: User, role: Role, *, actor: User | None, at: datetime, reason: str) -> None:
    permissions.forget(person)
    ledger.record(verb, subject=person, actor=actor, at=at, person=person, details={"role": str(role.label)}, reason=reason)
