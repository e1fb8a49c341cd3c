"""Who has what from the inbox: staff take a waiting thing, and give it back. Anyone on the staff may still decide on it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction

from ledger import queues
from ledger.actions import record
from ledger.models import Claim
from ledger.states import AuditEvent, NotPossible

if TYPE_CHECKING:
    from people.models import User

CLAIM = AuditEvent("ledger.inbox.claim", "{actor} assigned “{thing}” to themselves.", personal={"thing"})
RELEASE = AuditEvent("ledger.inbox.release", "{actor} unassigned “{thing}”.", personal={"thing"})
KEEP_DAYS = 180


def claim(kind: str, thing: UUID, *, actor: "User", at: datetime) -> Claim:
    """Make someone the owner of a waiting thing. Raises NotPossible when it no longer waits, is about them, or someone else has it."""
    with transaction.atomic():
        waiting = _get_waiting(kind, thing, actor=actor, at=at)
        claim, created = Claim.objects.get_or_create(kind=kind, thing=thing, defaults={"owner": actor, "taken_at": at})
        if claim.owner_id != actor.pk:
            raise NotPossible(f"{claim.owner.get_short_name()} has it. You can still decide on it.")
        if created:
            _record(CLAIM, claim, waiting, actor=actor, at=at)
        return claim


def work_on(kind: str, thing: UUID, *, actor: "User", at: datetime) -> None:
    """Note that someone works on a thing: they have it from now on, unless someone took it. Without a line in the audit."""
    Claim.objects.get_or_create(kind=kind, thing=thing, defaults={"owner": actor, "taken_at": at})


def find_owner(kind: str, thing: UUID) -> "User | None":
    """Who has a thing. One query."""
    claim = Claim.objects.select_related("owner").filter(kind=kind, thing=thing).first()
    return claim.owner if claim else None


def release(kind: str, thing: UUID, *, actor: "User", at: datetime) -> None:
    """Let a waiting thing be no one's again, also for someone who is away. Raises NotPossible when no one has it."""
    with transaction.atomic():
        waiting = _get_waiting(kind, thing, actor=actor, at=at)
        claim = Claim.objects.select_for_update().filter(kind=kind, thing=thing).first()
        if claim is None:
            raise NotPossible("It is not assigned. Anyone on the staff can take it.")
        _record(RELEASE, claim, waiting, actor=actor, at=at)
        claim.delete()


def _get_waiting(kind: str, thing: UUID, *, actor: "User", at: datetime) -> queues.WorkItem:
    waiting = queues.get_work_item(kind, thing, at=at) if kind in queues.QUEUES else None
    if waiting is None or waiting.about == actor.pk:
        raise NotPossible("This is no longer waiting. Someone decided on it, or it was withdrawn.")
    return waiting


def _record(verb: AuditEvent, claim: Claim, waiting: queues.WorkItem, *, actor: "User", at: datetime) -> None:
    person = get_user_model().objects.filter(pk=waiting.about).first() if waiting.about else None
    record(verb.name, subject=claim, actor=actor, at=at, person=person, details={"thing": f"{waiting.title}, {waiting.detail}"})


def drop_old(*, at: datetime) -> None:
    """Let things be no one's that were taken long ago. One statement."""
    Claim.objects.filter(taken_at__lt=at - timedelta(days=KEEP_DAYS)).delete()
