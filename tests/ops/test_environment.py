"""What the launcher tells the program about the machine."""

from pathlib import Path

import pytest

from ops.launch import program_env
from ops.runtime import Runtime


@pytest.mark.parametrize(
    ("given", "demo"),
    [
        ({}, "1"),
        ({"DATABASE_URL": "postgres://me@db/real"}, "0"),
        ({"DATABASE_URL": "postgres://me@db/real", "DEMO": "1"}, "1"),
        ({"DEMO": "0"}, "0"),
    ],
)
def test_made_up_people_stay_out_of_somebodys_own_database(
    given: dict[str, str], demo: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("DATABASE_URL", "DEMO"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LSSC_RUNTIME", str(tmp_path))
    assert program_env(Runtime("demo", tmp_path, tmp_path, tmp_path), url="http://localhost:8000")["DEMO"] == demo


def test_the_tests_want_the_demonstration_whatever_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DEMO", "0")
    assert program_env(Runtime("test", tmp_path, tmp_path, tmp_path), url="http://localhost:8000")["DEMO"] == "1"
