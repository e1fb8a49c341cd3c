"""Queries: portfolios with their answers, seals, ratings and verdicts; evaluators; what waits for staff."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Case, Count, DateField, ExpressionWrapper, F, Max, Min, OuterRef, Prefetch, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from candidates import queries as candidacies
from ledger.prepared import ask, ask_first
from people.states import DocumentState
from portfolios import policy
from portfolios.models import (
    Assignment,
    Evaluator,
    EvaluatorApplication,
    EvaluatorSet,
    Evidence,
    Portfolio,
    Rating,
    Response,
    SetRequest,
    Snapshot,
)
from portfolios.policy import Audience, Outcome, Value
from portfolios.queries import evidence_previews
from portfolios.queries.evidence_previews import Piece
from portfolios.states import DECIDED, LIVE, RATING, AssignmentState, NotOpen, RequestState, State
from programs import policy as dates

if TYPE_CHECKING:
    from people.models import User

THIRD = 3
# What the pages of an assignment show.
SHOWN = ("portfolio__set", "portfolio__terms", "portfolio__candidacy__person", "portfolio__framework", "evaluator__person")
# The last day of those who rate a portfolio now.
RATE_BY = Assignment.objects.filter(portfolio=OuterRef("pk"), state=AssignmentState.ACCEPTED).order_by("-rate_by").values("rate_by")[:1]


@dataclass(frozen=True)
class Comment:
    """What an evaluator wrote about a competency, and in which round."""

    text: str
    round: str


@dataclass(frozen=True)
class CompetencyResult:
    """One competency as the candidate's result shows it."""

    number: int
    text: str
    outcome: str
    words: str
    comments: tuple[Comment, ...]

    @property
    def label(self) -> str:
        """The outcome in words."""
        return policy.WORDS.get(self.outcome, "Not rated yet")


@dataclass(frozen=True)
class Sealed:
    """What an evaluator reads about one competency: the sealed response, what was added, and the evidence for both."""

    number: int
    text: str
    opening: str
    narrative: str
    addition: str
    pieces: tuple[Piece, ...]
    asked: tuple[str, ...]
    suggestion: str = ""

    @property
    def words(self) -> int:
        """How many words there are to read."""
        return policy.count_words(self.opening, self.narrative, self.addition)


def list_portfolios(candidacy: Any) -> list[Portfolio]:
    """The newest portfolio for each set of a candidacy, its set, and `rate_by`, the evaluators' last day. One query."""
    rows = ask(
        lambda candidacy: (
            Portfolio.objects.filter(candidacy_id=candidacy)
            .order_by("set__code", "-started_at")
            .distinct("set__code")
            .annotate(rate_by=Subquery(RATE_BY))  # type: ignore[no-redef]
            .select_related("set", "terms", "candidacy__terms")
        ),
        candidacy.pk,
    )
    return sorted(rows, key=lambda row: row.set.position)


def list_not_achieved(person: User) -> list[Portfolio]:
    """Every portfolio of a person that did not achieve its set and was not reopened, of candidacies that are over, too. One query."""
    rows = Portfolio.objects.filter(candidacy__person=person, state=State.NOT_ACHIEVED, reopened_on=None)
    return list(rows.select_related("set", "terms", "candidacy__terms").order_by("decided_on", "id"))


def list_attempts(person: Any) -> list[Portfolio]:
    """Every portfolio that a person sent in any candidacy, the newest of each set first: no one else knows of a draft. One query."""
    return ask(
        lambda person: (
            Portfolio.objects.of(person).exclude(state=State.DRAFT).select_related("set").order_by("set__position", "-started_at")
        ),
        person.pk,
    )


def get_rate_by(portfolio: Portfolio) -> date | None:
    """The last day of the evaluators who are rating now, or None while no one accepted. One query."""
    last: date | None = portfolio.assignments.filter(state=AssignmentState.ACCEPTED).aggregate(last=Max("rate_by"))["last"]
    return last


def get_portfolio(candidacy: Any, *, set_code: str) -> Portfolio | None:
    """The newest portfolio of a candidacy for one set, or None."""
    return (
        Portfolio.objects.filter(candidacy_id=candidacy.pk, set__code=set_code)
        .select_related("set", "terms")
        .order_by("-started_at")
        .first()
    )


