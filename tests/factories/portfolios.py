"""Portfolios in every state, evaluators, and ratings, made through the actions."""

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from billing import queries as charges
from people import file_checks
from portfolios import actions, queries
from portfolios.actions.evaluators import SetInterest
from portfolios.actions.submissions import PURPOSE
from portfolios.models import Assignment, DeclaredConflict, Evaluator, EvaluatorApplication, Evidence, Portfolio, PreReview, Suggestion
from portfolios.states import AssignmentState
from programs import policy as dates
from programs import queries as programs
from tests.factories import billing, people

TECHNOLOGY = "technology"
COMMENT = "Say which policy you followed, and what came of it."


def evaluator(person: Any, *, at: datetime, sets: tuple[str, ...] = (TECHNOLOGY,), capacity: int = 4, trained: bool = True) -> Evaluator:
    """A person who may rate portfolios for these sets."""
    return actions.approve_evaluator(person, set_codes=sets, capacity_per_year=capacity, actor=None, at=at, trained=trained)


def applied(person: Any, *, at: datetime, sets: tuple[str, ...] = ("access", "reference")) -> EvaluatorApplication:
    """An application to rate portfolios for these sets, which waits for staff."""
    made = actions.apply_as_evaluator(
        person,
        wishes=[SetInterest(code, "years", "Eight years at the desk") for code in sets],
        resume=actions.keep_resume(person, people.upload("resume.pdf"), at=at),
        capacity_per_year=3,
        employers=["Prairie State University Library"],
        note="",
        actor=person,
        at=at,
    )
    people.release()
    return made


def conflict(person: Any, *, at: datetime, kind: str = "person", name: str = "Nora Near", email: str = "") -> DeclaredConflict:
    """A conflict of interest that somebody declared."""
    return actions.declare_conflict(person, kind=kind, name=name, email=email, actor=person, at=at)


def draft(candidacy: Any, *, at: datetime, set_code: str = TECHNOLOGY) -> Portfolio:
    """A portfolio with nothing in it."""
    return actions.start(candidacy, set_code=set_code, actor=candidacy.person, at=at)


def answer(portfolio: Portfolio, number: int, *, at: datetime, finished: bool = True) -> None:
    """A response to one competency."""
    person = portfolio.candidacy.person
    row = portfolio.responses.get(competency__number=number)
    texts = {"opening": f"A project for competency {number}.", "narrative": f"I did work number {number}, and learned from it."}
    actions.save_response(portfolio, number=number, **texts, version=row.version, actor=person, at=at)
    if finished:
        actions.finish_response(portfolio, number=number, finished=True, actor=person, at=at)


def picture(name: str = "photo.png") -> SimpleUploadedFile:
    """A small PNG as a browser sends it."""
    content = BytesIO()
    Image.new("RGB", (40, 30), "white").save(content, "PNG")
    return people.upload(name, content.getvalue(), "image/png")


def evidence(
    portfolio: Portfolio, *numbers: int, at: datetime, title: str = "Handout", upload: Any = None, checked: bool = True
) -> Evidence:
    """A PDF as evidence for some competencies, which the worker has looked through unless it still waits."""
    added = actions.add_evidence(
        portfolio,
        upload=upload or people.upload("handout.pdf"),
        title=title,
        kind="primary",
        own_part="I wrote the text.",
        numbers=numbers or (1,),
        actor=portfolio.candidacy.person,
        at=at,
    )
    if checked and added.document is not None:
        file_checks.check(added.document.id, at=at)
        added.document.refresh_from_db()
    return added


def ready(candidacy: Any, *, at: datetime, set_code: str = TECHNOLOGY) -> Portfolio:
    """A portfolio that can be sent."""
    portfolio = draft(candidacy, at=at, set_code=set_code)
    for number in range(1, portfolio.total + 1):
        answer(portfolio, number, at=at)
    evidence(portfolio, 1, 2, at=at)
    actions.save_statement(portfolio, text="This set matters to me.", version=0, actor=candidacy.person, at=at)
    portfolio.refresh_from_db()
    return portfolio


def sent(candidacy: Any, *, at: datetime, set_code: str = TECHNOLOGY) -> Portfolio:
    """A sealed portfolio whose fee is open."""
    portfolio = ready(candidacy, at=at, set_code=set_code)
    actions.send(portfolio, actor=candidacy.person, at=at)
    portfolio.refresh_from_db()
    return portfolio


