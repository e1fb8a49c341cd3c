"""Who may rate whose portfolio, and who should: pure rules over what is known of both sides (rules.md, "People" and "Portfolios")."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Any

from people.author_names import normal
from portfolios.public_email_domains import PUBLIC_MAIL_DOMAINS


class Against(StrEnum):
    """What kind of thing stands against an evaluator."""

    CONFLICT = "conflict"
    SEEN = "seen"
    SET = "set"
    STEPPED_BACK = "stepped_back"
    TRAINING = "training"
    PAUSE = "pause"


@dataclass(frozen=True)
class Obstacle:
    """One thing that makes it impossible, in words for staff."""

    kind: Against
    words: str


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What someone declared as a conflict of interest: a person or an organization by name or address, or a course by its title."""

    kind: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True, kw_only=True)
class Party:
    """What is known of one person that may stand against a rating: `courses` are those that they taught, or took."""

    person: int
    name: str
    emails: tuple[str, ...] = ()
    employers: tuple[str, ...] = ()
    courses: tuple[str, ...] = ()
    declared: tuple[Declared, ...] = ()

    @cached_property
    def normal_name(self) -> str:
        """The name as it is compared."""
        return normal(self.name)

    @cached_property
    def addresses(self) -> frozenset[str]:
        """The email addresses as they are compared."""
        return frozenset(email.strip().lower() for email in self.emails if email.strip())

    @cached_property
    def domains(self) -> frozenset[str]:
        """The domains of organizations among the addresses."""
        return frozenset(domain for email in self.addresses if (domain := mail_domain(email)))

    @cached_property
    def named_employers(self) -> dict[str, str]:
        """The employers as they are compared, each with its name as it was written."""
        return {key: name for name in self.employers if (key := normal(name))}

    @cached_property
    def titles(self) -> dict[str, str]:
        """The courses as they are compared, each with its title as it was written."""
        titles = (*self.courses, *(declared.name for declared in self.declared if declared.kind == "course"))
        return {key: title for title in titles if (key := normal(title))}


@dataclass(frozen=True, kw_only=True)
class EvaluatorProfile:
    """An evaluator with what counts for a proposal; `sets` are the days of approval by code, `load` counts the last twelve months."""

    key: int
    side: Party
    sets: Mapping[str, date]
    stepped_back: frozenset[str] = frozenset()
    capacity: int = 4
    load: int = 0
    last_on: date | None = None
    paused_until: date | None = None
    trained: bool = True


@dataclass(frozen=True, kw_only=True)
class PortfolioToAssign:
    """A portfolio that needs `assignments` evaluators; `seen` and `doubts` say, by evaluator, what stands or speaks against one."""

    key: Any
    set_code: str
    set_name: str
    side: Party
    slots: int
    seen: Mapping[int, str] = field(default_factory=dict)
    doubts: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Assessment:
    """One evaluator for one portfolio: what makes it impossible, what speaks against it, and what speaks for it."""

    rater: EvaluatorProfile
    obstacles: tuple[Obstacle, ...]
    doubts: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def possible(self) -> bool:
        """Whether nothing stands against it."""
        return not self.obstacles

    @property
    def free(self) -> bool:
        """Whether the program may propose it by itself."""
        return not self.obstacles and not self.doubts


@dataclass(frozen=True)
class Proposal:
    """Whom the program proposes for a portfolio: as many as it needs, or no one; with everyone, the fittest first."""

    work: PortfolioToAssign
    chosen: tuple[Assessment, ...]
    judged: tuple[Assessment, ...]

    @property
    def advice(self) -> tuple[str, ...]:
        """What would help where not enough are free, in words for staff."""
        return () if self.chosen else tuple(_advice(self.work, self.judged))


def mail_domain(email: str) -> str | None:
    """The organization's domain in an address, or None where anyone can have one there."""
    domain = email.rpartition("@")[2].strip().lower()
    return None if domain in PUBLIC_MAIL_DOMAINS or not domain else domain


