"""What is due by itself in this app."""

from datetime import datetime

from ledger import actions, audit_heads, bulk_runs, claims, form_tokens, inbox_items, public_changes, reminders
from ledger.registry import sweep


@sweep("ledger.holds", every="day")
def drop_old_holds(*, at: datetime) -> None:
    """Release work items that were claimed long ago."""
    claims.drop_old(at=at)


@sweep("ledger.reminders", every="minute")
def remind(*, at: datetime) -> None:
    """Note the reminders that fell due: each reminder schedule once a deadline day, one that failed again in a minute."""
    reminders.find_due(at=at)


@sweep("ledger.batches", every="day")
def drop_old_batches(*, at: datetime) -> None:
    """Forget the pages that told how a bulk action went."""
    bulk_runs.drop_old(at=at)


@sweep("ledger.head", every="day")
def read_head(*, at: datetime) -> None:
    """Tell where the audit's chain ends, so that it is known outside of the database."""
    head = audit_heads.read()
    if head.position:
        day = at.date().isoformat()
        actions.emit("ledger.head.read", key=day, at=at, day=day, head=str(head), position=head.position)


@sweep("ledger.form_tokens", every="day")
def drop_old_presses(*, at: datetime) -> None:
    """Forget which forms were sent."""
    form_tokens.drop_old(at=at)


@sweep("ledger.public_changes", every="day")
def drop_old_public_changes(*, at: datetime) -> None:
    """Forget what changed on public pages hours ago."""
    public_changes.drop_old(at=at)


@sweep("ledger.inbox", every="minute")
def keep_inbox(*, at: datetime) -> None:
    """Look again at what is doubtful, show what has begun to wait, and add up the counts."""
    inbox_items.settle()
    inbox_items.show(at=at)
    inbox_items.fold()


@sweep("ledger.inbox_compared", every="day")
def compare_inbox(*, at: datetime) -> None:
    """Compare what is kept of the inbox with what the queues say, mend it, and tell the operators of a difference."""
    inbox_items.compare()
