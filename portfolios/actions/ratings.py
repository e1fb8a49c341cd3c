"""Rate, and let the rules decide in the transaction in which the last rating comes in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from candidates import actions as candidates
from candidates.states import AlreadyAchieved, Way
from ledger import transitions
from people.states import Stale
from portfolios import notices, policy, queries
from portfolios.actions.assignments import check_conflicts
from portfolios.models import Assignment, Portfolio, Rating
from portfolios.policy import Outcome, Value
from portfolios.states import AssignmentState, NotOpen, NotReady, State
from programs import policy as dates

if TYPE_CHECKING:
    from people.models import User


def rate(assignment: Assignment, *, number: int, value: str, comment: str, version: int, actor: User, at: datetime) -> Rating:
    """Save one rating as a draft over `version`; `value` may still be empty. Writes no audit entry.

    Raises Stale, which carries the newer row, and NotOpen for a competency or a portfolio that is not the evaluator's to rate.
    """
    if value and value not in set(Value):
        raise NotOpen("Choose Met, Partially met or Not met.")
    with transaction.atomic():
        row = transitions.lock(Assignment, assignment.pk)
        portfolio = row.portfolio
        if row.state != AssignmentState.ACCEPTED or number not in queries.list_numbers_to_rate(portfolio):
            raise NotOpen("This is not assigned to you now. It may have been sent or assigned to someone else.")
        competency = portfolio.responses.get(competency__number=number).competency
        rating = row.ratings.filter(competency=competency, round=queries.get_round(portfolio)).first()
        if rating is None:
            rating = Rating(assignment=row, competency=competency, round=queries.get_round(portfolio))
        if rating.version != version and (rating.value, rating.comment) != (value, comment):
            raise Stale(rating.version, rating)
        rating.value, rating.comment, rating.version, rating.saved_at = value, comment, rating.version + 1, at
        rating.save()
    return rating


def list_unfinished(assignment: Assignment) -> list[str]:
    """What is still to do before an evaluator can send the ratings, in words. Two queries."""
    ratings = queries.list_ratings(assignment, round=queries.get_round(assignment.portfolio))
    missing = []
    for number in queries.list_numbers_to_rate(assignment.portfolio):
        rating = ratings.get(number)
        if rating is None or not rating.value:
            missing.append(f"Competency {number}: choose a rating")
        elif rating.value != Value.MET and not rating.comment.strip():
            missing.append(f"Competency {number}: explain what is missing and what would show it")
    return missing


def finish_ratings(assignment: Assignment, *, actor: User, at: datetime) -> Portfolio:
    """Send an evaluator's ratings. When they are the last ones of the round, the rules decide in the same transaction.

    The portfolio is locked first, so that of two evaluators who send at once, one decides. Raises NotReady and NotPossible, and Conflict
    where a conflict of interest became known.
    """
    with transaction.atomic():
        portfolio = transitions.lock(Portfolio, assignment.portfolio_id)
        row = transitions.lock(Assignment, assignment.pk, "finish")
        row.portfolio = portfolio
        if portfolio.state not in {State.ROUND_ONE, State.ROUND_TWO, State.THIRD}:
            raise NotOpen("This portfolio is not being rated now.")
        check_conflicts(row)
        if missing := list_unfinished(row):
            raise NotReady(f"{len(missing)} {'rating is' if len(missing) == 1 else 'ratings are'} not ready: {missing[0]}.")
        numbers = queries.list_numbers_to_rate(portfolio)
        row.ratings.filter(round=queries.get_round(portfolio), competency__number__in=numbers).update(sent_at=at)
        transitions.transition(
            row,
            "finish",
            actor=actor,
            at=at,
            person=row.evaluator.person,
            details={"set": portfolio.set.name, "count": len(numbers)},
            finished_at=at,
        )
        if _all_in(portfolio):
            _decide(portfolio, at=at)
    return portfolio


def close_supplement(portfolio: Portfolio, *, at: datetime) -> None:
    """Decide with round one's ratings when nothing more came by the last day; does nothing while there is time, or once more came."""
    with transaction.atomic():
        row = transitions.lock(Portfolio, portfolio.pk)
        if row.state != State.ASKED or row.supplement_by is None or dates.in_time(row.supplement_by, at=at):
            return
        _conclude(row, at=at)


