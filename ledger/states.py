"""What a legal transition is, and the sentence in which it is told: the vocabulary of every app's `states.py`."""

from collections.abc import Iterable
from dataclasses import dataclass, field

SENTENCES: dict[str, "AuditEvent"] = {}


class NotPossible(ValueError):
    """A refusal that a person can act on; `message` is in the user's words."""

    def __init__(self, message: str = "This can't be done now.") -> None:
        super().__init__(message)
        self.message = message


class NotYourDecision(NotPossible):
    """No one decides on their own matter, on what they had a part in, or again on what an appeal sent back."""


@dataclass(frozen=True)
class AuditEvent:
    """Something that can happen, with its sentence in English.

    `sentence` may name {actor}, {person} and the entry's details; `personal` are those that are personal data.
    """

    name: str
    sentence: str
    personal: frozenset[str] | set[str] = frozenset()

    def __post_init__(self) -> None:
        """Register the sentence; raises ValueError when two apps use one name."""
        if self.name in SENTENCES and SENTENCES[self.name].sentence != self.sentence:
            raise ValueError(f"The verb {self.name} has two sentences")
        SENTENCES[self.name] = self


@dataclass(frozen=True)
class Transition:
    """One legal transition: from any of `sources` to `target`.

    `refusal` is what a person reads when the row is in another state.
    """

    verb: str
    sources: Iterable[str]
    target: str
    sentence: str
    personal: frozenset[str] | set[str] = frozenset()
    refusal: str = ""


@dataclass(frozen=True, init=False)
class StateMachine:
    """Every legal transition of one kind of row, as data.

    `impartial` are the transitions that no one makes in their own matter, `own` is what they read instead. Whose matter a row is stands at
    `party`, a path from the row to the key of a person.
    """

    name: str
    transitions: dict[str, Transition] = field(default_factory=dict)
    impartial: frozenset[str] = frozenset()
    own: str = ""
    party: str = "person_id"

    def __init__(self, name: str, *transitions: Transition, impartial: Iterable[str] = (), own: str = "", party: str = "person_id") -> None:
        verbs = {transition.verb: transition for transition in transitions}
        attributes = {"name": name, "transitions": verbs, "impartial": frozenset(impartial), "own": own, "party": party}
        for attribute, value in attributes.items():
            object.__setattr__(self, attribute, value)
        if len(verbs) != len(transitions) or not self.impartial <= set(verbs):
            raise ValueError(f"The table {name} names a verb twice, or one that it lacks")
        for transition in transitions:
            AuditEvent(f"{name}.{transition.verb}", transition.sentence, transition.personal)

    def allows(self, state: str, verb: str) -> bool:
        """Does the machine have the transition `verb` from `state`?"""
        return state in {str(source) for source in self.transitions[verb].sources}

    def check(self, state: str, verb: str) -> Transition:
        """The transition `verb` from `state`; raises NotPossible where the machine has none."""
        transition = self.transitions[verb]
        if not self.allows(state, verb):
            raise NotPossible(transition.refusal or "This was already done, or is no longer possible. Nothing was changed.")
        return transition
