"""A floor imports only floors below it: by import-linter, by foreign keys, and a planted breach of each contract is found."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey

ROOT = Path(__file__).resolve().parents[2]
FLOORS = {
    "people": 0,
    "ledger": 0,
    "programs": 1,
    "billing": 1,
    "webinars": 1,
    "candidates": 2,
    "portfolios": 3,
    "courses": 3,
    "agreements": 3,
    "certificates": 3,
    "renewals": 4,
    "appeals": 5,
}
ROOMS = [*FLOORS, "lssc"]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--config", str(folder / "pyproject.toml")]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the code, to plant a breach in."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "assets", "data", "*.md"))
    return tmp_path


def test_the_contracts_hold(house: Path) -> None:
    result = lint(house)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("room", "line", "contract"),
    [
        ("ledger", "from people import queries", "A floor imports only floors below it"),
        ("people", "from candidates import policy", "A floor imports only floors below it"),
        ("billing", "from programs import queries", "A floor imports only floors below it"),
        ("candidates", "from portfolios import states", "A floor imports only floors below it"),
        ("courses", "from certificates import policy", "A floor imports only floors below it"),
        ("courses", "from agreements import states", "A floor imports only floors below it"),
        ("agreements", "from courses import states", "A floor imports only floors below it"),
        ("portfolios", "import lssc.settings", "A floor imports only floors below it"),
        ("candidates", "import stripe", "Only the gateway speaks to Stripe"),
        ("courses", "import weasyprint", "Only people.pdf draws PDF"),
    ],
)
def test_a_planted_breach_is_found(house: Path, room: str, line: str, contract: str) -> None:
    (house / room / "planted.py").write_text(line + "\n")
    result = lint(house)
    assert result.returncode != 0
    broken = [text for text in result.stdout.splitlines() if "BROKEN" in text]
    assert [text for text in broken if text.startswith(contract)] == broken
    assert broken


def test_foreign_keys_point_down_or_to_a_person() -> None:
    wrong = []
    for model in apps.get_models():
        room = model._meta.app_label
        for field in model._meta.get_fields():
            if room not in FLOORS or not isinstance(field, ForeignKey):
                continue
            other = field.related_model._meta.app_label
            same_room = other == room
            to_a_person = field.related_model._meta.label == "people.User"
            if not same_room and not to_a_person and other in FLOORS and FLOORS[other] >= FLOORS[room]:
                wrong.append(f"{model._meta.label}.{field.name} -> {other}")
    assert wrong == []


def test_no_model_inherits_tables_orders_itself_or_takes_null_text() -> None:
    wrong = []
    for model in apps.get_models():
        if model._meta.app_label not in FLOORS:
            continue
        if model._meta.parents or model._meta.ordering:
            wrong.append(model._meta.label)
        wrong += [
            f"{model._meta.label}.{field.name}"
            for field in model._meta.local_fields
            if field.null and field.get_internal_type() in {"CharField", "TextField"} and not field.unique
        ]
    assert wrong == []