def list_responses(portfolio: Portfolio) -> list[Response]:
    """The responses in the order of their competencies, with the number of pieces of evidence as `pieces`. One query."""
    rows = portfolio.responses.select_related("competency", "suggestion").annotate(pieces=Count("evidence"))  # type: ignore[no-redef]
    return list(rows.order_by("competency__number"))


def list_evidence(portfolio: Portfolio) -> list[Evidence]:
    """All evidence of a portfolio, oldest first, with documents and the competencies that it serves. Two queries."""
    serving = Prefetch("responses", Response.objects.select_related("competency").order_by("competency__number"))
    rows = portfolio.evidence.select_related("document").defer("document__text").prefetch_related(serving)
    return list(rows.order_by("added_at", "id"))


def gather(portfolio: Portfolio, *, round: int) -> dict[str, Any]:
    """Everything that the candidate sends in a round, ready to be sealed: the whole portfolio, or what was added to asked rows."""
    evidence = [piece for piece in list_evidence(portfolio) if piece.round == round]
    by_response: dict[int, list[str]] = defaultdict(list)
    for piece in evidence:
        for response in piece.responses.all():
            by_response[response.pk].append(str(piece.id))
    rows = [row for row in list_responses(portfolio) if round == 1 or row.asked]
    content: dict[str, Any] = {
        "portfolio": str(portfolio.id),
        "round": round,
        "set": portfolio.set.code,
        "framework": portfolio.framework.version,
        "responses": [_sent(row, by_response[row.pk], round=round) for row in rows],
        "evidence": [_listed(piece) for piece in evidence],
    }
    return content | ({"statement": portfolio.statement} if round == 1 else {})


def _sent(row: Response, pieces: list[str], *, round: int) -> dict[str, Any]:
    texts = {"opening": row.opening, "narrative": row.narrative} if round == 1 else {"addition": row.addition}
    if round == 1 and row.suggestion is not None:
        texts["suggestion"] = row.suggestion.text
    return {"number": row.competency.number, "competency": row.competency.text, "evidence": pieces, **texts}


def _listed(piece: Evidence) -> dict[str, Any]:
    values = {"id": str(piece.id), "title": piece.title, "kind": piece.kind, "own_part": piece.own_part}
    if piece.document is None:
        return values | {"address": piece.address}
    return values | {
        "document": str(piece.document.id),
        "file": piece.document.name,
        "content_type": piece.document.content_type,
        "size": piece.document.size,
        "sha256": piece.document.sha256,
    }


def list_snapshots(portfolio: Portfolio) -> list[Snapshot]:
    """The seals of a portfolio, in the order of its rounds."""
    return ask(lambda portfolio: Snapshot.objects.filter(portfolio_id=portfolio).order_by("round"), portfolio.pk)


def is_sealed(portfolio: Portfolio, document: Any) -> bool:
    """Whether a seal of the portfolio covers this document. One query."""
    return portfolio.snapshots.filter(content__evidence__contains=[{"document": str(document.id)}]).exists()


def is_in_a_seal(document: Any) -> bool:
    """Whether the seal of any portfolio of its owner covers this document. One query."""
    rows = Snapshot.objects.filter(portfolio__candidacy__person=document.owner_id)
    return rows.filter(content__evidence__contains=[{"document": str(document.id)}]).exists()


def list_unready(portfolio: Portfolio, *, round: int) -> list[str]:
    """What of a round's evidence can't be sealed, in words. One query.

    A file that is still being checked came on time: where it fails later, its owner has days to replace it.
    """
    rows = portfolio.evidence.filter(round=round, document__state=DocumentState.REFUSED).order_by("added_at", "id")
    return [
        f"Evidence “{title}”: we can’t accept this file. Remove it, or choose another" for title in rows.values_list("title", flat=True)
    ]


def is_intact(snapshot: Snapshot) -> bool:
    """Whether a seal's content still has the SHA-256 that it was sealed with."""
    return policy.seal(snapshot.content) == snapshot.sha256


