"""How two ratings, or three, become a verdict: pure rules over what the evaluators said (rules.md, "Portfolios")."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

EVALUATORS = 2


class Value(StrEnum):
    """What one evaluator says about one competency."""

    MET = "met"
    PARTIAL = "partial"
    NOT_MET = "not_met"


class Outcome(StrEnum):
    """What the rules make of a competency."""

    MET = "met"
    PARTIAL = "partial"
    NOT_MET = "not_met"
    ASKED = "asked"
    THIRD_NEEDED = "third"


class Audience(StrEnum):
    """Who reads an explanation."""

    CANDIDATE = "candidate"
    OTHERS = "others"


WORDS = {
    "met": "Met",
    "partial": "Partially met",
    "not_met": "Not met",
    "asked": "More requested",
    "third": "A third evaluator is needed",
}
RANK = {Value.NOT_MET: 0, Value.PARTIAL: 1, Value.MET: 2}
Pair = tuple[Value, Value]


@dataclass(frozen=True)
class Verdict:
    """Round one: the competencies that stand as met, and those that the candidate is asked about."""

    met: tuple[int, ...]
    asked: tuple[int, ...]


@dataclass(frozen=True)
class Final:
    """The final round: an outcome for each competency; `thirds` are those that wait for a third evaluator."""

    outcomes: dict[int, Outcome]

    @property
    def thirds(self) -> tuple[int, ...]:
        """The competencies that a third evaluator has to rate."""
        return tuple(sorted(number for number, outcome in self.outcomes.items() if outcome == Outcome.THIRD_NEEDED))


@dataclass(frozen=True)
class Decision:
    """Whether the set is achieved, with the numbers that say why."""

    total: int
    met: int
    partial: int
    not_met: int
    needed: int
    percent: int

    @property
    def achieved(self) -> bool:
        """No competency is Not met, and enough are Met."""
        return self.not_met == 0 and self.met >= self.needed

    @property
    def words(self) -> str:
        """The rule and the numbers, for the candidate."""
        return self.told(Audience.CANDIDATE)

    def told(self, audience: Audience) -> str:
        """The rule and the numbers, for a reader."""
        rule = f"The rule: at least {self.percent}% of the {self.total} competencies are Met, which is {self.needed}, and none is Not met."
        whose = "Yours" if audience == Audience.CANDIDATE else "Here"
        numbers = f"{whose}: {self.met} Met, {self.partial} Partially met, {self.not_met} Not met."
        return f"{rule} {numbers}"


def is_settled(pair: Pair) -> bool:
    """Whether two ratings count as Met: both Met, or one Met and one Partially met."""
    return Value.MET in pair and Value.NOT_MET not in pair


def round_one(rows: Mapping[int, Pair]) -> Verdict:
    """Sort the competencies by two ratings each: what counts as Met stands, everything else is asked about."""
    met = tuple(sorted(number for number, pair in rows.items() if is_settled(pair)))
    return Verdict(met=met, asked=tuple(sorted(set(rows) - set(met))))


def median(ratings: tuple[Value, Value, Value]) -> Value:
    """The middle one of three ratings."""
    return sorted(ratings, key=RANK.__getitem__)[1]


def final(rows: Mapping[int, Pair], *, thirds: Mapping[int, Value] | None = None) -> Final:
    """Apply the final rule to every competency that was asked about; `thirds` are the third evaluator's ratings so far.

    Where exactly one of two says Not met, a third evaluator is needed, and the median of the three stands.
    """
    thirds = thirds or {}
    return Final({number: _final(pair, thirds.get(number)) for number, pair in rows.items()})


def _final(pair: Pair, third: Value | None) -> Outcome:
    if is_settled(pair):
        return Outcome.MET
    match pair.count(Value.NOT_MET):
        case 0:
            return Outcome.PARTIAL
        case 1:
            return Outcome(median((*pair, third))) if third else Outcome.THIRD_NEEDED
        case _:
            return Outcome.NOT_MET


def needed(total: int, *, percent: int) -> int:
    """How many of `total` competencies must be Met: `percent` of them, rounded up."""
    return -(-total * percent // 100)


def verdict(outcomes: Mapping[int, Outcome], *, percent: int) -> Decision:
    """Count the outcomes of all competencies of a set against `percent`; raises ValueError while one of them is open."""
    values = list(outcomes.values())
    if not values or not {Outcome.MET, Outcome.PARTIAL, Outcome.NOT_MET}.issuperset(values):
        raise ValueError("A verdict needs an outcome for every competency")
    return Decision(
        total=len(values),
        met=values.count(Outcome.MET),
        partial=values.count(Outcome.PARTIAL),
        not_met=values.count(Outcome.NOT_MET),
        needed=needed(len(values), percent=percent),
        percent=percent,
    )


def explain(pair: Pair, *, third: Value | None, outcome: Outcome, audience: Audience = Audience.CANDIDATE) -> str:
    """Say in words how the ratings of one competency led to its outcome, for a reader."""
    first, second = (WORDS[value] for value in sorted(pair, key=lambda value: -RANK[value]))
    ratings = f"Both evaluators said {first}" if first == second else f"One evaluator said {first}, the other {second}"
    if third:
        return f"{ratings}, and a third said {WORDS[third]}. The middle rating counts: {WORDS[outcome]}."
    match outcome:
        case Outcome.ASKED:
            asked_person = "you are" if audience == Audience.CANDIDATE else "the candidate is"
            return f"{ratings}. That is not enough yet, so {asked_person} asked for more."
        case Outcome.THIRD_NEEDED:
            return f"{ratings}. A third evaluator rates this competency."
        case _:
            return f"{ratings}. That counts as {WORDS[outcome]}."


def count_words(*texts: str) -> int:
    """How many words the texts have together."""
    return sum(len(text.split()) for text in texts)


def minutes_left(open_rows: int, *, words: int) -> int:
    """About how long the rest of a rating takes: reading at 200 words a minute, three minutes to look and rate, in steps of five."""
    minutes = words / 200 + 3 * open_rows
    return max(5, round(minutes / 5) * 5) if open_rows else 0


def canonical(content: dict[str, Any]) -> bytes:
    """The one way to write a content as bytes: JSON with sorted keys, no spaces, UTF-8."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def seal(content: dict[str, Any]) -> str:
    """The SHA-256 of a content, in hexadecimal digits."""
    return hashlib.sha256(canonical(content)).hexdigest()


def groups(digits: str) -> list[str]:
    """A long fingerprint in groups of eight, which can be compared by eye and break across lines."""
    return [digits[place : place + 8] for place in range(0, len(digits), 8)]


def advise(can: int, *, total: int) -> str:
    """What "I can do that" for so many of a set's competencies suggests: over half a portfolio, else a course; none says nothing."""
    if not can:
        return ""
    return "portfolio" if 2 * can > total else "course"
