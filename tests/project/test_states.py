"""Each app draws its states, in its README or beside it; the drawing equals the table, and no README is long."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from ledger import clock, transitions
from ledger.models import Entry
from ledger.states import NotPossible, NotYourDecision, StateMachine
from people.models import User

ROOT = Path(__file__).resolve().parents[2]
WITH_STATES = [model for model in apps.get_models() if isinstance(getattr(model, "STATES", None), StateMachine)]


def label(model: type) -> str:
    return model._meta.label  # type: ignore[attr-defined, no-any-return]


def drawn(room: str) -> set[tuple[str, str, str]]:
    beside = ROOT / room / "STATES.md"
    text = (beside if beside.exists() else ROOT / room / "README.md").read_text(encoding="utf-8")
    return _moves(text)


def _moves(text: str) -> set[tuple[str, str, str]]:
    return {
        (source.lower(), target.lower(), verb)
        for source, target, verbs in re.findall(r"^\s*(\w+)\s*-->\s*(\w+)\s*:\s*([\w, ]+?)\s*$", text, flags=re.M)
        for verb in re.split(r"\s*,\s*", verbs)
    }


def test_every_room_with_states_is_looked_at() -> None:
    wanted = {"billing", "candidates", "portfolios", "courses", "agreements", "certificates"}
    assert {model._meta.app_label for model in WITH_STATES} >= wanted


@pytest.mark.parametrize("room", sorted({model._meta.app_label for model in WITH_STATES}))
def test_the_readme_draws_the_table(room: str) -> None:
    tables = {model.STATES.name: model.STATES for model in WITH_STATES if model._meta.app_label == room}
    members = {
        str(choice[0]): choice[0]
        for model in WITH_STATES
        if model._meta.app_label == room
        for choice in model._meta.get_field("state").choices
    }
    expected = {
        (str(source), str(transition.target), transition.verb)
        for table in tables.values()
        for transition in table.transitions.values()
        for source in transition.sources
    }
    assert {state for source, target, _ in expected for state in (source, target)} <= set(members)
    assert drawn(room) == expected


@pytest.mark.parametrize("path", sorted(ROOT.glob("*/README.md")), ids=lambda path: path.parent.name)
def test_a_readme_is_short_and_draws_nothing_else(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 40
    assert _moves(text) <= drawn(path.parent.name)


@pytest.mark.parametrize("model", WITH_STATES, ids=label)
def test_every_move_that_the_table_lacks_is_refused(model: type) -> None:
    table: StateMachine = model.STATES  # type: ignore[attr-defined]
    states = [value for value, _ in model._meta.get_field("state").choices]  # type: ignore[attr-defined]
    refused = 0
    for state in states:
        for verb, transition in table.transitions.items():
            if state in {str(source) for source in transition.sources}:
                assert table.check(state, verb) is transition
            else:
                refused += 1
                with pytest.raises(NotPossible) as refusal:
                    table.check(state, verb)
                assert refusal.value.message.endswith(".")
    assert refused


@pytest.mark.parametrize("model", WITH_STATES, ids=label)
def test_every_state_is_the_first_or_can_be_reached(model: type) -> None:
    field = model._meta.get_field("state")  # type: ignore[attr-defined]
    reached = {str(transition.target) for transition in model.STATES.transitions.values()} | {str(field.default)}  # type: ignore[attr-defined]
    assert {value for value, _ in field.choices} == reached


# Of what these sentences tell, {person} is an evaluator, and who sent the course does it, too.
NOT_DECIDING = {"courses.review.again"}


@pytest.mark.parametrize("model", WITH_STATES, ids=label)
def test_what_a_sentence_tells_of_two_people_nobody_does_in_their_own_matter(model: type) -> None:
    table: StateMachine = model.STATES  # type: ignore[attr-defined]
    of_two = {verb for verb, one in table.transitions.items() if "{actor}" in one.sentence and "{person}" in one.sentence}
    assert {verb for verb in of_two - table.impartial if f"{table.name}.{verb}" not in NOT_DECIDING} == set()
    assert bool(table.own) == bool(table.impartial)


def about(model: type[models.Model], key: int) -> models.Model:
    """A row of nobody's making that is the matter of the person with this key."""
    row = made = model()
    *path, last = model.STATES.party.split(".")  # type: ignore[attr-defined]
    for name in path:
        setattr(row, name, model._meta.get_field(name).related_model())  # type: ignore[union-attr, operator]
        row = getattr(row, name)
        model = type(row)
    setattr(row, last, key)
    return made


@pytest.mark.django_db
@pytest.mark.parametrize("model", [model for model in WITH_STATES if model.STATES.impartial], ids=label)
def test_a_move_that_decides_about_somebody_is_refused_to_them(model: type[models.Model]) -> None:
    table: StateMachine = model.STATES  # type: ignore[attr-defined]
    who = User(pk=7)
    for verb in table.impartial:
        row = about(model, key=7)
        row.state = next(iter(table.transitions[verb].sources))  # type: ignore[attr-defined]
        assert transitions.is_own(row, who)
        with pytest.raises(NotYourDecision) as refusal:
            transitions.transition(row, verb, actor=who, at=clock.now(), person=who)
        assert refusal.value.message == table.own
    assert not Entry.objects.exists()
