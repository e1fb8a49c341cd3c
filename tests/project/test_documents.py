"""What the documents name in backticks is there: files, modules and what is in them, settings, commands, targets of make."""

import ast
import pkgutil
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
TRACKED = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
DOCUMENTS = [name for name in TRACKED if name.endswith(".md")]
APPS = sorted(path.parent.name for path in ROOT.glob("*/apps.py"))
CODE = re.compile(r"(?!tests/project/test_documents).*\.(py|yml|toml|js|css)")
SOURCES = {name: (ROOT / name).read_text() for name in TRACKED if CODE.fullmatch(name)}
TARGETS = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
ENDINGS = "py|md|toml|yml|yaml|json|txt|html|css|js|csv|sh"

# What looks like a name of ours, and what it is.
OTHER = {
    "apps.get_models": "Django",
    "forms.CharField": "Django",
    "models.UUIDField": "Django",
    "settings.AUTH_USER_MODEL": "Django",
    "soffice.bin": "LibreOffice",
    "Pacific/Pago_Pago": "a time zone",
    "audit-heads.txt": "made by a run",
    "var/demo": "made by a run",
    "var/screenshots": "made by a run",
    "var/static": "made by a run",
    "var/test": "made by a run",
}


def find_file(name: str) -> bool:
    """From the root, or as a part of a path: an app's README leaves its folder out."""
    return (ROOT / name).exists() or any(f"/{name}/" in f"/{file}/" for file in TRACKED)


def find_object(name: str, app: str) -> bool:
    """From the root or from an app, of which `actions` and `models` may be left out; or a name that is a string in the code."""
    first, _, rest = name.partition(".")
    homes = [app] if app else APPS
    paths = [name, f"{first}.actions.{rest}", f"{first}.models.{rest}"]
    paths += [f"{home}{kind}.{name}" for home in homes for kind in ("", ".actions", ".models")]
    for path in paths:
        try:
            pkgutil.resolve_name(path)
        except (ImportError, AttributeError):
            continue
        return True
    return any(re.search(rf"""["']{re.escape(name)}["']""", text) for text in SOURCES.values())


@cache
def list_names(app: str) -> set[str]:
    """What an app's modules define, take as arguments, or have as a string, and their own names."""
    names = set()
    for path in (ROOT / app).rglob("*.py"):
        names |= {*path.relative_to(ROOT / app).with_suffix("").parts}
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                    names.add(name)
                case ast.Name(id=name, ctx=ast.Store()) | ast.alias(name=name) | ast.Constant(value=str(name)):
                    names.add(name)
    return names


def find_missing(document: str, text: str) -> list[str]:
    """The names in a document that are nowhere. In an app's README a single word is a name of that app, a command or a folder."""
    app = document.partition("/")[0] if document.partition("/")[0] in APPS else ""
    missing = []
    for span in re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
        name = re.sub(r"\(.*\)$|/$", "", span)
        if command := re.match(r"manage\.py ([a-z_]+)|make ([a-z-]+)", span):
            found = command[1] in get_commands() if command[1] else command[2] in TARGETS
        elif re.fullmatch(rf"[\w-]+(/[\w.-]+)*(/[\w-]+|\.({ENDINGS}))", name):
            found = find_file(name)
        elif re.fullmatch(r"[A-Za-z_]\w*(\.\w+)+", name):
            found = find_object(name, app)
        elif re.fullmatch(r"[A-Z][A-Z_]+", name):
            found = any(re.search(rf"\b{name}\b", text) for text in SOURCES.values())
        elif app and re.fullmatch(r"[A-Za-z]\w*", name):
            found = name in list_names(app) or name in get_commands() or (ROOT / name).exists()
        else:
            found = True
        if not found and name not in OTHER:
            missing.append(f"{document}: {span}")
    return missing


def test_what_the_documents_name_is_there() -> None:
    assert len(DOCUMENTS) > 50
    assert [fault for document in DOCUMENTS for fault in find_missing(document, (ROOT / document).read_text())] == []


def test_each_model_is_in_the_glossary() -> None:
    """By its name, or by the words of it."""
    glossary = (ROOT / "docs/glossary.md").read_text()
    names = [model.__name__ for model in apps.get_models() if model._meta.app_label in APPS]
    assert len(names) > 80
    words = {name: re.sub(r"(?<!^)(?=[A-Z])", " ", name) for name in names}
    assert [name for name in names if not re.search(rf"(?i)\b({name}|{words[name]})s?\b", glossary)] == []


@pytest.mark.parametrize(
    "name",
    ["people/exports.py", "exporting.py", "ledger.mail", "policy.guess", "PUBLIC_ADDRESS", "manage.py dance", "make tea", "exporting"],
)
def test_a_planted_name_is_found(name: str) -> None:
    assert find_missing("people/README.md", f"Asks `policy` and `{name}`.") == [f"people/README.md: {name}"]