def read_sealed(
    portfolio: Portfolio, *, viewer: User, numbers: Iterable[int] | None = None, evidence_for: int | None = None
) -> list[Sealed]:
    """The sealed content by competency (all, or `numbers`), with the evidence for all or for one, and its links for one viewer.

    Three queries, or four once more was asked.
    """
    snapshots = list_snapshots(portfolio)
    if not snapshots:
        return []
    evidence: dict[int, list[str]] = defaultdict(list)
    for row in chain.from_iterable(seal.content["responses"] for seal in snapshots):
        if evidence_for in (None, row["number"]):
            evidence[row["number"]] += row.get("evidence", [])
    wanted = set(chain.from_iterable(evidence.values()))
    listed = [piece | {"round": seal.round} for seal in snapshots for piece in seal.content["evidence"] if piece["id"] in wanted]
    shown = evidence_previews.read_sealed(portfolio, listed, viewer=viewer)
    added = {row["number"]: row for seal in snapshots[1:] for row in seal.content["responses"]}
    questions = list_questions(portfolio) if portfolio.supplement_by else {}
    only = None if numbers is None else frozenset(numbers)
    return [
        Sealed(
            number=row["number"],
            text=row["competency"],
            opening=row["opening"],
            narrative=row["narrative"],
            addition=added.get(row["number"], {}).get("addition", ""),
            pieces=tuple(shown[id] for id in evidence[row["number"]]),
            asked=tuple(questions.get(row["number"], ())),
            suggestion=row.get("suggestion", ""),
        )
        for row in snapshots[0].content["responses"]
        if only is None or row["number"] in only
    ]


def with_texts(sealed: Sealed) -> Sealed:
    """The same with the text that was found in the files, for the page that shows them. One query."""
    return replace(sealed, pieces=tuple(evidence_previews.with_texts(sealed.pieces)))


def list_sent_ratings(portfolio: Portfolio) -> list[Rating]:
    """Every rating that the present panel sent for a portfolio, with its assignment and competency, in their order. One query."""
    return ask(
        lambda portfolio, panel: (
            Rating.objects.filter(assignment__portfolio_id=portfolio, assignment__panel=panel, sent_at__isnull=False)
            .select_related("assignment", "competency")
            .order_by("round", "assignment__slot")
        ),
        portfolio.pk,
        portfolio.panel,
    )


def list_shown_ratings(portfolio: Portfolio) -> list[Rating]:
    """The sent ratings that others may read: of a round, no one's before both evaluators' are in. One query."""
    ratings = list_sent_ratings(portfolio)
    both = {round: pair_up(ratings, round=round) for round in (1, 2)}
    return [rating for rating in ratings if rating.assignment.slot == THIRD or rating.competency.number in both[rating.round]]


def list_questions(portfolio: Portfolio) -> dict[int, list[str]]:
    """What round one's evaluators wrote to the candidate about each competency. One query."""
    questions: dict[int, list[str]] = defaultdict(list)
    for rating in list_shown_ratings(portfolio):
        if rating.round == 1 and rating.comment:
            questions[rating.competency.number].append(rating.comment)
    return dict(questions)


def pair_up(ratings: Iterable[Rating], *, round: int) -> dict[int, policy.Pair]:
    """Both evaluators' ratings by competency, for those that both rated in this round."""
    slots: dict[int, dict[int, Value]] = defaultdict(dict)
    for rating in ratings:
        if rating.round == round and rating.assignment.slot in (1, 2):
            slots[rating.competency.number][rating.assignment.slot] = Value(rating.value)
    return {number: (both[1], both[2]) for number, both in slots.items() if len(both) == policy.EVALUATORS}


def third_ratings(ratings: Iterable[Rating]) -> dict[int, Value]:
    """The third evaluator's ratings by competency."""
    return {rating.competency.number: Value(rating.value) for rating in ratings if rating.assignment.slot == THIRD}


