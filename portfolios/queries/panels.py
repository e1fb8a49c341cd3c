"""Queries for panels: what is known of evaluators and candidates, who stands against whom, and whom the program proposes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, Max, OuterRef, Q

from ledger.registry import Question
from portfolios import conflict_rules, queries
from portfolios.conflict_rules import Assessment, Declared, EvaluatorProfile, Party, PortfolioToAssign
from portfolios.models import Assignment, DeclaredConflict, Evaluator, EvaluatorSet, Portfolio, Rating
from portfolios.states import LIVE, AssignmentState
from programs import policy as dates

COUNTED = sorted({*LIVE, AssignmentState.RETIRED})
SEEN = {
    AssignmentState.DECLINED: "Declined to rate this portfolio.",
    AssignmentState.RECUSED: "Reported a conflict of interest about this portfolio.",
}


@dataclass(frozen=True)
class Option:
    """An evaluator who could rate a portfolio, with what speaks for and against it."""

    evaluator: Evaluator
    judged: Assessment

    @property
    def possible(self) -> bool:
        """Whether nothing stands against it."""
        return self.judged.possible

    @property
    def conflicts(self) -> tuple[str, ...]:
        """What makes it impossible, in words."""
        return tuple(obstacle.words for obstacle in self.judged.obstacles)

    @property
    def doubts(self) -> tuple[str, ...]:
        """What speaks against it, in words."""
        return self.judged.doubts

    @property
    def reasons(self) -> tuple[str, ...]:
        """What speaks for it, in words."""
        return self.judged.reasons


@dataclass(frozen=True)
class Offer:
    """What the program proposes for one portfolio; `chosen` is empty where not enough are free, and `advice` says what would help."""

    portfolio: Portfolio
    slots: tuple[int, ...]
    chosen: tuple[Option, ...]
    options: tuple[Option, ...]
    advice: tuple[str, ...]


def propose(portfolio: Portfolio, *, at: datetime) -> Offer:
    """Everyone for one portfolio, the fittest first, with whom the program proposes. A fixed number of queries."""
    return propose_all([portfolio], at=at)[0]


def propose_all(portfolios: Sequence[Portfolio], *, at: datetime) -> list[Offer]:
    """Proposals for many portfolios at once, so that loads grow evenly over all of them. A fixed number of queries.

    The portfolios need `set` and `candidacy.person` loaded.
    """
    today = dates.today(at)
    evaluators = {evaluator.pk: evaluator for evaluator in Evaluator.objects.in_role().select_related("person").order_by("pk")}
    candidates = {portfolio.candidacy.person for portfolio in portfolios}
    sides = _sides({evaluator.person for evaluator in evaluators.values()} | candidates, evaluators=evaluators.values())
    raters = _raters(list(evaluators.values()), sides, sets={portfolio.set.code for portfolio in portfolios}, today=today)
    rated = Exists(Rating.objects.filter(assignment=OuterRef("pk"), sent_at__isnull=False))
    assignments = list(Assignment.objects.filter(portfolio__in=portfolios).annotate(rated=rated).order_by("invited_on", "id"))
    slots = _open_slots(portfolios, assignments)
    works = _works(portfolios, assignments, slots, _candidate_sides(candidates, sides))
    proposals = conflict_rules.propose(works, raters, today=today)

    def options(some: Iterable[Assessment]) -> tuple[Option, ...]:
        return tuple(Option(evaluators[assessment.rater.key], assessment) for assessment in some)

    return [
        Offer(
            portfolio,
            slots[portfolio.pk],
            options(proposals[portfolio.pk].chosen),
            options(proposals[portfolio.pk].judged),
            proposals[portfolio.pk].advice,
        )
        for portfolio in portfolios
    ]


def list_conflicts(assignment: Assignment) -> tuple[str, ...]:
    """Why this evaluator may not rate this candidate, as things are known now; empty where nothing is. A fixed number of queries."""
    return find_conflicts([assignment]).get(assignment.pk, ())


def find_conflicts(assignments: Sequence[Assignment]) -> dict[Any, tuple[str, ...]]:
    """The conflicts of interest among these assignments, by their keys; those without one are left out. A fixed number of queries.

    The assignments need `evaluator.person` and `portfolio.candidacy.person` loaded.
    """
    persons = {assignment.portfolio.candidacy.person for assignment in assignments}
    sides = _sides(
        {assignment.evaluator.person for assignment in assignments} | persons,
        evaluators=[assignment.evaluator for assignment in assignments],
    )
    candidates = _candidate_sides(persons, sides)
    conflicts = {
        assignment.pk: conflict_rules.conflicts(sides[assignment.evaluator.person_id], candidates[assignment.portfolio.candidacy.person_id])
        for assignment in assignments
    }
    return {key: words for key, words in conflicts.items() if words}


def has_known_employer(person: Any) -> bool:
    """Whether we know where someone works, from what they said as evaluator or in an application to the program."""
    return bool(_sides([person], evaluators=Evaluator.objects.filter(person=person))[person.pk].employers)


def _raters(evaluators: Sequence[Evaluator], sides: Mapping[int, Party], *, sets: Collection[str], today: date) -> list[EvaluatorProfile]:
    """What speaks for and against these evaluators, where portfolios of `sets` are to be rated. Two queries."""
    year_ago = dates.add_months(today, -12)
    counts = Assignment.objects.values("evaluator_id").annotate(
        load=Count("id", filter=Q(state__in=COUNTED, invited_on__gt=year_ago)), last=Max("invited_on")
    )
    worked = {row["evaluator_id"]: (row["load"], row["last"]) for row in counts.order_by()}
    approved: dict[int, dict[str, date]] = defaultdict(dict)
    stepped_back: dict[int, set[str]] = defaultdict(set)
    approvals = EvaluatorSet.objects.filter(set__code__in=sets).order_by("approved_on")
    for evaluator, code, on, back in approvals.values_list("evaluator_id", "set__code", "approved_on", "stepped_back_on"):
        approved[evaluator].setdefault(code, on)
        (stepped_back[evaluator].add if back else stepped_back[evaluator].discard)(code)
    return [
        EvaluatorProfile(
            key=evaluator.pk,
            side=sides[evaluator.person_id],
            sets=approved[evaluator.pk],
            stepped_back=frozenset(stepped_back[evaluator.pk]),
            capacity=evaluator.capacity_per_year,
            load=worked.get(evaluator.pk, (0, None))[0],
            last_on=worked.get(evaluator.pk, (0, None))[1],
            paused_until=evaluator.paused_until,
            trained=evaluator.trained_on is not None,
        )
        for evaluator in evaluators
    ]


def _open_slots(portfolios: Sequence[Portfolio], assignments: Sequence[Assignment]) -> dict[Any, tuple[int, ...]]:
    taken: dict[Any, set[int]] = defaultdict(set)
    for assignment in assignments:
        if assignment.state in LIVE:
            taken[assignment.portfolio_id].add(assignment.slot)
    return {
        portfolio.pk: tuple(slot for slot in queries.list_wanted_slots(portfolio) if slot not in taken[portfolio.pk])
        for portfolio in portfolios
    }


def _works(
    portfolios: Sequence[Portfolio], assignments: Sequence[Any], slots: dict[Any, tuple[int, ...]], candidates: Mapping[int, Party]
) -> list[PortfolioToAssign]:
    panels = {portfolio.pk: portfolio.panel for portfolio in portfolios}
    seen: dict[Any, dict[int, str]] = defaultdict(dict)
    doubts: dict[Any, dict[int, str]] = defaultdict(dict)
    for assignment in assignments:
        portfolio, evaluator = assignment.portfolio_id, assignment.evaluator_id
        if assignment.panel < panels[portfolio]:
            seen[portfolio][evaluator] = "Was asked to rate this portfolio before it was sent back."
        elif assignment.state in LIVE:
            seen[portfolio][evaluator] = "Already assigned to this portfolio."
        elif assignment.state in SEEN:
            seen[portfolio][evaluator] = SEEN[AssignmentState(assignment.state)]
        elif assignment.rated and queries.THIRD in slots[portfolio]:
            seen[portfolio][evaluator] = "Rated this portfolio before. A third evaluator must be someone new."
        else:
            doubts[portfolio][evaluator] = "Did not answer an invitation to it, or was replaced."
    return [
        PortfolioToAssign(
            key=portfolio.pk,
            set_code=portfolio.set.code,
            set_name=portfolio.set.name,
            side=candidates[portfolio.candidacy.person_id],
            slots=len(slots[portfolio.pk]),
            seen=seen[portfolio.pk],
            doubts=doubts[portfolio.pk],
        )
        for portfolio in portfolios
    ]


@Question
def list_courses_taken(people: Collection[int]) -> Mapping[int, Collection[str]]:
    """Give the titles of the courses that each of these people (by key) took. One query."""
    return {}


def _candidate_sides(persons: Collection[Any], sides: Mapping[int, Party]) -> dict[int, Party]:
    """The same of these people as candidates: with the courses that they took."""
    courses = list_courses_taken([person.pk for person in persons])
    return {person.pk: replace(sides[person.pk], courses=tuple(sorted(courses.get(person.pk, ())))) for person in persons}


def _sides(persons: Collection[Any], *, evaluators: Iterable[Evaluator]) -> dict[int, Party]:
    """What is known of people, whichever side they are on; their employers are those of their applications, too. Three queries."""
    keys = {person.pk for person in persons}
    employers: dict[int, set[str]] = defaultdict(set)
    for evaluator in evaluators:
        employers[evaluator.person_id].update(evaluator.employers)
    worked = get_user_model().objects.filter(pk__in=keys, applications__employments__isnull=False)
    for person, library in worked.values_list("pk", "applications__employments__library").distinct():
        employers[person].add(library)
    emails: dict[int, list[str]] = defaultdict(list)
    for person, email in EmailAddress.objects.filter(user_id__in=keys, verified=True).values_list("user_id", "email"):
        emails[person].append(email)
    declared: dict[int, list[Declared]] = defaultdict(list)
    standing = DeclaredConflict.objects.filter(declared_by_id__in=keys, withdrawn_at=None).order_by("declared_at", "id")
    for declared_conflict in standing:
        declared[declared_conflict.declared_by_id].append(
            Declared(kind=declared_conflict.kind, name=declared_conflict.name, email=declared_conflict.email)
        )
    return {
        person.pk: Party(
            person=person.pk,
            name=person.name,
            emails=(person.email, *emails[person.pk]),
            employers=tuple(sorted(employers[person.pk])),
            declared=tuple(declared[person.pk]),
        )
        for person in persons
    }