def shared_domains(domains: frozenset[str], other: frozenset[str]) -> list[str]:
    """The domains that both have, a part of an organization (law.state.edu) counting as the organization (state.edu)."""
    return sorted({min(a, b, key=len) for a in domains for b in other if a == b or a.endswith(f".{b}") or b.endswith(f".{a}")})


def conflicts(rater: Party, candidate: Party) -> tuple[str, ...]:
    """Why an evaluator may never rate this candidate, in words; empty where nothing is known (rules.md, "People")."""
    if rater.person == candidate.person:
        return ("This is the candidate.",)
    words = [f"Both have an email address at {domain}." for domain in shared_domains(rater.domains, candidate.domains)]
    words += [
        f"Both name {name} as an employer." for key, name in sorted(candidate.named_employers.items()) if key in rater.named_employers
    ]
    words += [f"{rater.name} declared a conflict of interest with {name}." for name in _named(rater, candidate)]
    words += [f"{candidate.name} declared a conflict of interest with {name}." for name in _named(candidate, rater)]
    words += [f"{rater.name} taught “{title}”, which the candidate took." for key, title in rater.titles.items() if key in candidate.titles]
    return tuple(words)


def _named(party: Party, other: Party) -> list[str]:
    """What `party` declared that fits `other`, in words."""
    names = []
    for declared in party.declared:
        fits_person = declared.kind == "person" and (
            (declared.email and declared.email.lower() in other.addresses) or (declared.name and normal(declared.name) == other.normal_name)
        )
        if fits_person:
            names.append(other.name)
        elif declared.kind == "organization" and _fits_organization(declared, other):
            names.append(declared.name or declared.email)
    return list(dict.fromkeys(names))


def _fits_organization(declared: Declared, other: Party) -> bool:
    """By the employer's name, or by the domain of the organization, which may stand in either field."""
    domains = {text.rpartition("@")[2].strip().lower() for text in (declared.name, declared.email) if text}
    domains = {domain for domain in domains if "." in domain and domain not in PUBLIC_MAIL_DOMAINS}
    return normal(declared.name) in other.named_employers or bool(shared_domains(frozenset(domains), other.domains))


def judge(rater: EvaluatorProfile, work: PortfolioToAssign, *, today: date) -> Assessment:
    """Say what stands against an evaluator for a portfolio, what speaks against them, and what for them."""
    obstacles = [Obstacle(Against.CONFLICT, words) for words in conflicts(rater.side, work.side)]
    if rater.key in work.seen:
        obstacles.append(Obstacle(Against.SEEN, work.seen[rater.key]))
    approved_on = rater.sets.get(work.set_code)
    if approved_on is None:
        obstacles.append(Obstacle(Against.SET, f"Not approved for {work.set_name}."))
    elif work.set_code in rater.stepped_back:
        obstacles.append(Obstacle(Against.STEPPED_BACK, f"Stepped back from {work.set_name}."))
    if not rater.trained:
        obstacles.append(Obstacle(Against.TRAINING, "Has not finished the training yet."))
    if rater.paused_until is not None and rater.paused_until >= today:
        obstacles.append(Obstacle(Against.PAUSE, f"On a break through {_day(rater.paused_until)}."))
    doubts = [f"Has the agreed number for the year: {rater.load} of {rater.capacity}."] if rater.load >= rater.capacity else []
    if rater.key in work.doubts:
        doubts.append(work.doubts[rater.key])
    return Assessment(rater, tuple(obstacles), tuple(doubts), _reasons(rater, work, approved_on, today=today) if not obstacles else ())


