"""Start a portfolio and write it: texts that save themselves without a word in the audit, and evidence."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.files import File
from django.db import IntegrityError, transaction

from candidates import actions as candidates
from candidates import queries as candidacies
from candidates.states import CandidacyState, PlanFull, Way
from ledger import actions as ledger
from ledger import transitions
from ledger.states import NotPossible
from people import documents
from people.states import Stale
from portfolios import links, queries
from portfolios.models import Evidence, Portfolio, Response
from portfolios.queries import draft_reviews
from portfolios.states import CandidacyEnded, NotOpen, NotReady, SetClosed, State
from programs import policy as dates
from programs import queries as programs

if TYPE_CHECKING:
    from people.models import User

SEALED = "This portfolio is sealed. Nothing in it can be changed now. What you typed was not saved."
NO_MORE = "You can add more only when evaluators ask for it, and only to the competencies that they ask about."
CLOSED = "Your portfolio for {set} was not achieved, so this set is closed to portfolios. You can take an approved course instead."
OVER = "Your time in the program is over or complete, so no portfolio can be started or sent. Write to us if that is wrong."
EVIDENCE = "portfolios.evidence"
TITLE_LENGTH = 120
# Far more than anyone reads; every page that lists them stays bounded.
MOST_PIECES = 60


def start(candidacy: Any, *, set_code: str, actor: User, at: datetime) -> Portfolio:
    """Start a portfolio for a set with an empty response to each competency, or return the one that is under way.

    Pins the newest framework, and puts the set on the candidate's plan where there is room. Raises CandidacyEnded and SetClosed.
    """
    with transaction.atomic():
        check_active(candidacy, at=at)
        chosen = programs.get_set(set_code)
        existing = queries.get_portfolio(candidacy, set_code=set_code)
        if existing and existing.state == State.NOT_ACHIEVED and not existing.reopened_on:
            raise SetClosed(CLOSED.format(set=chosen.name))
        check_not_achieved(candidacy, set_code=set_code)
        if existing and existing.state != State.WITHDRAWN and not existing.reopened_on:
            return existing
        candidates.note_activity(candidacy, at=at)
        with suppress(PlanFull):  # More than six sets may be achieved; the plan shows six.
            candidates.choose(candidacy, set_code=set_code, way=Way.PORTFOLIO, actor=actor, at=at)
        competencies = list(chosen.competencies.order_by("number"))
        try:
            with transaction.atomic():
                portfolio = Portfolio.objects.create(
                    candidacy=candidacy, framework=chosen.framework, set=chosen, total=len(competencies), started_at=at
                )
        except IntegrityError:
            # The same button in another tab was faster.
            return Portfolio.objects.exclude(state=State.WITHDRAWN).get(candidacy=candidacy, set=chosen, reopened_on=None)
        Response.objects.bulk_create([Response(portfolio=portfolio, competency=competency) for competency in competencies])
        ledger.record(
            "portfolios.portfolio.start", subject=portfolio, actor=actor, at=at, person=candidacy.person, details={"set": chosen.name}
        )
    return portfolio


def check_active(candidacy: Any, *, at: datetime) -> None:
    """Raise CandidacyEnded after the candidacy's last day, or when it is no longer active."""
    if candidacy.state != CandidacyState.ACTIVE or not dates.in_time(candidacy.ends_on, at=at):
        raise CandidacyEnded(OVER)


def check_not_achieved(candidacy: Any, *, set_code: str) -> None:
    """Raise SetClosed when the set was achieved already."""
    for achieved in candidacies.list_achievements(candidacy):
        if achieved.code == set_code:
            raise SetClosed(f"You already achieved {achieved.name}. Each set is achieved once.")


