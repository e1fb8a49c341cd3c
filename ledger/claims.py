"""Who has what from the inbox: staff take a waiting thing, and give it back. Anybody on the staff may still decide on it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction

from ledger import queues
from ledger.actions import record
from ledger.models import Hold
from ledger.states import NotPossible, Verb

if TYPE_CHECKING:
    from people.models import User

TAKE = Verb("ledger.inbox.take", "{actor} took “{thing}” from the inbox.", personal={"thing"})
GIVE_BACK = Verb("ledger.inbox.give_back", "{actor} put “{thing}” back into the inbox.", personal={"thing"})
KEEP_DAYS = 180


def take(kind: str, thing: UUID, *, actor: "User", at: datetime) -> Hold:
    """Make somebody the owner of a waiting thing. Raises NotPossible when it no longer waits, is about them, or somebody else has it."""
    with transaction.atomic():
        waiting = _get_waiting(kind, thing, actor=actor, at=at)
        hold, made = Hold.objects.get_or_create(kind=kind, thing=thing, defaults={"owner": actor, "taken_at": at})
        if hold.owner_id != actor.pk:
            raise NotPossible(f"{hold.owner.get_short_name()} has taken it. You can still decide on it.")
        if made:
            _record(TAKE, hold, waiting, actor=actor, at=at)
        return hold


def work_on(kind: str, thing: UUID, *, actor: "User", at: datetime) -> None:
    """Note that somebody works on a thing: they have it from now on, unless somebody took it. Without a line in the audit."""
    Hold.objects.get_or_create(kind=kind, thing=thing, defaults={"owner": actor, "taken_at": at})


def find_owner(kind: str, thing: UUID) -> "User | None":
    """Who has a thing. One query."""
    hold = Hold.objects.select_related("owner").filter(kind=kind, thing=thing).first()
    return hold.owner if hold else None


def give_back(kind: str, thing: UUID, *, actor: "User", at: datetime) -> None:
    """Let a waiting thing be nobody's again, also for somebody who is away. Raises NotPossible when nobody has it."""
    with transaction.atomic():
        waiting = _get_waiting(kind, thing, actor=actor, at=at)
        hold = Hold.objects.select_for_update().filter(kind=kind, thing=thing).first()
        if hold is None:
            raise NotPossible("Nobody has it. It is in the inbox for all.")
        _record(GIVE_BACK, hold, waiting, actor=actor, at=at)
        hold.delete()


def _get_waiting(kind: str, thing: UUID, *, actor: "User", at: datetime) -> queues.Waiting:
    waiting = queues.get_thing(kind, thing, at=at) if kind in queues.QUEUES else None
    if waiting is None or waiting.about == actor.pk:
        raise NotPossible("This waits no longer. Somebody decided on it, or it was taken back.")
    return waiting


def _record(verb: Verb, hold: Hold, waiting: queues.Waiting, *, actor: "User", at: datetime) -> None:
    person = get_user_model().objects.filter(pk=waiting.about).first() if waiting.about else None
    record(verb.name, subject=hold, actor=actor, at=at, person=person, facts={"thing": f"{waiting.title}, {waiting.detail}"})


def drop_old(*, at: datetime) -> None:
    """Let things be nobody's that were taken long ago. One statement."""
    Hold.objects.filter(taken_at__lt=at - timedelta(days=KEEP_DAYS)).delete()