def _all_in(portfolio: Portfolio) -> bool:
    """Whether every assignment that this round needs has sent its ratings."""
    slots = {3} if portfolio.state == State.THIRD else {1, 2}
    done_slots = portfolio.assignments.filter(state=AssignmentState.DONE, slot__in=slots).values_list("slot", flat=True)
    return set(done_slots) == slots


def _decide(portfolio: Portfolio, *, at: datetime) -> None:
    if portfolio.state != State.ROUND_ONE:
        _conclude(portfolio, at=at)
        return
    verdict = policy.round_one(queries.pair_up(queries.list_sent_ratings(portfolio), round=1))
    _note(portfolio, dict.fromkeys(verdict.met, Outcome.MET) | dict.fromkeys(verdict.asked, Outcome.ASKED))
    if not verdict.asked:
        _close(portfolio, at=at)
        return
    portfolio.responses.filter(competency__number__in=verdict.asked).update(asked=True)
    if portfolio.supplemented_at:  # Sent back to a fresh panel, after the one opportunity to send more was used.
        _conclude(portfolio, at=at)
        return
    supplement_by = dates.today(at) + timedelta(days=queries.get_terms(portfolio).supplement_days)
    details = {"set": portfolio.set.name, "asked": len(verdict.asked), "total": portfolio.total, "supplement_by": supplement_by}
    transitions.transition(
        portfolio, "ask", actor=None, at=at, person=portfolio.candidacy.person, details=details, supplement_by=supplement_by
    )
    notices.asked(portfolio, count=len(verdict.asked), at=at)


def _conclude(portfolio: Portfolio, *, at: datetime) -> None:
    """Apply the final rule to the asked competencies, with the newest ratings of both evaluators and the third one's."""
    ratings = queries.list_sent_ratings(portfolio)
    pairs = queries.pair_up(ratings, round=1)
    if portfolio.supplemented_at:
        pairs |= queries.pair_up(ratings, round=2)
    responses = portfolio.responses.filter(asked=True).values_list("competency__number", flat=True)
    result = policy.final({number: pairs[number] for number in responses}, thirds=queries.third_ratings(ratings))
    _note(portfolio, result.outcomes)
    if result.thirds:
        details = {"set": portfolio.set.name, "thirds": len(result.thirds)}
        transitions.transition(portfolio, "call_third", actor=None, at=at, person=portfolio.candidacy.person, details=details)
        notices.third(portfolio, count=len(result.thirds), at=at)
    else:
        _close(portfolio, at=at)


def _note(portfolio: Portfolio, outcomes: dict[int, Outcome]) -> None:
    """Store what the rules made of each competency: one statement for each outcome."""
    for outcome in set(outcomes.values()):
        numbers = [number for number, result in outcomes.items() if result == outcome]
        portfolio.responses.filter(competency__number__in=numbers).update(outcome=outcome.value)


def _close(portfolio: Portfolio, *, at: datetime) -> None:
    """Give the verdict; the program decides, by the rules, so that no entry in the candidate's file names an evaluator."""
    outcomes = {row.pk: Outcome(row.outcome) for row in portfolio.responses.all()}
    decision = policy.verdict(outcomes, percent=queries.get_terms(portfolio).portfolio_met_percent)
    details: dict[str, Any] = {
        "set": portfolio.set.name,
        "met": decision.met,
        "partial": decision.partial,
        "not_met": decision.not_met,
        "needed": decision.needed,
        "total": decision.total,
    }
    today = dates.today(at)
    person = portfolio.candidacy.person
    transitions.transition(
        portfolio, "achieve" if decision.achieved else "fail", actor=None, at=at, person=person, details=details, decided_on=today
    )
    if decision.achieved:
        _achieve(portfolio, at=at)
    else:
        notices.not_achieved(portfolio, decision, at=at)


def _achieve(portfolio: Portfolio, *, at: datetime) -> None:
    """Record the achievement; the candidates' app writes the email. A set that was meanwhile achieved in another way keeps that way."""
    try:
        candidates.achieve(
            portfolio.candidacy,
            set_code=portfolio.set.code,
            on=dates.today(at),
            way=Way.PORTFOLIO,
            source=portfolio.id,
            actor=None,
            at=at,
        )
    except AlreadyAchieved:
        notices.achieved_before(portfolio, at=at)