def save_response(
    portfolio: Portfolio,
    *,
    number: int,
    opening: str,
    narrative: str,
    version: int,
    actor: User,
    at: datetime,
    suggestion: UUID | None = None,
) -> Response:
    """Save the response to one competency over `version`; writes no audit entry. A finished one that is emptied is open again.

    `suggestion` is the one that it follows, None for an own approach. Raises Stale, which carries the newer row, NotOpen once the
    portfolio is sealed, and NotReady for a suggestion that is not offered for this competency.
    """
    with transaction.atomic():
        draft, row = _open_response(portfolio, number, State.DRAFT, SEALED)
        if row.version != version and (row.opening, row.narrative, row.suggestion_id) != (opening, narrative, suggestion):
            raise Stale(row.version, row)
        if suggestion is not None and suggestion != row.suggestion_id:
            _check_offered(row, suggestion, at=at)
        row.suggestion_id = suggestion
        row.opening, row.narrative, row.version, row.saved_at = opening, narrative, row.version + 1, at
        reopened = row.finished and not is_answered(row)
        row.finished = row.finished and not reopened
        row.save(update_fields=["suggestion", "opening", "narrative", "version", "saved_at", "finished"])
        if reopened:
            _count(draft)
        candidates.note_activity(portfolio.candidacy, at=at)
    return row


def finish_response(portfolio: Portfolio, *, number: int, finished: bool, actor: User, at: datetime) -> Response:
    """Mark one response as finished, or open it again. Raises NotReady for one that says nothing, NotOpen once sealed."""
    with transaction.atomic():
        draft, row = _open_response(portfolio, number, State.DRAFT, SEALED)
        if finished and not is_answered(row):
            raise NotReady("Write both parts first: how you will show this competency, and your answer.")
        row.finished = finished
        row.save(update_fields=["finished"])
        _count(draft)
    return row


def _check_offered(row: Response, suggestion: UUID, *, at: datetime) -> None:
    if suggestion not in {offered.id for offered in draft_reviews.list_suggestions(row.competency, on=dates.today(at))}:
        raise NotReady("This suggestion is no longer offered. Choose another one, or your own approach.")


def is_answered(row: Response) -> bool:
    """Whether a response says how it shows the competency, by a paragraph or a suggestion, and shows it."""
    return bool((row.suggestion_id or row.opening.strip()) and row.narrative.strip())


def save_statement(portfolio: Portfolio, *, text: str, version: int, actor: User, at: datetime) -> Portfolio:
    """Save the personal learning statement over `version`; writes no audit entry. Raises Stale and NotOpen."""
    with transaction.atomic():
        draft = _lock_open(portfolio, State.DRAFT, SEALED)
        if draft.statement_version != version and draft.statement != text:
            raise Stale(draft.statement_version, draft)
        draft.statement, draft.statement_version, draft.statement_saved_at = text, draft.statement_version + 1, at
        draft.save(update_fields=["statement", "statement_version", "statement_saved_at"])
        candidates.note_activity(portfolio.candidacy, at=at)
    return draft


def save_addition(portfolio: Portfolio, *, number: int, text: str, version: int, actor: User, at: datetime) -> Response:
    """Save what the candidate adds to one competency that is asked about, over `version`. Raises Stale and NotOpen."""
    with transaction.atomic():
        _, row = _open_response(portfolio, number, State.ASKED, NO_MORE)
        if not row.asked:
            raise NotOpen(NO_MORE)
        if row.addition_version != version and row.addition != text:
            raise Stale(row.addition_version, row)
        row.addition, row.addition_version, row.addition_saved_at = text, row.addition_version + 1, at
        row.save(update_fields=["addition", "addition_version", "addition_saved_at"])
        candidates.note_activity(portfolio.candidacy, at=at)
    return row


def add_evidence(
    portfolio: Portfolio,
    *,
    upload: File[Any] | documents.Kept,
    title: str,
    kind: str,
    own_part: str,
    numbers: Collection[int],
    actor: User,
    at: datetime,
) -> Evidence:
    """Keep a file as evidence for the competencies `numbers`; the worker checks it before anyone can open it.

    Raises NotOpen, NotReady, and Refused for a file that we don't take.
    """
    with transaction.atomic():
        _lock_for_evidence(portfolio, numbers)
    document = documents.keep(portfolio.candidacy.person, upload, kind=EVIDENCE, at=at)
    try:
        return _add(portfolio, numbers, document=document, title=title, kind=kind, own_part=own_part, at=at)
    except NotPossible:
        # Another tab sealed the portfolio while the file was looked at.
        with transaction.atomic():
            documents.drop(document)
        raise


