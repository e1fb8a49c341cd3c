"""The writing door: accounts, roles and preferences."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction

from ledger import actions as ledger
from people import permissions
from people.models import User
from people.states import Role


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
    """Make an account for somebody whose address is known to be right; without a password they set one by "forgot my password".

    Raises IntegrityError where there is an account with this address.
    """
    with transaction.atomic():
        person = User.objects.create_user(email, password, name=name, called=called, time_zone=time_zone)
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        ledger.record("people.account.add", subject=person, actor=actor, at=at, person=person)
    return person


def give_role(person: User, role: Role, *, actor: User | None, at: datetime) -> None:
    """Let a person act in a role; giving it twice changes nothing."""
    with transaction.atomic():
        _locked(person)
        if person.groups.filter(name=role).exists():
            return
        person.groups.add(Group.objects.get(name=role))
        _told("people.role.give", person, role, actor=actor, at=at)


def take_role(person: User, role: Role, *, actor: User | None, at: datetime) -> None:
    """End a role; the person's sessions notice at their next request."""
    with transaction.atomic():
        _locked(person)
        if not person.groups.filter(name=role).exists():
            return
        person.groups.remove(Group.objects.get(name=role))
        _told("people.role.take", person, role, actor=actor, at=at)


def change_preferences(person: User, *, name: str, called: str, time_zone: str, actor: User, at: datetime) -> User:
    """Store what a person is called and where their clock is; a new name on certificates is told in the audit."""
    with transaction.atomic():
        old = _locked(person)
        person.name, person.called, person.time_zone = name, called, time_zone
        person.save(update_fields=["name", "called", "time_zone"])
        if old.name != name:
            ledger.record("people.name.change", subject=person, actor=actor, at=at, person=person, facts={"old": old.name, "new": name})
    return person


def _locked(person: User) -> User:
    """The row as it is now, locked: two changes at once become one after the other."""
    return User.objects.select_for_update(of=("self",)).get(pk=person.pk)


def _told(verb: str, person: User, role: Role, *, actor: User | None, at: datetime) -> None:
    permissions.forget(person)
    ledger.record(verb, subject=person, actor=actor, at=at, person=person, facts={"role": str(role.label)})