def explain_rows(portfolio: Portfolio, *, audience: Audience = Audience.CANDIDATE) -> list[CompetencyResult]:
    """How each competency stands and why, in the words of the rules for a reader; only what the rules have used. Two queries.

    Nothing before the first round's ratings are in, and then of each round only what both evaluators sent.
    """
    ratings = list_shown_ratings(portfolio)
    if not ratings:
        return []
    pairs = pair_up(ratings, round=1)
    if portfolio.supplemented_at and portfolio.state != State.ROUND_TWO:
        pairs |= pair_up(ratings, round=2)
    thirds = third_ratings(ratings)
    comments: dict[int, list[Comment]] = defaultdict(list)
    for rating in ratings:
        if rating.comment and (rating.round == 1 or portfolio.state != State.ROUND_TWO):
            comments[rating.competency.number].append(Comment(rating.comment, "Round one" if rating.round == 1 else "Final round"))
    return [
        CompetencyResult(
            number=row.competency.number,
            text=row.competency.text,
            outcome=row.outcome,
            words=_explained(row, pairs, thirds, audience),
            comments=tuple(comments[row.competency.number]),
        )
        for row in portfolio.responses.select_related("competency").order_by("competency__number")
    ]


def _explained(row: Response, pairs: dict[int, policy.Pair], thirds: dict[int, Value], audience: Audience) -> str:
    number = row.competency.number
    if not row.outcome:
        return ""
    return policy.explain(pairs[number], third=thirds.get(number), outcome=Outcome(row.outcome), audience=audience)


def get_decision(portfolio: Portfolio) -> policy.Decision | None:
    """The verdict with its numbers, once it is there. One query."""
    if portfolio.state not in DECIDED or portfolio.terms is None:
        return None
    outcomes = {row.pk: Outcome(row.outcome) for row in portfolio.responses.all()}
    return policy.verdict(outcomes, percent=portfolio.terms.portfolio_met_percent)


def list_named_evaluators(portfolio: Portfolio) -> list[str]:
    """Who rated, for the candidate: no one, unless the terms say so, and then only once it is decided. One query at most."""
    if portfolio.state not in DECIDED or portfolio.terms is None or not portfolio.terms.evaluators_named:
        return []
    rated = portfolio.assignments.filter(panel=portfolio.panel, state=AssignmentState.DONE).order_by("slot")
    return list(rated.values_list("evaluator__person__name", flat=True))


def get_terms(portfolio: Portfolio) -> Any:
    """The Terms under which a portfolio was sent; raises NotOpen for one that was not."""
    if portfolio.terms is None:
        raise NotOpen("This portfolio was not sent yet.")
    return portfolio.terms


def get_round(portfolio: Portfolio) -> int:
    """The round in which ratings are given now: 1, or 2 for the final one, the third evaluator's included."""
    return 1 if portfolio.state == State.ROUND_ONE else 2


def list_numbers_to_rate(portfolio: Portfolio) -> list[int]:
    """The competencies that the evaluators rate now: all, those asked about, or those for the third evaluator. One query."""
    rows = ask(
        lambda portfolio: (
            Response.objects.filter(portfolio_id=portfolio)
            .order_by("competency__number")
            .values_list("competency__number", "asked", "outcome")
        ),
        portfolio.pk,
    )
    if portfolio.state == State.ROUND_TWO:
        return [number for number, asked, _ in rows if asked]
    third = portfolio.state == State.THIRD
    return [number for number, _, outcome in rows if not third or outcome == Outcome.THIRD_NEEDED.value]


def list_open_slots(portfolio: Portfolio) -> list[int]:
    """The assignments that no one holds and that the portfolio's state needs filled. One query."""
    taken = set(portfolio.assignments.filter(state__in=LIVE).values_list("slot", flat=True))
    return [slot for slot in list_wanted_slots(portfolio) if slot not in taken]


def list_wanted_slots(portfolio: Portfolio) -> tuple[int, ...]:
    """The assignments that the portfolio's state needs filled."""
    pair = dict.fromkeys((State.SUBMITTED, State.ROUND_ONE, State.ROUND_TWO), (1, 2))
    return (3,) if portfolio.state == State.THIRD else pair.get(State(portfolio.state), ())


def get_assignment(user: User, id: UUID) -> Assignment | None:
    """One of an evaluator's live assignments with portfolio, set, candidate and terms, or None. One query."""
    return ask_first(
        lambda user, id: Assignment.objects.visible_to(user).select_related(*SHOWN).filter(id=id).order_by("id")[:1], user.pk, id
    )


