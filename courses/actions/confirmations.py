"""The provider's answer to a claim, by a link that works once; and proof in its place."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.files import File
from django.db import transaction

from candidates import actions as candidates
from courses import notices, queries
from courses.actions.completions import accept_by, told
from courses.models import Completion, Confirmation
from courses.states import AlreadyClaimed, CompletionState
from ledger import transitions
from ledger.states import NotPossible
from people import documents
from programs import policy as dates

if TYPE_CHECKING:
    from people.models import User


class LinkUsed(NotPossible):
    """Someone has answered already."""


class LinkOver(NotPossible):
    """The link is too old."""


def answer_confirmation(confirmation: Confirmation, *, is_confirmed: bool, words: str, at: datetime) -> Completion:
    """Take the provider's answer: yes puts the completion before staff, no gives it back to the candidate with the provider's words.

    Raises LinkUsed after an answer by anyone, or where it is no longer asked; LinkOver after the last day; NotPossible for a no
    without words.
    """
    if not is_confirmed and not words.strip():
        raise NotPossible("Explain why, in a few words. The candidate will read this.")
    with transaction.atomic():
        row = transitions.lock(Completion, confirmation.completion_id)
        locked = Confirmation.objects.select_for_update(of=("self",)).select_related("contact__person").get(pk=confirmation.pk)
        check_open(locked, row, at=at)
        locked.answered_at, locked.is_confirmed, locked.words = at, is_confirmed, words.strip()
        locked.save(update_fields=["answered_at", "is_confirmed", "words"])
        about: dict[str, Any] = {
            "actor": locked.contact.person,
            "at": at,
            "person": row.person,
            "details": {**told(row), "provider": row.offering.provider.name},
        }
        if is_confirmed:
            transitions.transition(row, "confirm", **about, confirmed_by=locked.contact, accept_by=accept_by(row, at=at))
            notices.claim_received(row, at=at)
        else:
            transitions.transition(row, "decline", **about, reason=words.strip())
            notices.not_confirmed(row, words=words.strip(), at=at)
        return row


def check_open(confirmation: Confirmation, completion: Completion, *, at: datetime) -> None:
    """Raise LinkUsed or LinkOver where the link no longer works."""
    if confirmation.answered_at is not None:
        raise LinkUsed("You have already answered. Nothing was changed.")
    if completion.state != CompletionState.ASKED:
        raise LinkUsed("This no longer needs an answer. A colleague answered it, or the candidate sent proof or withdrew it.")
    if confirmation.contact.state != "confirmed":
        raise LinkUsed("You no longer represent this provider, so this link no longer works.")
    if not dates.in_time(confirmation.expires_on, at=at):
        raise LinkOver("This link has expired.")


def prove(completion: Completion, *, upload: File[Any] | documents.Kept, actor: User, at: datetime) -> Completion:
    """Add proof to a claim that the provider did not confirm, or not yet; it keeps the day on which it was sent.

    Raises AlreadyClaimed where other proof for the set is with staff, NotPossible when it was decided, and what `documents.keep` refuses.
    """
    with transaction.atomic():
        transitions.lock(type(completion.candidacy), completion.candidacy_id)
        row = transitions.lock(Completion, completion.pk, "prove")
        other = queries.get_live_claim(row.candidacy, set_code=row.set.code, part=row.part)
        if other is not None and other.pk != row.pk:
            raise AlreadyClaimed(f"Your other proof for {row.set.name} is under review. Withdraw that first.")
        proof = documents.keep(row.person, upload, kind="courses.completion", at=at)
        details = told(row)
        transitions.transition(
            row, "prove", actor=actor, at=at, person=row.person, details=details, proof=proof, accept_by=accept_by(row, at=at)
        )
        notices.claim_received(row, at=at)
        candidates.note_activity(row.candidacy, at=at)
        return row