def add_files(
    portfolio: Portfolio, *, uploads: Sequence[File[Any] | documents.Kept], title: str, at: datetime, **values: Any
) -> list[Evidence]:
    """Keep several files as evidence, all or none, each under the title and, where there are several, its own name.

    Raises what `add_evidence` does.
    """
    with transaction.atomic():
        pieces = [add_evidence(portfolio, upload=upload, title=title, at=at, **values) for upload in uploads]
        for piece in pieces if len(pieces) > 1 else ():
            stem = PurePath(piece.document.name if piece.document else "").stem
            piece.title = f"{title[: TITLE_LENGTH - len(stem) - 3]} ({stem})" if len(stem) < TITLE_LENGTH // 2 else title
            piece.save(update_fields=["title"])
    return pieces


def add_link(
    portfolio: Portfolio, *, address: str, title: str, kind: str, own_part: str, numbers: Collection[int], actor: User, at: datetime
) -> Evidence:
    """Keep an address as evidence for the competencies `numbers`; no one of ours opens it. Raises NotOpen, NotReady and NotShown."""
    return _add(portfolio, numbers, address=links.clean(address), title=title, kind=kind, own_part=own_part, at=at)


def _add(portfolio: Portfolio, numbers: Collection[int], *, at: datetime, **values: Any) -> Evidence:
    with transaction.atomic():
        row, responses = _lock_for_evidence(portfolio, numbers)
        if row.evidence.count() >= MOST_PIECES:
            raise NotReady(f"A portfolio holds up to {MOST_PIECES} pieces of evidence. Remove one first.")
        evidence = Evidence.objects.create(portfolio=row, round=1 if row.state == State.DRAFT else 2, added_at=at, **values)
        evidence.responses.set(responses)
        candidates.note_activity(row.candidacy, at=at)
    return evidence


def change_evidence(
    evidence: Evidence, *, title: str, kind: str, own_part: str, numbers: Collection[int], actor: User, at: datetime
) -> Evidence:
    """Change what is said of a piece of evidence, and which competencies it serves; the file stays. Raises NotOpen and NotReady."""
    with transaction.atomic():
        row, responses = _lock_for_evidence(evidence.portfolio, numbers)
        _check_unsealed(row, evidence)
        evidence.title, evidence.kind, evidence.own_part = title, kind, own_part
        evidence.save(update_fields=["title", "kind", "own_part"])
        evidence.responses.set(responses)
        candidates.note_activity(row.candidacy, at=at)
    return evidence


def remove_evidence(evidence: Evidence, *, actor: User, at: datetime) -> None:
    """Take a piece of evidence out of a portfolio that is not sealed, and delete its file where nothing else needs it. Raises NotOpen."""
    with transaction.atomic():
        row = transitions.lock(Portfolio, evidence.portfolio_id)
        _check_unsealed(row, evidence)
        document = evidence.document
        evidence.delete()
        if document is not None and not queries.is_sealed(row, document):
            documents.drop(document)


def _check_unsealed(row: Portfolio, evidence: Evidence) -> None:
    """Refuse to touch what a seal covers: all of it while waiting or rated, round one's while more is asked for."""
    if (row.state, evidence.round) not in {(State.DRAFT, 1), (State.ASKED, 2)}:
        raise NotOpen(SEALED)


def _lock_for_evidence(portfolio: Portfolio, numbers: Collection[int]) -> tuple[Portfolio, list[Response]]:
    row = transitions.lock(Portfolio, portfolio.pk)
    if row.state not in {State.DRAFT, State.ASKED}:
        raise NotOpen(SEALED)
    responses = row.responses.filter(competency__number__in=numbers)
    if row.state == State.ASKED:
        responses = responses.filter(asked=True)
    if not numbers or responses.count() != len(set(numbers)):
        raise NotReady("Choose one competency or more that this evidence is for.")
    return row, list(responses)


def _lock_open(portfolio: Portfolio, state: State, refusal: str) -> Portfolio:
    row = transitions.lock(Portfolio, portfolio.pk)
    if row.state != state:
        raise NotOpen(refusal)
    return row


def _open_response(portfolio: Portfolio, number: int, state: State, refusal: str) -> tuple[Portfolio, Response]:
    """The portfolio, locked, so that nothing is saved behind a seal; and the response to one competency."""
    row = _lock_open(portfolio, state, refusal)
    return row, row.responses.get(competency__number=number)


def _count(draft: Portfolio) -> None:
    draft.answered = draft.responses.filter(finished=True).count()
    draft.save(update_fields=["answered"])
