"""Share a draft with staff, comment on it, stop sharing. No rating, no fee, and no one sees a draft that is not shared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from candidates import actions as candidates
from ledger import actions as ledger
from ledger import claims, transitions
from people.states import Stale
from portfolios import notices
from portfolios.actions.drafts import check_active
from portfolios.models import Portfolio, PreReview, Remark
from portfolios.states import NotOpen, NotReady, PreReviewState, State
from programs import actions as terms_of
from programs import policy as dates
from programs import queries as programs

if TYPE_CHECKING:
    from people.models import User

SEALED = "Comments are for drafts. This portfolio was sent already."
TWICE = "Staff already have it. You can ask again after they answer."
EMPTY = "Write something first: an answer or your learning statement. Then staff have something to review."
# As the inbox calls it.
DRAFT = "portfolios.draft"
NOTHING = "Write a comment first, on the whole draft or on one of the answers."


def ask_to_look(portfolio: Portfolio, *, question: str, actor: User, at: datetime) -> PreReview:
    """Share a draft with staff, who comment within the days in which they answer. Raises NotOpen, NotReady and CandidacyEnded."""
    with transaction.atomic():
        row = transitions.lock(Portfolio, portfolio.pk)
        if row.state != State.DRAFT:
            raise NotOpen(SEALED)
        check_active(row.candidacy, at=at)
        if row.pre_reviews.filter(state=PreReviewState.SHARED).exists():
            raise NotOpen(TWICE)
        if not row.statement.strip() and not row.responses.exclude(narrative="", opening="").exists():
            raise NotReady(EMPTY)
        today = dates.today(at)
        terms = programs.get_terms(today)
        terms_of.freeze(terms, at=at, actor=actor)
        shared = PreReview.objects.create(
            portfolio=row,
            question=question.strip(),
            asked_at=at,
            answer_by=dates.add_working_days(today, terms.answer_working_days),
            terms=terms,
        )
        details = {"set": row.set.name, "answer_by": shared.answer_by}
        ledger.record("portfolios.pre_review.ask", subject=shared, actor=actor, at=at, person=row.candidacy.person, details=details)
        notices.pre_review_asked(shared, at=at)
        candidates.note_activity(row.candidacy, at=at)
    return shared


def save_remarks(pre_review: PreReview, *, overall: str, remarks: Mapping[int, str], version: int, actor: User, at: datetime) -> PreReview:
    """Save comments, on the whole and by competency, over `version`; the candidate reads them when they are sent. Raises Stale."""
    with transaction.atomic():
        row = transitions.lock(PreReview, pre_review.pk, "answer", decider=actor)
        if row.version != version:
            raise Stale(row.version, row)
        claims.work_on(DRAFT, row.pk, actor=actor, at=at)
        row.overall, row.version, row.saved_at = overall, row.version + 1, at
        row.save(update_fields=["overall", "version", "saved_at"])
        responses = {response.competency.number: response.pk for response in row.portfolio.responses.select_related("competency")}
        for number, text in remarks.items():
            if text.strip():
                Remark.objects.update_or_create(pre_review=row, response_id=responses[number], defaults={"text": text})
            else:
                Remark.objects.filter(pre_review=row, response_id=responses[number]).delete()
    return row


def send_remarks(pre_review: PreReview, *, actor: User, at: datetime) -> PreReview:
    """Send the comments to the candidate; the draft is not shared any more. Raises NotReady without a comment, NotPossible."""
    with transaction.atomic():
        row = transitions.lock(PreReview, pre_review.pk, "answer", decider=actor)
        if not row.overall.strip() and not row.remarks.exists():
            raise NotReady(NOTHING)
        portfolio = row.portfolio
        transitions.transition(
            row,
            "answer",
            actor=actor,
            at=at,
            person=portfolio.candidacy.person,
            details={"set": portfolio.set.name},
            ended_at=at,
            answered_by=actor,
        )
        notices.pre_reviewed(row, at=at)
    return row


def stop_sharing(portfolio: Portfolio, *, actor: User, at: datetime, sealed: bool = False) -> bool:
    """Take a draft back from staff, who can't see it from now on, or because it is `sealed`; whether it was shared.

    Who has it on the staff is told: their comments are not read any more.
    """
    with transaction.atomic():
        open_one = PreReview.objects.select_for_update(of=("self",)).filter(portfolio=portfolio, state=PreReviewState.SHARED).first()
        if open_one is None:
            return False
        details = {"set": open_one.portfolio.set.name}
        transitions.transition(
            open_one, "end", actor=actor, at=at, person=open_one.portfolio.candidacy.person, details=details, ended_at=at
        )
        if (reader := claims.find_owner(DRAFT, open_one.pk)) is not None:
            notices.draft_gone(open_one, reader, sealed=sealed, at=at)
    return True