def submitted(candidacy: Any, *, at: datetime, set_code: str = TECHNOLOGY) -> Portfolio:
    """A paid portfolio that needs evaluators."""
    portfolio = sent(candidacy, at=at, set_code=set_code)
    pay(portfolio, at=at)
    return portfolio


def pay(portfolio: Portfolio, *, at: datetime) -> None:
    """Pay the fee of a sealed portfolio, and take it in."""
    charge = charges.get_charge(purpose=PURPOSE, reference=portfolio.id)
    assert charge is not None
    billing.settle(charge, at=at)
    actions.settle(portfolio.id, settled_at=at, at=at)
    portfolio.refresh_from_db()


def assigned(candidacy: Any, *evaluators: Evaluator, staff: Any, at: datetime, set_code: str = TECHNOLOGY) -> Portfolio:
    """A portfolio in round one, whose two evaluators are invited."""
    portfolio = submitted(candidacy, at=at, set_code=set_code)
    actions.assign(portfolio, evaluators=evaluators, actor=staff, at=at)
    portfolio.refresh_from_db()
    return portfolio


def in_rating(candidacy: Any, *evaluators: Evaluator, staff: Any, at: datetime, set_code: str = TECHNOLOGY) -> Portfolio:
    """A portfolio in round one, whose two evaluators accepted."""
    portfolio = assigned(candidacy, *evaluators, staff=staff, at=at, set_code=set_code)
    for slot in portfolio.assignments.all():
        actions.accept(slot, actor=slot.evaluator.person, at=at)
    return portfolio


def slot(portfolio: Portfolio, number: int) -> Assignment:
    """The assignment that holds an assignment now."""
    live = [AssignmentState.INVITED, AssignmentState.ACCEPTED, AssignmentState.DONE]
    return portfolio.assignments.select_related("evaluator__person", "portfolio").get(slot=number, state__in=live)


def rate(portfolio: Portfolio, number: int, *, at: datetime, values: Mapping[int, str] | None = None) -> Assignment:
    """Draft ratings of an assignment: Met, unless `values` says otherwise."""
    assignment = slot(portfolio, number)
    portfolio.refresh_from_db()
    assignment.portfolio = portfolio
    drafts = queries.list_ratings(assignment, round=queries.get_round(portfolio))
    for competency in queries.list_numbers_to_rate(portfolio):
        value = (values or {}).get(competency, "met")
        actions.rate(
            assignment,
            number=competency,
            value=value,
            comment="" if value == "met" else COMMENT,
            version=drafts[competency].version if competency in drafts else 0,
            actor=assignment.evaluator.person,
            at=at,
        )
    return assignment


def rated(portfolio: Portfolio, number: int, *, at: datetime, values: Mapping[int, str] | None = None) -> None:
    """Ratings of an assignment, sent."""
    assignment = rate(portfolio, number, at=at, values=values)
    actions.finish_ratings(assignment, actor=assignment.evaluator.person, at=at)
    portfolio.refresh_from_db()


def asked(
    candidacy: Any,
    *evaluators: Evaluator,
    staff: Any,
    at: datetime,
    first: Mapping[int, str],
    second: Mapping[int, str],
    set_code: str = TECHNOLOGY,
) -> Portfolio:
    """A portfolio about which more is asked, after these ratings."""
    portfolio = in_rating(candidacy, *evaluators, staff=staff, at=at, set_code=set_code)
    rated(portfolio, 1, at=at, values=first)
    rated(portfolio, 2, at=at, values=second)
    return portfolio


def shared(candidacy: Any, *, at: datetime, set_code: str = TECHNOLOGY) -> PreReview:
    """A draft with one answer that its candidate shares with staff."""
    portfolio = draft(candidacy, at=at, set_code=set_code)
    answer(portfolio, 1, at=at)
    return actions.ask_to_look(portfolio, question="Is this enough?", actor=candidacy.person, at=at)


def suggestion(*, at: datetime, staff: Any, number: int = 1, set_code: str = "reference", text: str = "Describe a question.") -> Suggestion:
    """A suggestion that staff wrote, offered from today."""
    competency = programs.get_set(set_code).competencies.get(number=number)
    return actions.add_suggestion(competency, text=text, from_on=dates.today(at), actor=staff, at=at)
