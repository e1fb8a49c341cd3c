"""Bulk actions: a preview of exactly what will happen, in a transaction that is rolled back; then each in a transaction of its own."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from ledger import actions, queues
from ledger.models import BulkRun
from ledger.queries import tell
from ledger.queues import WorkItem
from ledger.states import NotPossible

if TYPE_CHECKING:
    from people.models import User

KEEP_DAYS = 30
GONE = "This is no longer waiting. Someone decided on it, or it was withdrawn."
CHANGED = "This changed after you looked. Nothing was done. View it again."


class Act(Protocol):
    """Does the thing with one row; raises NotPossible with the reason."""

    def __call__(self, thing: UUID, *, actor: "User", at: datetime) -> object:
        """Do it, by the app's own action."""


@dataclass(frozen=True)
class Later:
    """An email that the worker writes once it has done its part, so that it can't be seen in the transaction."""

    to: str
    subject: str


@dataclass(frozen=True)
class Bulk:
    """One thing that staff do with many rows of one queue.

    `later` foresees emails that come after the transaction. `tells=False` where the audit's sentence holds what is drawn at random.
    """

    name: str
    kind: str
    label: str
    will: str
    act: Act
    later: Callable[[UUID], list[Later]] | None = None
    tells: bool = True


BULKS: dict[str, Bulk] = {}


def register(bulk: Bulk) -> None:
    """Offer it in the inbox."""
    if bulk.name in BULKS:
        raise ValueError(f"Two bulk actions are called {bulk.name}")
    BULKS[bulk.name] = bulk


@dataclass
class Effect:
    """What happens, or happened, with one thing: sentences and emails; or why not. `mark` tells if it is still what was looked at."""

    thing: UUID
    title: str
    sentences: list[str] = field(default_factory=list)
    emails: list[Later] = field(default_factory=list)
    why_not: str = ""
    mark: str = ""


class _Undo(Exception):
    """Ends a transaction that was only a look."""


def preview(bulk: Bulk, things: Collection[UUID], *, actor: "User", at: datetime) -> list[Effect]:
    """Do it with each, undo it, and tell what would happen. Nothing is left, and no one hears of it."""
    work_items = _find(things, at=at)
    effects = []
    for thing in things:
        effect = _named(thing, work_items.get(thing))
        try:
            with transaction.atomic():
                _try(bulk, effect, work_items.get(thing), actor=actor, at=at)
                raise _Undo
        except NotPossible as no:
            effect.why_not = no.message
        except _Undo:
            pass
        effects.append(effect)
    return effects


def apply(bulk: Bulk, marks: Mapping[UUID, str], *, key: UUID, actor: "User", at: datetime) -> BulkRun:
    """Do it with each thing whose `mark` is still that of the look, each in its own transaction; what was done under this `key` stays."""
    batch, _ = BulkRun.objects.get_or_create(id=key, defaults={"name": bulk.name, "actor": actor, "at": at})
    if (batch.actor_id, batch.name) != (actor.pk, bulk.name):
        raise NotPossible("This page has expired. Select the items again. Nothing was done.")
    work_items = _find(marks, at=at)
    for thing, mark in marks.items():
        _do_one(bulk, batch, thing, mark, work_items.get(thing), actor=actor, at=at)
    batch.refresh_from_db()
    return batch


def _do_one(bulk: Bulk, batch: BulkRun, thing: UUID, mark: str, waiting: WorkItem | None, *, actor: "User", at: datetime) -> None:
    effect = _named(thing, waiting)
    with transaction.atomic():
        # The lock makes a second press wait, and then find what the first one did.
        row = BulkRun.objects.select_for_update().get(pk=batch.pk)
        if any(result["thing"] == str(thing) for result in row.results):
            return
        try:
            with transaction.atomic():
                _try(bulk, effect, waiting, actor=actor, at=at)
                if effect.mark != mark:
                    raise NotPossible(CHANGED)
        except NotPossible as no:
            effect.why_not = no.message
        result = {"thing": str(thing), "title": effect.title, "emails": len(effect.emails), "why_not": effect.why_not}
        row.results.append(result)
        row.save(update_fields=["results"])


def find_runs(actor: "User") -> QuerySet[BulkRun]:
    """What someone did with many at once, of the last month."""
    return BulkRun.objects.filter(actor=actor)


def drop_old(*, at: datetime) -> None:
    """Forget what was done at once more than a month ago; the audit keeps it."""
    BulkRun.objects.filter(at__lt=at - timedelta(days=KEEP_DAYS)).delete()


def _find(things: Collection[UUID], *, at: datetime) -> dict[UUID, WorkItem]:
    return {work_item.thing: work_item for work_item in queues.list_work_items(queues.WorkItemFilter(things=list(things)), at=at)}


def _named(thing: UUID, waiting: WorkItem | None) -> Effect:
    return Effect(thing, f"{waiting.title}, {waiting.detail}" if waiting else "An item that is no longer waiting")


def _try(bulk: Bulk, effect: Effect, waiting: WorkItem | None, *, actor: "User", at: datetime) -> None:
    if waiting is None:
        raise NotPossible(GONE)
    if waiting.kind != bulk.kind:
        raise NotPossible(f"This is in “{waiting.queue}”. This action does not apply to it.")
    if waiting.about == actor.pk:
        raise NotPossible("This is about you. Someone else must decide.")
    with _watched() as seen:
        bulk.act(effect.thing, actor=actor, at=at)
    effect.sentences = [tell(entry).sentence for entry in seen.entries] if bulk.tells else [bulk.will]
    effect.emails = [Later(email.to, email.subject) for email in seen.emails]
    if bulk.later:
        effect.emails += bulk.later(effect.thing)
    details = [effect.title, str(waiting.since), str(waiting.due_on), [entry.verb for entry in seen.entries]]
    emails = [[later.to, later.subject] for later in effect.emails]
    effect.mark = hashlib.sha256(json.dumps([details, emails]).encode()).hexdigest()[:16]


@contextmanager
def _watched() -> Iterator[actions.RecordedWork]:
    seen = actions.RecordedWork()
    token = actions.SEEN.set(seen)
    try:
        yield seen
    finally:
        actions.SEEN.reset(token)
