"""Log what was learned: add an activity, save it with gaps and slips, prove it, remove it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.core.files import File
from django.db import transaction

from ledger import transitions
from people import documents
from people.states import DocumentState, Stale
from renewals import policy, queries
from renewals.models import Activity, Proof, Renewal
from renewals.states import EDITABLE, NotEditable

if TYPE_CHECKING:
    from people.models import User

MOST_ACTIVITIES = 150
MOST_PROOFS = 10
LOCKED = "You sent this, so it can’t be changed now."


def add_activity(renewal: Renewal, *, id: UUID, title: str, kind: str, actor: User, at: datetime) -> Activity:
    """Add a draft of an activity under an id that its form brought, so that a form which is sent twice adds it once.

    Raises NotEditable once the renewal is sent, and for more than 150 activities.
    """
    with transaction.atomic():
        row = _lock(renewal)
        known = row.activities.filter(id=id).first()
        if known is not None:
            return known
        if row.activities.count() >= MOST_ACTIVITIES:
            raise NotEditable(f"You can log {MOST_ACTIVITIES} activities. Remove one that you don’t need.")
        if Activity.objects.filter(id=id).exists():
            # The form brought the id of an activity elsewhere, which is none of this form's business.
            id = uuid4()
        return Activity.objects.create(id=id, renewal=row, title=title, kind=kind, added_at=at, saved_at=at)


def rename(activity: Activity, *, title: str, kind: str, actor: User, at: datetime) -> Activity:
    """Change what an activity is called and its kind; how much it was is asked again where the unit changes. Raises NotEditable."""
    with transaction.atomic():
        row = _lock_activity(activity)
        if policy.UNITS[policy.LearningKind(kind)] != policy.UNITS[policy.LearningKind(row.kind)]:
            row.amount, row.technology_minutes = None, 0
            row.typed = {name: value for name, value in row.typed.items() if name not in ("amount", "technology")}
        row.title, row.kind, row.version, row.saved_at = title, kind, row.version + 1, at
        row.save(update_fields=["title", "kind", "amount", "technology_minutes", "typed", "version", "saved_at"])
        return row


def save_activity(
    activity: Activity, *, values: Mapping[str, Any], typed: Mapping[str, Any], version: int, actor: User, at: datetime
) -> Activity:
    """Save the answers that are right, and keep what was `typed` where one is not, over `version`; writes no audit entry.

    Raises Stale when another tab was faster, NotEditable once it is sent.
    """
    with transaction.atomic():
        row = _lock_activity(activity)
        if row.version != version:
            raise Stale(row.version)
        for name, value in values.items():
            setattr(row, name, value)
        if row.technology_minutes > policy.to_minutes(policy.UNITS[policy.LearningKind(row.kind)], queries.as_logged(row).amount or 0):
            row.technology_minutes = 0
        row.typed, row.version, row.saved_at = dict(typed), row.version + 1, at
        row.save(update_fields=[*values, "technology_minutes", "typed", "version", "saved_at"])
        return row


def remove_activity(activity: Activity, *, actor: User, at: datetime) -> None:
    """Remove an activity with its documents. Raises NotEditable once it is sent; removing it twice changes nothing."""
    with transaction.atomic():
        row = _lock(activity.renewal)
        stored = row.activities.filter(pk=activity.pk).first()
        if stored is None:
            return
        _check_open(stored, row)
        papers = [proof.document for proof in stored.proofs.select_related("document")]
        stored.delete()
        for paper in papers:
            documents.drop(paper)


def add_proofs(activity: Activity, *, uploads: Sequence[File[Any] | documents.Kept], actor: User, at: datetime) -> None:
    """Keep several documents that show an activity, all or none. Raises what `add_proof` does."""
    with transaction.atomic():
        for upload in uploads:
            add_proof(activity, upload=upload, actor=actor, at=at)


def add_proof(activity: Activity, *, upload: File[Any] | documents.Kept, actor: User, at: datetime) -> Proof:
    """Keep a document that shows an activity; one that is there already is not added again.

    Raises NotEditable once it is sent, and what `documents.keep` refuses.
    """
    with transaction.atomic():
        row = _lock_activity(activity)
        if row.proofs.count() >= MOST_PROOFS:
            raise NotEditable(f"One activity can have {MOST_PROOFS} documents. Remove one first.")
        document = documents.keep(row.renewal.person, upload, kind="renewals.proof", at=at)
        if known := row.proofs.filter(document__sha256=document.sha256).exclude(document__state=DocumentState.REFUSED).first():
            documents.drop(document)
            return known
        return Proof.objects.create(activity=row, document=document, added_at=at)


def remove_proof(proof: Proof, *, actor: User, at: datetime) -> None:
    """Remove a document from an activity. Raises NotEditable once it is sent."""
    with transaction.atomic():
        _lock_activity(proof.activity)
        paper = proof.document
        proof.delete()
        documents.drop(paper)


def _lock(renewal: Renewal) -> Renewal:
    """Lock the renewal, so that nothing is written behind a seal."""
    row = transitions.lock(Renewal, renewal.pk)
    if row.state not in EDITABLE:
        raise NotEditable(LOCKED)
    return row


def _lock_activity(activity: Activity) -> Activity:
    row = _lock(activity.renewal)
    stored = row.activities.filter(pk=activity.pk).first()
    if stored is None:
        raise NotEditable("You removed this activity in another tab or window.")
    _check_open(stored, row)
    return stored


def _check_open(activity: Activity, renewal: Renewal) -> None:
    if queries.is_locked(activity, state=renewal.state):
        raise NotEditable(f"{LOCKED} Staff ask about other activities.")
