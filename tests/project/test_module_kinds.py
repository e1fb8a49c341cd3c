"""Every module is of a kind that docs/architecture.md explains, every kind there has a module, and only whom it names imports it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.project.test_layers import ROOMS, ROOT, find_modules, list_imports

TABLE = (ROOT / "docs" / "architecture.md").read_text()
SHARED = "## Every app has the same kinds of module, in this import order"
OWN = "## What one app has alone"


def read_rows(title: str) -> Iterator[list[str]]:
    """The cells of the table below a title, without its head."""
    lines = TABLE.split(f"{title}\n", 1)[1].split("\n## ", 1)[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| ")]
    yield from rows[1:]


def list_names(cell: str) -> list[str]:
    return re.findall(r"`([\w./]+)`", cell)


IMPORTERS = {name: importers for kinds, _, importers, _ in read_rows(SHARED) for name in list_names(kinds)}
OWN_IMPORTERS = {(app.strip("`"), name): importers for app, kinds, _, importers in read_rows(OWN) for name in list_names(kinds)}
EXAMPLES = {name: kinds for kinds, _, _, examples in read_rows(SHARED) for name in list_names(examples)}


def find_kinds(root: Path) -> dict[str, set[str]]:
    """The apps that have modules of a kind: a file, or a folder of modules, at the top of an app."""
    kinds: dict[str, set[str]] = {}
    for app in ROOMS:
        for path in (root / app).iterdir():
            if (path.suffix == ".py" and path.stem != "__init__") or any(path.glob("*.py")):
                kinds.setdefault(path.stem, set()).add(app)
    return kinds


def find_unexplained(root: Path) -> list[str]:
    kinds = find_kinds(root)
    return sorted(
        f"{app}.{kind}" for kind, apps in kinds.items() if kind not in IMPORTERS for app in apps if (app, kind) not in OWN_IMPORTERS
    )


def find_strangers(root: Path) -> list[str]:
    """Imports from another app of what is not for it, but for types and tables (see test_layers)."""
    found = []
    for name, path in find_modules(root, *ROOMS).items():
        reader = name.partition(".")[0]
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
                node.body = []
        for each in list_imports(tree):
            app, kind, *_ = [*each.split("."), ""]
            if app in ROOMS and app != reader and kind != "models":
                who = OWN_IMPORTERS.get((app, kind)) or IMPORTERS.get(kind)
                if who != "apps above" and not (who == "`lssc`" and reader == "lssc"):
                    found.append(f"{name}: {each}")
    return sorted(found)


def test_every_module_is_of_a_kind_that_is_explained() -> None:
    assert find_unexplained(ROOT) == []


def test_every_kind_that_is_explained_is_there_once_where_it_is_one_apps_own() -> None:
    kinds = find_kinds(ROOT)
    assert sorted(name for name in IMPORTERS if len(kinds.get(name, ())) < 2) == []
    assert sorted(f"{app}.{name}" for app, name in OWN_IMPORTERS if app not in kinds.get(name, ())) == []
    assert sorted(name for _, name in OWN_IMPORTERS if name not in IMPORTERS and len(kinds[name]) > 1) == []


def test_each_kind_has_an_example_that_is_there() -> None:
    assert [cells[0] for cells in read_rows(SHARED) if not list_names(cells[3])] == []
    for example, kinds in EXAMPLES.items():
        assert (ROOT / example).exists()
        assert Path(example).parts[1].removesuffix(".py") in list_names(kinds)


def test_nobody_imports_what_is_not_for_them() -> None:
    assert find_strangers(ROOT) == []
    assert {*IMPORTERS.values(), *OWN_IMPORTERS.values()} == {"apps above", "`lssc`", "its app"}


@pytest.mark.parametrize("name", ["helpers.py", "claiming.py", "tools/dates.py"])
def test_a_planted_kind_is_found(tmp_path: Path, name: str) -> None:
    for app in ROOMS:
        (tmp_path / app).mkdir()
    planted = tmp_path / "courses" / name
    planted.parent.mkdir(exist_ok=True)
    planted.write_text("")
    assert find_unexplained(tmp_path) == [f"courses.{Path(name).parts[0].removesuffix('.py')}"]


@pytest.mark.parametrize(
    "line", ["from courses.views import catalog", "from people import sandbox", "def see():\n    from courses.forms import read_filters"]
)
def test_a_planted_import_of_what_is_another_apps_is_found(tmp_path: Path, line: str) -> None:
    (tmp_path / "appeals").mkdir()
    (tmp_path / "appeals" / "policy.py").write_text(f"{line}\nfrom courses import queries\n")
    assert [each.partition(":")[0] for each in find_strangers(tmp_path)] == ["appeals.policy"]


def test_what_the_examples_name_is_there() -> None:
    """Every import of the examples, and what they use of these modules."""
    examples = "\n".join(re.findall(r"```python\n(.*?)```", TABLE, re.DOTALL))
    names: dict[str, Any] = {}
    for line in re.findall(r"^from [\w.]+ import [\w, ]+?(?=\s*(?:#.*)?$)", examples, re.MULTILINE):
        exec(line, names)
    used = re.findall(r"\b(ledger|transitions|documents)\.([a-z_]+)\(", TABLE)
    assert len(names) > 20
    assert used
    assert [f"{module}.{name}" for module, name in used if not hasattr(names[module], name)] == []
    assert [name for name in re.findall(r"^@(\w+)\(", examples, re.MULTILINE) if name not in {*names, "reminder_schedule"}] == []
