"""docker-compose.yml starts the same commands as the launcher, all from one image, each with a health check."""

import re
from typing import Any

import pytest
import yaml

from ops import commands
from ops.check import PRODUCTION
from ops.runtime import PROJECT
from tests.ops.test_settings_table import names_told

ITS_OWN = {"postgres", "redis"}
# What the image or the host decides, what is for `make run` alone, and what no public site may have.
NOT_PASSED_ON = {"BIND", "PORT", "STATIC_ROOT", "POSTGRES_PASSWORD", "LSSC_RUNTIME", "DEBUG"}


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
    assert {(service["image"], service["build"], str(service["environment"])) for service in program.values()} == {
        ("lssc", ".", str(compose["x-program"]["environment"]))
    }


def test_the_settings_passed_on_are_known(compose: dict[str, Any]) -> None:
    told = (PROJECT / "docs" / "settings.md").read_text()
    credentials = set(re.findall(r"`(AWS_[A-Z_]+)`", told))
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
