"""The one place where `state` changes: lock, check the state machine, save, write the audit entry."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.db import connection, models

from ledger import actions
from ledger.prepared import Prepared
from ledger.states import NotYourDecision, StateMachine

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    from people.models import User

Row = TypeVar("Row", bound=models.Model)


def _table(row: models.Model | type[models.Model]) -> StateMachine:
    table = getattr(row, "STATES", None)
    if not isinstance(table, StateMachine):
        raise TypeError(f"{row} has no table of transitions")
    return table


def get_party(row: models.Model) -> Any:
    """Give the key of the person whose matter a row is."""
    return attrgetter(_table(row).party)(row)


def is_own(row: models.Model, person: "AbstractBaseUser | AnonymousUser") -> bool:
    """Whether a row is someone's own matter, on which someone else decides."""
    return bool(get_party(row) == person.pk)


@cache
def _locking(model: type[Row]) -> Prepared[Row]:
    kind = UUID if isinstance(model._meta.pk, models.UUIDField) else int
    return Prepared(lambda id: model._default_manager.select_for_update(of=("self",)).filter(pk=id), [kind])


def lock(model: type[Row], id: Any, verb: str | None = None, *, decider: "User | None" = None) -> Row:
    """Lock one row until the transaction ends, read it again, and check that `verb` is legal from its state, and `decider` impartial.

    Raises NotPossible where the machine has no such transition, NotYourDecision where the row is the decider's own matter, the model's
    DoesNotExist, and RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A transition needs a transaction")
    row: Row = _locking(model).one(model._meta.pk.to_python(id))
    if verb is not None:
        _table(model).check(row.state, verb)  # type: ignore[attr-defined]
    _check_impartial(row, decider)
    return row


def _check_impartial(row: models.Model, decider: "User | None") -> None:
    if decider is not None and is_own(row, decider):
        raise NotYourDecision(_table(row).own)


def transition(
    row: Row,
    verb: str,
    *,
    actor: "User | None",
    at: datetime,
    person: "User | None" = None,
    reason: str = "",
    details: dict[str, Any] | None = None,
    **changes: Any,
) -> Row:
    """Make the transition `verb` on a row that this transaction has locked, with field `changes`, and write its audit entry.

    `actor=None` is the program. Raises NotPossible where the machine has no such transition, NotYourDecision where no one makes it in
    their own matter.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A transition needs a transaction")
    table = _table(row)
    step = table.check(row.state, verb)  # type: ignore[attr-defined]
    _check_impartial(row, actor if verb in table.impartial else None)
    for name, value in changes.items():
        setattr(row, name, value)
    row.state = str(step.target)  # type: ignore[attr-defined]
    row.save(update_fields=["state", *changes])
    actions.record(f"{table.name}.{verb}", subject=row, actor=actor, at=at, person=person, details=details, reason=reason)
    return row


def transition_all(
    rows: Sequence[Row], verb: str, *, actor: "User | None", at: datetime, person: str, details: Callable[[Row], dict[str, Any]]
) -> None:
    """Make the same transition on rows that this transaction has locked, and write their audit entries, in two statements.

    `person` names the field whose file the entries belong to, `details` gives those of one row. Raises NotPossible for all of them where
    the machine has no such transition for one.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A transition needs a transaction")
    if not rows:
        return
    table = _table(rows[0])
    for row in rows:
        _check_impartial(row, actor if verb in table.impartial else None)
        row.state = str(table.check(row.state, verb).target)  # type: ignore[attr-defined]
    type(rows[0])._default_manager.filter(pk__in=[row.pk for row in rows]).update(state=rows[0].state)  # type: ignore[attr-defined]
    actions.record_all([(row, getattr(row, person), details(row)) for row in rows], f"{table.name}.{verb}", actor=actor, at=at)
