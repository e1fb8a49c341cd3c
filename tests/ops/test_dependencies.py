"""What the program imports, it asks for: nothing is there by luck, because another package happens to bring it."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from ops.runtime import PROJECT
from tests.ops.test_settings_table import ROOMS

# What is not in the image, and may not ask for a package of its own.
BESIDE = ["demo", "standin", "bench"]
# Packages of which a setting or a command knows the name, and no line imports them.
NAMED = {"gunicorn", "whitenoise", "django-permissions-policy", "django-storages"}


def normal(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def list_declared() -> list[Requirement]:
    with (PROJECT / "pyproject.toml").open("rb") as file:
        told = tomllib.load(file)
    local = [line for line in told["dependency-groups"]["local"] if isinstance(line, str)]
    return [Requirement(line) for line in [*told["project"]["dependencies"], *local]]


def find_imports(rooms: list[str]) -> Iterator[tuple[str, str]]:
    """Each module of somebody else that a file of these apps imports, wherever in the file."""
    for path in sorted(path for room in rooms for path in (PROJECT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            for name in names:
                top = name.partition(".")[0]
                if top not in sys.stdlib_module_names and top not in {*ROOMS, *BESIDE}:
                    yield top, str(path.relative_to(PROJECT))


def bring(requirement: Requirement) -> set[str]:
    """The package itself, and what an extra that was asked for adds to it."""
    found = {normal(requirement.name)}
    for line in metadata.requires(requirement.name) or []:
        need = Requirement(line)
        if need.marker and any(
            need.marker.evaluate({"extra": extra}) and not need.marker.evaluate({"extra": ""}) for extra in requirement.extras
        ):
            found |= bring(need)
    return found


def test_every_import_comes_from_a_package_that_is_asked_for() -> None:
    packages = metadata.packages_distributions()
    declared = {name for requirement in list_declared() for name in bring(requirement)}
    assert [
        found for found in find_imports([*ROOMS, *BESIDE]) if not {normal(name) for name in packages.get(found[0], [])} & declared
    ] == []


def test_the_image_holds_no_package_that_the_product_does_not_need() -> None:
    with (PROJECT / "pyproject.toml").open("rb") as file:
        asked = {normal(Requirement(line).name) for line in tomllib.load(file)["project"]["dependencies"]}
    packages = metadata.packages_distributions()
    used = {normal(name) for top, _ in find_imports([room for room in ROOMS if room != "ops"]) for name in packages.get(top, [])}
    assert asked - used == NAMED


def test_the_queues_transport_has_all_that_it_imports() -> None:
    """Celery asks for the transport by an extra; without it, a module of it is there only while something else brings it."""
    [celery] = [requirement for requirement in list_declared() if requirement.name == "celery"]
    [kombu] = [Requirement(line) for line in metadata.requires("celery") or [] if "kombu[redis]" in line]
    assert celery.extras >= {"redis"}
    assert kombu.marker
    assert kombu.marker.evaluate({"extra": "redis"})
    assert find_spec("kombu.transport.redis")


@pytest.mark.parametrize("planted", ["import packaging", "from packaging.version import Version", "def f():\n    import packaging.tags"])
def test_a_planted_import_is_found(planted: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "planted.py").write_text(planted)
    monkeypatch.setattr("tests.ops.test_dependencies.PROJECT", tmp_path)
    assert list(find_imports(ROOMS)) == [("packaging", "ledger/planted.py")]
