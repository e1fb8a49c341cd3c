"""A layer imports only layers below it: by import-linter, by foreign keys, and a planted breach of each contract is found."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
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
# Every app may speak of a person: the one table of another app that it may know.
PERSON = "people.models.User"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--config", str(folder / "pyproject.toml")]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the code, to plant a breach in."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "assets", "data", "*.md"))
    return tmp_path


def test_the_contracts_hold(project: Path) -> None:
    result = lint(project)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("room", "line", "contract"),
    [
        ("ledger", "from people import queries", "A layer imports only layers below it"),
        ("people", "from candidates import policy", "A layer imports only layers below it"),
        ("billing", "from programs import queries", "A layer imports only layers below it"),
        ("candidates", "from portfolios import states", "A layer imports only layers below it"),
        ("courses", "from certificates import policy", "A layer imports only layers below it"),
        ("courses", "from agreements import states", "A layer imports only layers below it"),
        ("agreements", "from courses import states", "A layer imports only layers below it"),
        ("portfolios", "import lssc.settings", "A layer imports only layers below it"),
        ("candidates", "import stripe", "Only the gateway speaks to Stripe"),
        ("courses", "import weasyprint", "Only people.pdf draws PDF"),
        ("lssc", "from demo import cast", "The product knows neither demonstration, stand-in nor bench"),
        ("billing", "from standin import server", "The product knows neither demonstration, stand-in nor bench"),
        ("ledger", "import bench.large_fixture", "The product knows neither demonstration, stand-in nor bench"),
    ],
)
def test_a_planted_breach_is_found(project: Path, room: str, line: str, contract: str) -> None:
    (project / room / "planted.py").write_text(line + "\n")
    result = lint(project)
    assert result.returncode != 0
    broken = [text for text in result.stdout.splitlines() if "BROKEN" in text]
    assert [text for text in broken if text.startswith(contract)] == broken
    assert broken


def find_modules(root: Path, *packages: str) -> dict[str, Path]:
    """Every module of some packages, by its dotted name."""
    paths = [path for package in packages for path in (root / package).rglob("*.py") if "migrations" not in path.parts]
    return {".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


def list_imports(tree: ast.AST) -> Iterator[str]:
    """What a tree imports by name: `from a import b` is `a.b`, a module or something in one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def find_circle(root: Path, *packages: str) -> list[str]:
    """Modules that import one another in a circle, the first one found; an import in a function, or for types alone, closes it, too."""
    modules = find_modules(root, *packages)
    graph: dict[str, set[str]] = {}
    for name, path in modules.items():
        imports = list_imports(ast.parse(path.read_text(encoding="utf-8")))
        known = {each if each in modules else each.rpartition(".")[0] for each in imports}
        graph[name] = known & set(modules) - {name}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@pytest.mark.parametrize("packages", [ROOMS, ["demo"], ["bench"], ["standin"], ["ops"]], ids=lambda packages: packages[-1])
def test_no_modules_import_one_another_in_a_circle(packages: list[str]) -> None:
    assert find_circle(ROOT, *packages) == []


@pytest.mark.parametrize(
    "line",
    [
        "from ledger import reminders\n",
        "def wake():\n    from ledger import reminders\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ledger.reminders import find\n",
    ],
)
def test_a_planted_circle_is_found(project: Path, line: str) -> None:
    actions = project / "ledger" / "actions.py"
    actions.write_text(line + actions.read_text())
    assert {"ledger.actions", "ledger.reminders"} <= set(find_circle(project, *ROOMS))


def test_no_file_of_the_demonstration_takes_a_private_name_of_another() -> None:
    private = re.compile(r"\b(?!self\b|cls\b)\w+\._[a-z]\w*")
    assert [found for path in find_modules(ROOT, "demo").values() for found in private.findall(path.read_text(encoding="utf-8"))] == []


def find_models_of_others(root: Path) -> list[str]:
    """Where an app takes a table of another app, but for types."""
    found = []
    for room in ROOMS:
        for name, path in find_modules(root, room).items():
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
                    node.body = []
            others = {f"{other}.models" for other in ROOMS if other != room}
            found += [f"{name}: {each}" for each in list_imports(tree) if ".".join(each.split(".")[:2]) in others and each != PERSON]
    return sorted(found)


def test_no_room_takes_a_table_of_another() -> None:
    assert find_models_of_others(ROOT) == []


@pytest.mark.parametrize(
    "line",
    [
        "from billing.models import Charge",
        "from billing import models",
        "import billing.models",
        "def f():\n    from billing.models import Charge",
    ],
)
def test_a_planted_table_of_another_room_is_found(project: Path, line: str) -> None:
    (project / "candidates" / "planted.py").write_text(line + "\n")
    assert [each for each in find_models_of_others(project) if each.startswith("candidates.planted: billing.models")]


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
