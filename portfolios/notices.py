"""Which letter an event of this room brings, to whom, and with which facts: a first name, a date and a link, nothing from the portfolio."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from billing import queries as charges
from ledger import actions as ledger
from people.templatetags.words import dollars, longdate
from portfolios import policy, queries
from portfolios.models import Assignment, Portfolio

TO_CANDIDATE = "you write a portfolio in the program"
TO_EVALUATOR = "you rate portfolios for the program"


def sealed(portfolio: Portfolio, *, at: datetime) -> None:
    """Say that the portfolio is sealed and the fee is due."""
    charge = charges.get_charge(purpose="portfolios.portfolio", reference=portfolio.id)
    fee = dollars(charge.amount_cents) if charge else ""
    _candidate(portfolio, "sealed", at=at, fee=fee, ends_on=longdate(portfolio.candidacy.ends_on))


def received(portfolio: Portfolio, *, at: datetime) -> None:
    """Say that the fee is here and staff look for evaluators."""
    _candidate(portfolio, "received", at=at)


def lapsed(portfolio: Portfolio, *, at: datetime) -> None:
    """Say that an unpaid portfolio was closed."""
    _candidate(portfolio, "lapsed", at=at, ends_on=longdate(portfolio.candidacy.ends_on))


def in_rating(portfolio: Portfolio, *, at: datetime) -> None:
    """Say that two evaluators were invited."""
    _candidate(portfolio, "in_rating", at=at, rate_days=queries.get_terms(portfolio).rate_days)


def asked(portfolio: Portfolio, *, count: int, at: datetime) -> None:
    """Ask for more, with the last day as a calendar file."""
    by = portfolio.supplement_by
    calendar = (by, f"Last day to send more for your {portfolio.set.name} portfolio (LSSC)") if by else None
    _candidate(portfolio, "asked", at=at, calendar=calendar, count=count, total=portfolio.total, supplement_by=longdate(by))


def supplement_received(portfolio: Portfolio, *, at: datetime) -> None:
    """Say that the addition is sealed and with the evaluators."""
    _candidate(portfolio, "supplement_received", at=at)


def third(portfolio: Portfolio, *, count: int, at: datetime) -> None:
    """Say that a third evaluator rates where two differed."""
    _candidate(portfolio, "third", at=at, count=count)


def achieved_before(portfolio: Portfolio, *, at: datetime) -> None:
    """Say that the portfolio met the standard, although the set was meanwhile achieved in another way."""
    _candidate(portfolio, "achieved_before", at=at)


def not_achieved(portfolio: Portfolio, decision: policy.Decision, *, at: datetime) -> None:
    """Give the verdict with its rule and numbers, and the advice."""
    _candidate(portfolio, "not_achieved", at=at, words=decision.words)


def reopened(portfolio: Portfolio, *, at: datetime) -> None:
    """Say that another portfolio may be started for the set."""
    _candidate(portfolio, "reopened", at=at, path=reverse("portfolios:start", args=[portfolio.set.code]))


def invited(assignment: Assignment, *, at: datetime) -> None:
    """Invite an evaluator, with the last day for an answer and what the work would be."""
    portfolio = assignment.portfolio
    numbers = queries.list_numbers_to_rate(portfolio)
    minutes = policy.minutes_left(len(numbers), words=policy.count_words(*_texts(portfolio, numbers)))
    days = queries.get_terms(portfolio).rate_days
    _evaluator(assignment, "invited", at=at, accept_by=longdate(assignment.accept_by), rate_days=days, total=len(numbers), minutes=minutes)


def _texts(portfolio: Portfolio, numbers: list[int]) -> list[str]:
    rows = portfolio.responses.filter(competency__number__in=numbers).values_list("opening", "narrative", "addition")
    return [portfolio.statement, *(text for row in rows for text in row)]


def accepted(assignment: Assignment, *, at: datetime) -> None:
    """Thank for accepting, with the date to rate by as a calendar file."""
    by = assignment.rate_by
    calendar = (by, "Last day to rate a portfolio (LSSC)") if by else None
    _evaluator(assignment, "accepted", at=at, calendar=calendar, rate_by=longdate(by))


def again(assignment: Assignment, *, at: datetime) -> None:
    """Say that the candidate sent more, with the date to rate by as a calendar file."""
    by = assignment.rate_by
    calendar = (by, "Last day to rate a portfolio again (LSSC)") if by else None
    _evaluator(assignment, "again", at=at, calendar=calendar, rate_by=longdate(by))


def replaced(assignment: Assignment, *, at: datetime) -> None:
    """Say that somebody else rates the portfolio now."""
    _evaluator(assignment, "replaced", at=at, path=reverse("portfolios:to_rate"))


def _candidate(portfolio: Portfolio, notice: str, *, at: datetime, path: str = "", calendar: Any = None, **facts: Any) -> None:
    ledger.mail(
        portfolio.candidacy.person,
        f"portfolios/{notice}",
        key=portfolio.id,
        at=at,
        path=path or reverse("portfolios:portfolio", args=[portfolio.id]),
        facts={"set": portfolio.set.name, **facts},
        calendar=calendar,
        why=TO_CANDIDATE,
    )


def _evaluator(assignment: Assignment, notice: str, *, at: datetime, path: str = "", calendar: Any = None, **facts: Any) -> None:
    ledger.mail(
        assignment.evaluator.person,
        f"portfolios/{notice}",
        key=assignment.id,
        at=at,
        path=path or reverse("portfolios:invitation", args=[assignment.id]),
        facts={"set": assignment.portfolio.set.name, **facts},
        calendar=calendar,
        why=TO_EVALUATOR,
    )