def _reasons(rater: EvaluatorProfile, work: PortfolioToAssign, approved_on: date | None, *, today: date) -> tuple[str, ...]:
    since = f" since {_day(approved_on)}" if approved_on else ""
    days = (today - rater.last_on).days if rater.last_on else 0
    waited = "Not asked before." if rater.last_on is None else "Last asked today." if days < 1 else f"Last asked {_count(days, 'day')} ago."
    return (
        f"Approved for {work.set_name}{since}.",
        f"{rater.load} of {_count(rater.capacity, 'portfolio')} in the last 12 months.",
        waited,
        "No known conflict of interest.",
    )


def propose(works: Sequence[PortfolioToAssign], raters: Sequence[EvaluatorProfile], *, today: date) -> dict[Any, Proposal]:
    """Propose evaluators for every portfolio at once, so that no one gets more than agreed to and loads grow evenly.

    Portfolios that few can rate choose first, then those that come first in `works`. Of those who are free, the one with the smallest
    part of their year used is taken, then the one who was asked longest ago. Where too few are free for all, no one is proposed.
    """
    judged = {work.key: [judge(rater, work, today=today) for rater in raters] for work in works}
    proposed: Counter[int] = Counter()
    chosen: dict[Any, tuple[Assessment, ...]] = {}
    scarcest = sorted(works, key=lambda work: sum(assessment.free for assessment in judged[work.key]))
    for work in scarcest:
        free = [
            assessment
            for assessment in judged[work.key]
            if assessment.free and assessment.rater.load + proposed[assessment.rater.key] < assessment.rater.capacity
        ]
        free.sort(key=lambda assessment: _fitness(assessment.rater, proposed[assessment.rater.key]))
        chosen[work.key] = tuple(free[: work.slots]) if len(free) >= work.slots > 0 else ()
        proposed.update(assessment.rater.key for assessment in chosen[work.key])
    return {work.key: Proposal(work, chosen[work.key], tuple(sorted(judged[work.key], key=_order))) for work in works}


def _fitness(rater: EvaluatorProfile, proposed: int) -> tuple[Any, ...]:
    """The lightest part of the year first, then who waits longest; those whom this proposal already asks come after their equals."""
    return Fraction(rater.load + proposed, rater.capacity), proposed, rater.last_on or date.min, rater.side.name, rater.key


def _order(assessment: Assessment) -> tuple[Any, ...]:
    return len(assessment.obstacles), len(assessment.doubts), *_fitness(assessment.rater, 0)


def _advice(work: PortfolioToAssign, judged: Iterable[Assessment]) -> list[str]:
    """What would help: who is close, and what keeps them."""
    close: dict[str, list[Assessment]] = {"training": [], "pause": [], "full": [], "stepped_back": []}
    for assessment in judged:
        kinds = {obstacle.kind.value for obstacle in assessment.obstacles}
        if len(kinds) == 1 and (kind := kinds.pop()) in close:
            close[kind].append(assessment)
        elif assessment.possible and assessment.doubts:
            close["full"].append(assessment)
    advice = []
    if close["full"]:
        advice.append(f"{_names(close['full'])} could still be chosen. Ask first: {_does(close['full'])} it would be more than agreed.")
    if close["training"]:
        advice.append(f"Ask {_names(close['training'])} to finish the training.")
    if close["pause"]:
        back = min(assessment.rater.paused_until for assessment in close["pause"] if assessment.rater.paused_until)
        advice.append(f"{_names(close['pause'])} {_verb(close['pause'], 'takes', 'take')} a break. The first is back after {_day(back)}.")
    if close["stepped_back"]:
        advice.append(f"Ask {_names(close['stepped_back'])} to rate {work.set_name} again.")
    advice.append(f"Approve another evaluator for {work.set_name}.")
    return advice


def _names(some: Sequence[Assessment]) -> str:
    names = [assessment.rater.side.name for assessment in some]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _verb(some: Sequence[Assessment], singular: str, plural: str) -> str:
    return singular if len(some) == 1 else plural


def _does(some: Sequence[Assessment]) -> str:
    return "for this evaluator" if len(some) == 1 else "for these evaluators"


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
