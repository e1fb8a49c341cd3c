"""Which email an event of this app brings, to whom, and with which context: a first name, a date and a link, nothing from the portfolio."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.urls import reverse

from billing import queries as charges
from ledger import actions as ledger
from people.models import User
from people.signed_links import SignedLink
from people.templatetags.words import dollars, longdate
from portfolios import policy, queries
from portfolios.models import Assignment, Evaluator, EvaluatorApplication, Portfolio, PreReview
from portfolios.states import RequestState
from programs import queries as programs

TO_CANDIDATE = "you are writing a portfolio in the program"
TO_EVALUATOR = "you rate portfolios for the program"
INVITATION = SignedLink("portfolios.invitation", "INVITATION_DAYS")


def sealed(portfolio: Portfolio, *, unread: bool, at: datetime) -> None:
    """Say that the portfolio is sealed and the fee is due, and that staff, who had not read all of the draft, read no further."""
    charge = charges.get_charge(purpose="portfolios.portfolio", reference=portfolio.id)
    fee = dollars(charge.amount_cents) if charge else ""
    _candidate(portfolio, "sealed", at=at, fee=fee, unread=unread, ends_on=longdate(portfolio.candidacy.ends_on))


def pre_review_asked(shared: PreReview, *, at: datetime) -> None:
    """Say that staff can see the draft now, and until when they answer."""
    _candidate(shared.portfolio, "pre_review_asked", key=shared.id, at=at, answer_by=longdate(shared.answer_by))


def draft_gone(shared: PreReview, reader: User, *, sealed: bool, at: datetime) -> None:
    """Tell who reads a draft that the candidate took it back or sealed it."""
    portfolio = shared.portfolio
    ledger.queue_email(
        reader,
        "portfolios/draft_gone",
        key=shared.id,
        at=at,
        path=reverse("office"),
        context={"set": portfolio.set.name, "name": portfolio.candidacy.person.get_full_name(), "sealed": sealed},
        why="you took this draft from the inbox or wrote comments on it",
    )


def pre_reviewed(shared: PreReview, *, at: datetime) -> None:
    """Say that staff sent comments, and that no one sees the draft any more."""
    path = reverse("portfolios:comments", args=[shared.portfolio_id])
    _candidate(shared.portfolio, "pre_reviewed", key=shared.id, at=at, path=path)


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
    _candidate(portfolio, "not_achieved", at=at, words=decision.words, appeal_until=longdate(programs.get_appeal_day(at)))


def reopened(portfolio: Portfolio, *, at: datetime) -> None:
    """Say that another portfolio may be started for the set."""
    _candidate(portfolio, "reopened", at=at, path=reverse("portfolios:start", args=[portfolio.set.code]))


def remanded(portfolio: Portfolio, *, at: datetime) -> None:
    """Say that two evaluators who have not seen the portfolio will rate it."""
    _candidate(portfolio, "remanded", at=at)


def invited(assignment: Assignment, *, at: datetime) -> None:
    """Invite an evaluator, with the last day for an answer, what the work would be, and a link that needs no sign-in."""
    portfolio = assignment.portfolio
    numbers = queries.list_numbers_to_rate(portfolio)
    minutes = policy.minutes_left(len(numbers), words=queries.count_sealed_words(portfolio, numbers))
    context = {"accept_by": longdate(assignment.accept_by), "rate_days": queries.get_terms(portfolio).rate_days}
    calendar = (assignment.accept_by, f"Answer: can you rate a {portfolio.set.name} portfolio? (LSSC)")
    path = invitation_path(assignment)
    _evaluator(assignment, "invited", at=at, path=path, calendar=calendar, secret=True, total=len(numbers), minutes=minutes, **context)


def invitation_path(assignment: Assignment) -> str:
    """The address at which an invitation is answered without signing in; it belongs into an email to the evaluator alone."""
    return reverse("portfolios:answer", args=[INVITATION.sign(assignment.id)])


def passed_on(assignment: Assignment, *, at: datetime) -> None:
    """Say that the time to answer is over and someone else was asked."""
    _evaluator(assignment, "passed_on", at=at, path=reverse("portfolios:to_rate"), accept_by=longdate(assignment.accept_by))


def application_received(application: EvaluatorApplication, *, at: datetime) -> None:
    """Say that an application to rate portfolios is with staff."""
    path, why = reverse("portfolios:apply"), "you applied to rate portfolios"
    ledger.queue_email(application.person, "portfolios/application_received", key=application.id, at=at, path=path, why=why)


def application_decided(application: EvaluatorApplication, evaluator: Evaluator | None, *, codes: Collection[str], at: datetime) -> None:
    """Tell the decisions of one sitting, with the reasons, and what comes next."""
    rows = application.requests.filter(set__code__in=codes).select_related("set").order_by("set__position")
    approved = [row.set.name for row in rows if row.state == RequestState.APPROVED]
    untrained = evaluator is not None and evaluator.trained_on is None
    ledger.queue_email(
        application.person,
        "portfolios/application_decided",
        key=f"{application.id}:{'+'.join(sorted(codes))}:{at.isoformat()}",
        at=at,
        path=reverse("portfolios:training" if approved and untrained else "portfolios:standing" if approved else "portfolios:apply"),
        context={
            "approved": approved,
            "refused": [{"name": row.set.name, "why": row.why} for row in rows if row.state == RequestState.REFUSED],
            "untrained": untrained,
            "appeal_until": longdate(programs.get_appeal_day(at)),
        },
        why="you applied to rate portfolios",
    )


def approved(evaluator: Evaluator, sets: Collection[Any], *, at: datetime) -> None:
    """Say for which sets staff approved someone who did not apply for them, and that the training comes first where it does."""
    untrained = evaluator.trained_on is None
    ledger.queue_email(
        evaluator.person,
        "portfolios/approved",
        key=f"{evaluator.pk}:{'+'.join(sorted(competency_set.code for competency_set in sets))}:{at.isoformat()}",
        at=at,
        path=reverse("portfolios:training" if untrained else "portfolios:standing"),
        context={"sets": [competency_set.name for competency_set in sets], "untrained": untrained},
        why="staff approved you to rate portfolios",
    )


def approval_ended(evaluator: Evaluator, *, reason: str, at: datetime) -> None:
    """Say that someone no longer rates portfolios, and why."""
    ledger.queue_email(
        evaluator.person,
        "portfolios/approval_ended",
        key=f"{evaluator.pk}:{at.isoformat()}",
        at=at,
        path=reverse("help"),
        context={"reason": reason},
        why="you rated portfolios for the program",
    )


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
    """Say that someone else rates the portfolio now."""
    _evaluator(assignment, "replaced", at=at, path=reverse("portfolios:to_rate"))


def _candidate(
    portfolio: Portfolio, notice: str, *, at: datetime, key: Any = None, path: str = "", calendar: Any = None, **context: Any
) -> None:
    ledger.queue_email(
        portfolio.candidacy.person,
        f"portfolios/{notice}",
        # What a fresh panel brings is a new email.
        key=key if key else portfolio.id if portfolio.panel == 1 else f"{portfolio.id}:{portfolio.panel}",
        at=at,
        path=path or reverse("portfolios:portfolio", args=[portfolio.id]),
        context={"set": portfolio.set.name, **context},
        calendar=calendar,
        why=TO_CANDIDATE,
    )


def _evaluator(
    assignment: Assignment, notice: str, *, at: datetime, path: str = "", calendar: Any = None, secret: bool = False, **context: Any
) -> None:
    ledger.queue_email(
        assignment.evaluator.person,
        f"portfolios/{notice}",
        key=assignment.id,
        at=at,
        path=path or reverse("portfolios:invitation", args=[assignment.id]),
        context={"set": assignment.portfolio.set.name, **context},
        calendar=calendar,
        why=TO_EVALUATOR,
        secret=secret,
    )
