"""Each app draws its states, in its README or beside it; the drawing equals the table, and no README is long."""

import re
from pathlib import Path

import pytest
from django.apps import apps

from ledger.states import NotPossible, StateMachine

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
