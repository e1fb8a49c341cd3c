"""docs/settings.md names every setting that the code reads, and no other."""

import re

import pytest

from ops.runtime import PROJECT

ROOMS = [
    "lssc",
    "ledger",
    "people",
    "programs",
    "billing",
    "webinars",
    "candidates",
    "portfolios",
    "courses",
    "agreements",
    "certificates",
    "renewals",
    "appeals",
    "ops",
]
READ = re.compile(
    r"""\benv(?:\.\w+)?\(\s*"([A-Z][A-Z_]+)\""""
    r"""|\benviron(?:\.get\(|\[)\s*"([A-Z][A-Z_]+)\""""
    r"""|\bgetenv\(\s*"([A-Z][A-Z_]+)\""""
)
COMPOSE = re.compile(r"\$\{([A-Z][A-Z_]+)")
# What the machine or Python itself decides.
NOT_OURS = {"PATH", "DJANGO_SETTINGS_MODULE"}


def names_read(text: str) -> set[str]:
    return {name for found in READ.findall(text) for name in found if name}


def names_told() -> list[str]:
    rows = (PROJECT / "docs" / "settings.md").read_text().splitlines()
    return [row.split("`")[1] for row in rows if row.startswith("| `")]


def test_the_table_names_what_the_code_reads_and_nothing_else() -> None:
    files = [path for room in ROOMS for path in (PROJECT / room).rglob("*.py")]
    code = {name for path in files for name in names_read(path.read_text())}
    compose = set(COMPOSE.findall((PROJECT / "docker-compose.yml").read_text()))
    told = names_told()
    assert sorted(told) == sorted((code | compose) - NOT_OURS)


def test_each_row_has_a_default_and_a_meaning() -> None:
    rows = [row for row in (PROJECT / "docs" / "settings.md").read_text().splitlines() if row.startswith("| `")]
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert len(cells) == 3, row
        assert all(cells), row


@pytest.mark.parametrize(
    "line",
    ['env.str("PLANTED", default="")', 'env("PLANTED")', 'os.environ["PLANTED"]', 'os.environ.get("PLANTED")', 'os.getenv("PLANTED", "")'],
)
def test_a_planted_setting_is_found(line: str) -> None:
    assert names_read(f"VALUE = {line}\n") == {"PLANTED"}