def list_assignments(user: User) -> QuerySet[Assignment]:
    """An evaluator's live assignments, with what a list shows of portfolio, set and candidate."""
    shown = ("portfolio__state", "portfolio__set__name", "portfolio__candidacy__person__name")
    rows = Assignment.objects.visible_to(user).select_related("portfolio__set", "portfolio__candidacy__person")
    return rows.only("state", "slot", "accept_by", "rate_by", "finished_at", *shown)


def list_to_rate(user: User) -> QuerySet[Assignment]:
    """An evaluator's invitations, by the day of the answer, then what they accepted, by the day of the ratings.

    Each says as `rated` how many rows are rated in the present round.
    """
    present = Q(round=1, assignment__portfolio__state=State.ROUND_ONE) | Q(round=2) & ~Q(assignment__portfolio__state=State.ROUND_ONE)
    ratings = Rating.objects.filter(present, assignment=OuterRef("pk")).exclude(value="").order_by()
    rated = Coalesce(Subquery(ratings.values("assignment").annotate(number=Count("pk")).values("number")), 0)
    rows = list_assignments(user).exclude(state=AssignmentState.DONE).annotate(rated=rated)
    return rows.order_by(Case(When(state=AssignmentState.INVITED, then=0), default=1), Coalesce("rate_by", "accept_by"), "id")


def count_to_rate(user: User) -> dict[str, Any]:
    """How many invitations and portfolios an evaluator has, and the first day for ratings. One query."""
    invited, accepted = Q(state=AssignmentState.INVITED), Q(state=AssignmentState.ACCEPTED)
    counts = {"invited_count": Count("pk", filter=invited), "accepted_count": Count("pk", filter=accepted)}
    return Assignment.objects.visible_to(user).aggregate(**counts, first_by=Min("rate_by", filter=accepted))


def list_ratings(assignment: Assignment, *, round: int) -> dict[int, Rating]:
    """An evaluator's own ratings in one round by competency, drafts included. One query."""
    rows = ask(
        lambda assignment, round: Rating.objects.filter(assignment_id=assignment, round=round).select_related("competency"),
        assignment.pk,
        round,
    )
    return {rating.competency.number: rating for rating in rows}


def count_sealed_words(portfolio: Portfolio, numbers: Collection[int]) -> int:
    """How many words there are to read about these competencies, as they were sealed. One query."""
    rows = [row for seal in list_snapshots(portfolio) for row in seal.content["responses"] if row["number"] in numbers]
    return sum(policy.count_words(row.get("opening", ""), row.get("narrative", ""), row.get("addition", "")) for row in rows)


def list_requests(person: User) -> list[SetRequest]:
    """The sets that a person applied to rate, the newest application first. One query."""
    rows = SetRequest.objects.filter(person=person).select_related("set", "application__resume")
    return list(rows.order_by("-application__sent_at", "application_id", "set__position"))


def list_refused_requests(person: User) -> list[SetRequest]:
    """The sets that a person was not approved to rate, the oldest decision first. One query."""
    return list(SetRequest.objects.filter(person=person, state=RequestState.REFUSED).select_related("set").order_by("decided_at", "id"))


def find_request(id: UUID) -> SetRequest:
    """One request to rate a set; raises SetRequest.DoesNotExist. One query."""
    return SetRequest.objects.get(pk=id)


def list_taken_sets(person: User) -> set[str]:
    """The codes of the sets for which a person is approved as evaluator, or waits for staff. Two queries."""
    approved = EvaluatorSet.objects.filter(evaluator__person=person).values_list("set__code", flat=True)
    set_requests = SetRequest.objects.filter(person=person, state=RequestState.ASKED).values_list("set__code", flat=True)
    return {*approved, *set_requests}


def list_own_sets(evaluator: Evaluator) -> list[EvaluatorSet]:
    """The sets for which an evaluator is approved, in the order of the sets. One query."""
    return list(evaluator.sets.select_related("set").order_by("set__position", "approved_on"))


def list_in_hand(evaluator: Evaluator) -> QuerySet[Assignment]:
    """The portfolios that an evaluator was invited to or rates now."""
    return evaluator.assignments.filter(state__in=[AssignmentState.INVITED, AssignmentState.ACCEPTED]).order_by("pk")


def count_load(evaluator: Evaluator, *, at: datetime) -> int:
    """How many portfolios of the last twelve months an evaluator was invited to and did not decline. One query."""
    year_ago = dates.add_months(dates.today(at), -12)
    return evaluator.assignments.filter(state__in=[*sorted(LIVE), AssignmentState.RETIRED], invited_on__gt=year_ago).count()


