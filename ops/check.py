"""Check everything, one step after the other; every step runs even when an earlier one failed, and the failures are told at the end."""

import argparse
import os
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass, field

from ops.runtime import PROJECT


@dataclass(frozen=True)
class Step:
    """One command, with what is different in its environment."""

    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)


KEEP = ["--reuse-db"]
# Its last line, pytest's own with its time, is the last line of all.
LAST = "Start, kill and stop"

# `check --deploy` shall see what an operator of a public site sets.
PRODUCTION = {
    "DEBUG": "0",
    "DEMO": "0",
    "SECRET_KEY": "f3Yq-8Jm2vT9wLxR4bNcZ7hKpD1sGaE6uVtXyQnB0iCo5rWjM2eHkA7dS9",
    "PUBLIC_URL": "https://lssc.example",
    "EMAIL_URL": "smtp+tls://mail:password@mail.example:587",
    "REQUIRE_MFA": "1",
    # How well files are shut in is a matter of the machine that serves, not of the one that checks the program.
    "SILENCED_SYSTEM_CHECKS": "people.W001",
}


def apps() -> list[str]:
    """List the apps, all of which are strictly typed."""
    with (PROJECT / "pyproject.toml").open("rb") as file:
        return list(tomllib.load(file)["tool"]["importlinter"]["root_packages"])


def quick_steps() -> list[Step]:
    """List the steps that take seconds."""
    templates = sorted(str(path.relative_to(PROJECT)) for path in (PROJECT / "templates").rglob("*.html"))
    manage = [sys.executable, "manage.py"]
    return [
        Step("Style", ["ruff", "check", "."]),
        Step("Format", ["ruff", "format", "--check", "."]),
        Step("Format of templates", ["djade", "--check", "--target-version", "5.2", *templates]),
        Step("Types", ["mypy", "ops", "bench", "demo", "standin", *apps()]),
        Step("Layers", ["lint-imports"]),
        Step("Migrations agree with the models", [*manage, "makemigrations", "--check", "--dry-run"]),
        Step("Production settings", [*manage, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
    ]


def test_steps() -> list[Step]:
    """List the tests: those that may run side by side, then those that count seconds. The databases of the first step serve the second."""
    pytest = [sys.executable, "-m", "pytest", "--durations", "20", "--durations-min", "1"]
    together = [*pytest, "-p", "no:randomly", "-n", "2"]
    return [
        Step("Tests", [*pytest, *KEEP, "--create-db", "-n", "2", "--dist", "loadfile", "-m", "not journey and not chaos and not browser"]),
        Step("Pages in the browser", [*together, *KEEP, "-m", "browser and not journey"]),
        Step("Journeys and kills", [*together, "--dist", "loadgroup", "--no-loadscope-reorder", "-m", "(journey or chaos) and not alone"]),
        Step(LAST, [*pytest, "-p", "no:randomly", "-m", "alone"]),
    ]


def run(step: Step) -> bool:
    """Run one step, its output and then its time in sight; return whether it passed."""
    print(f"\n== {step.name} ==", flush=True)
    started = time.monotonic()
    passed = subprocess.run(step.command, cwd=PROJECT, env={**os.environ, **step.env}).returncode == 0
    if step.name != LAST:
        print(f"-- {step.name}: {time.monotonic() - started:.1f} s", flush=True)
    return passed


def main() -> int:
    """Run the steps and print the time of each; the last line is pytest's own when all passed, else the list of those that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out the tests")
    quick = parser.parse_args().quick
    failed = [step.name for step in [*quick_steps(), *([] if quick else test_steps())] if not run(step)]
    if failed:
        print(f"\nFailed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
