"""Seal a portfolio, or what was added to it, and take it in once its fee is paid."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from billing import actions as billing
from billing import queries as charges
from billing.states import ChargeState
from candidates import actions as candidates
from ledger import transitions
from people.templatetags.words import longdate
from portfolios import notices, policy, queries
from portfolios.actions.assignments import ask_again
from portfolios.actions.draft_reviews import stop_sharing
from portfolios.actions.drafts import check_active, check_not_achieved, is_answered
from portfolios.models import Portfolio, Snapshot
from portfolios.states import NotReady, State
from programs import actions as terms_of
from programs import policy as dates
from programs import queries as programs

if TYPE_CHECKING:
    from people.models import User

PURPOSE = "portfolios.portfolio"
UNPAID = "The candidate’s time ended before the fee was paid."


def list_missing(portfolio: Portfolio) -> list[str]:
    """What is still to do before a portfolio can be sent, in words. Two queries."""
    rows = queries.list_responses(portfolio)
    missing = [f"Competency {row.competency.number}: {_lack(is_answered(row))}" for row in rows if not (row.finished and is_answered(row))]
    if not portfolio.statement.strip():
        missing.append("Personal learning statement: write it")
    return missing + queries.list_unready(portfolio, round=1)


def _lack(answered: bool) -> str:
    return "mark the answer as finished" if answered else "write the answer and mark it as finished"


def send(portfolio: Portfolio, *, actor: User, at: datetime) -> Any:
    """Seal a whole portfolio, charge its fee at the day's price, and return the charge. Nothing in it can change afterward.

    Raises NotReady while something is missing, CandidacyEnded, SetClosed, and NotPossible when it was sent before.
    """
    with transaction.atomic():
        row = transitions.lock(Portfolio, portfolio.pk, "send")
        candidacy = row.candidacy
        check_active(candidacy, at=at)
        check_not_achieved(candidacy, set_code=row.set.code)
        if missing := list_missing(row):
            raise NotReady(f"{len(missing)} {'thing is' if len(missing) == 1 else 'things are'} still to do before you can send it.")
        today = dates.today(at)
        terms = programs.get_terms(today)
        terms_of.freeze(terms, at=at, actor=actor)
        candidates.note_activity(candidacy, at=at)
        unread = stop_sharing(row, actor=actor, at=at, sealed=True)
        person = candidacy.person
        details = {"set": row.set.name, "seal": _seal(row, round=1, at=at)}
        transitions.transition(row, "send", actor=actor, at=at, person=person, details=details, terms=terms, sent_at=at)
        charge = billing.charge(
            person,
            purpose=PURPOSE,
            reference=row.id,
            kind="portfolio",
            member=bool(candidacy.application.is_member),
            on=today,
            description=f"Portfolio: {row.set.name}",
            return_path=reverse("portfolios:portfolio", args=[row.id]),
            actor=actor,
            at=at,
        )
        notices.sealed(row, unread=unread, at=at)
    return charge


def _seal(row: Portfolio, *, round: int, at: datetime) -> str:
    """Keep what is sent, and say its fingerprint: the audit entry holds it, too, where nothing can be changed unseen."""
    content = queries.gather(row, round=round)
    fingerprint = policy.seal(content)
    Snapshot.objects.create(portfolio=row, round=round, content=content, sha256=fingerprint, sealed_at=at)
    return fingerprint


def settle(portfolio_id: UUID | str, *, settled_at: datetime, at: datetime) -> None:
    """Take in a sealed portfolio whose fee was paid; hearing of it again changes nothing.

    One that was paid after the candidate's last day is closed, and the money goes back, unless a request for more time waits: then
    it waits, too.
    """
    with transaction.atomic():
        row = transitions.lock(Portfolio, portfolio_id)
        if row.state == State.WITHDRAWN:
            _refund(row, at=at)
        if row.state == State.AWAITING_PAYMENT:
            _take_in(row, settled_at=settled_at, at=at)


def settle_held(candidacy_id: UUID | str, *, at: datetime) -> None:
    """Take in the sealed portfolios of a candidacy that got more time, as far as their fee came while the request for it waited."""
    for row in Portfolio.objects.filter(candidacy_id=candidacy_id, state=State.AWAITING_PAYMENT):
        if settled_at := _settled_at(row):
            settle(row.id, settled_at=settled_at, at=at)


def lapse(portfolio: Portfolio, *, at: datetime) -> None:
    """Close a sealed portfolio whose fee was not paid by the candidate's last day.

    Does nothing while there is time, or a request for more of it waits. One that was paid is taken in, or its money goes back.
    """
    with transaction.atomic():
        row = transitions.lock(Portfolio, portfolio.pk)
        if row.state != State.AWAITING_PAYMENT or dates.in_time(row.candidacy.ends_on, at=at) or queries.is_held(row):
            return
        if settled_at := _settled_at(row):
            _take_in(row, settled_at=settled_at, at=at)
            return
        charge = charges.get_charge(purpose=PURPOSE, reference=row.id)
        _close(row, at=at)
        if charge is not None and charge.state == ChargeState.OPEN:
            billing.cancel(charge, actor=None, at=at, reason=UNPAID)


def _settled_at(row: Portfolio) -> datetime | None:
    """When the fee was paid that we still have."""
    charge = charges.get_charge(purpose=PURPOSE, reference=row.id)
    return charge.settled_at if charge is not None and charge.state == ChargeState.SETTLED else None


def _take_in(row: Portfolio, *, settled_at: datetime, at: datetime) -> None:
    """Needs the portfolio locked."""
    if dates.in_time(row.candidacy.ends_on, at=settled_at):
        person = row.candidacy.person
        transitions.transition(row, "settle", actor=None, at=at, person=person, details={"set": row.set.name}, submitted_at=settled_at)
        notices.received(row, at=at)
    elif not queries.is_held(row):
        _close(row, at=at)
        _refund(row, at=at)


def _close(row: Portfolio, *, at: datetime) -> None:
    candidacy = row.candidacy
    transitions.transition(
        row, "lapse", actor=None, at=at, person=candidacy.person, details={"set": row.set.name, "ends_on": candidacy.ends_on}, reason=UNPAID
    )
    notices.lapsed(row, at=at)


def _refund(row: Portfolio, *, at: datetime) -> None:
    charge = charges.get_charge(purpose=PURPOSE, reference=row.id)
    if charge is not None and charge.state == ChargeState.SETTLED:
        billing.refund(charge, actor=None, at=at, reason=UNPAID)


def list_missing_more(portfolio: Portfolio) -> list[str]:
    """What is still to do before what was added can be sent, in words. At most three queries."""
    texts = portfolio.responses.filter(asked=True).exclude(addition="").values_list("addition", flat=True)
    if not any(text.strip() for text in texts) and not portfolio.evidence.filter(round=2).exists():
        return ["Add a text or a piece of evidence to one of the competencies first"]
    return queries.list_unready(portfolio, round=2)


def send_supplement(portfolio: Portfolio, *, actor: User, at: datetime) -> Portfolio:
    """Seal what was added to the asked competencies and send it to the same evaluators; there is one such opportunity.

    Raises NotReady when nothing was added, NotPossible after the last day.
    """
    with transaction.atomic():
        row = transitions.lock(Portfolio, portfolio.pk, "supplement")
        if row.supplement_by is None or not dates.in_time(row.supplement_by, at=at):
            raise NotReady(f"The last day to add more was {longdate(row.supplement_by)}. The evaluators’ first ratings are final.")
        if missing := list_missing_more(row):
            raise NotReady(f"{missing[0]}.")
        details = {"set": row.set.name, "seal": _seal(row, round=2, at=at)}
        transitions.transition(row, "supplement", actor=actor, at=at, person=row.candidacy.person, details=details, supplemented_at=at)
        ask_again(row, at=at)
        candidates.note_activity(row.candidacy, at=at)
        notices.supplement_received(row, at=at)
    return row