def list_evaluators() -> QuerySet[Evaluator]:
    """Everyone who may rate portfolios by name, with their sets. Two queries."""
    approvals = Prefetch("sets", EvaluatorSet.objects.select_related("set").order_by("set__position"))
    return Evaluator.objects.in_role().select_related("person").prefetch_related(approvals).order_by("person__folded", "id")


def list_to_assign() -> QuerySet[Portfolio]:
    """The portfolios that need one evaluator or more, the longest waiting first, with `held`: how many assignments are taken."""
    held = Count("assignments", filter=Q(assignments__state__in=sorted(LIVE), assignments__slot__in=[1, 2]))
    thirds = Count("assignments", filter=Q(assignments__state__in=sorted(LIVE), assignments__slot=3))
    return (
        Portfolio.objects.filter(state__in=[State.SUBMITTED, *sorted(RATING)])
        .annotate(held=held, thirds=thirds)
        .filter(Q(state=State.SUBMITTED) | Q(state__in=[State.ROUND_ONE, State.ROUND_TWO], held__lt=2) | Q(state=State.THIRD, thirds=0))
        .select_related("set", "candidacy__person")
        .order_by(F("submitted_at").asc(), "id")
    )


def list_awaited() -> QuerySet[Assignment]:
    """Invitations without an answer and ratings to come, the most urgent first, with the day on which staff are told (`told_on`)."""
    answers = When(state=AssignmentState.INVITED, then=ExpressionWrapper(F("accept_by") + timedelta(days=1), output_field=DateField()))
    late_on = ExpressionWrapper(F("rate_by") + F("portfolio__terms__rating_late_days"), output_field=DateField())
    rows = Assignment.objects.annotate(told_on=Case(answers, When(state=AssignmentState.ACCEPTED, then=late_on)))
    rows = rows.filter(
        state__in=[AssignmentState.INVITED, AssignmentState.ACCEPTED], told_on__isnull=False, portfolio__state__in=sorted(RATING)
    )
    return rows.select_related("portfolio__set", "portfolio__candidacy__person", "evaluator__person").order_by("accept_by", "id")


def list_to_approve() -> QuerySet[EvaluatorApplication]:
    """The applications of evaluators with a set that is not decided, the oldest first, with `open`: how many."""
    rows = EvaluatorApplication.objects.annotate(open=Count("requests", filter=Q(requests__state=RequestState.ASKED)))
    return rows.filter(open__gt=0).select_related("person").order_by("sent_at", "id")


def list_unanswered(*, at: datetime) -> QuerySet[Assignment]:
    """The invitations that were not answered by their last day, the oldest first."""
    rows = Assignment.objects.filter(state=AssignmentState.INVITED, accept_by__lt=dates.today(at))
    return rows.order_by("accept_by", "id")


def is_supplement_over(portfolio: Portfolio, *, today: date) -> bool:
    """Whether more was asked for and its last day is over, although the sweep that decides has not come by yet."""
    return portfolio.state == State.ASKED and portfolio.supplement_by is not None and portfolio.supplement_by < today


def list_supplements_over(*, at: datetime) -> QuerySet[Portfolio]:
    """The portfolios for which more was asked and whose last day for it is over."""
    return Portfolio.objects.filter(state=State.ASKED, supplement_by__lt=dates.today(at)).order_by("supplement_by", "id")


def list_unpaid_over(*, at: datetime) -> QuerySet[Portfolio]:
    """The sealed portfolios without a fee whose candidate's last day is over, and who did not ask for more time or got the answer."""
    over = Portfolio.objects.filter(state=State.AWAITING_PAYMENT, candidacy__ends_on__lt=dates.today(at))
    return over.exclude(candidacy__in=candidacies.list_extension_requests().order_by().values("candidacy")).order_by("sent_at", "id")


def is_held(portfolio: Portfolio) -> bool:
    """Whether the candidate asked for more time, and no one decided on it: such a request came on time, and is granted as if on time."""
    return candidacies.list_extension_requests().filter(candidacy_id=portfolio.candidacy_id).exists()
