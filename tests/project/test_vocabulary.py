"""The code speaks the words of Django and of the field: docs/glossary.md names them, and older ones do not come back."""

import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Names of the first dialect, with what they are called now.
OLD = {
    "Move": "Transition",
    "Verb": "AuditEvent",
    "VERBS": "AUDIT_EVENTS",
    "move_all": "transition_all",
    "hear": "subscribe",
    "Ladder": "ReminderSchedule",
    "LADDERS": "REMINDER_SCHEDULES",
    "ladder": "reminder schedule",
    "Rung": "Offset",
    "rung": "offset",
    "climb": "parse_offsets",
    "anchor": "due_date in reminders; elsewhere what it is",
    "Say": "ReminderContent",
    "say_due": "send_due",
    "Letter": "Email",
    "LetterState": "EmailState",
    "Hold": "Claim",
    "Wish": "ReminderOptOut, CourseRequest, SetInterest",
    "Waiting": "WorkItem",
    "Rater": "EvaluatorProfile",
    "Judged": "Assessment",
    "Seat": "OrderLine",
    "spell": "employment",
    "WorkSpell": "Employment",
}
ONLY = {"anchor": ("ledger/",)}
# An `ing` that is a noun of the field, or a name that Django gives.
NOUNS = {"settings"}
GERUND = re.compile(r"[a-z]{3,}ing")


def _tracked(*patterns: str) -> list[str]:
    command = ["git", "ls-files", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.splitlines() if (ROOT / name).is_file()]


def _identifiers(source: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME:
            yield token.start[0], token.string


def old_names(path: str, source: str) -> list[str]:
    """Where a file uses a name that has another one now."""
    return [
        f"{path}:{line}: {name} is called {OLD[name]}"
        for line, name in _identifiers(source)
        if name in OLD and path.startswith(ONLY.get(name, ("",)))
    ]


def test_no_old_name_comes_back() -> None:
    paths = [path for path in _tracked("*.py") if not path.startswith(("findings/", "tests/")) and "/migrations/" not in path]
    assert len(paths) > 300
    assert [found for path in paths for found in old_names(path, (ROOT / path).read_text())] == []


@pytest.mark.parametrize("name", ["Move", "ladder", "Letter"])
def test_an_old_name_is_found(name: str) -> None:
    assert old_names("portfolios/actions/planted.py", f"from ledger.states import {name}\n") != []


def test_modules_are_nouns() -> None:
    gerunds = [path for path in _tracked("*.py") if any(GERUND.fullmatch(word) for word in Path(path).stem.split("_")[-1:])]
    assert [path for path in gerunds if Path(path).stem not in NOUNS and not path.startswith("tests/")] == []


def test_each_term_of_the_glossary_is_there_once_and_lives_where_it_says() -> None:
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| ([^|]+) \|$", (ROOT / "docs/glossary.md").read_text(), re.MULTILINE)
    terms = [term for term, _ in rows if term != "term"]
    assert len(terms) > 50
    assert len(terms) == len(set(terms))
    places = [place for _, where in rows for place in re.findall(r"`([\w/.]+)`", where) if "/" in place]
    assert [place for place in places if not (ROOT / place).exists()] == []
