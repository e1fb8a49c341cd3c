"""What `check --deploy` says about a site that others can reach."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection

from ops.check import PRODUCTION
from ops.runtime import PROJECT


def check(**environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    # A browser in another test of this process leaves this behind.
    known = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    env = {**known, **PRODUCTION, **environment}
    return subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, timeout=60)


def read(names: str, **environment: str) -> str:
    """What settings of a public site are, apart by spaces."""
    values = ", ".join(f"settings.{name}" for name in names.split())
    code = f"from django.conf import settings; print({values})"
    env = {**os.environ, **PRODUCTION, "DJANGO_SETTINGS_MODULE": "lssc.settings", **environment}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, env=env, capture_output=True, text=True, timeout=60, check=True
    ).stdout.strip()


def test_a_public_site_passes() -> None:
    done = check()
    assert done.returncode == 0, done.stderr


def test_a_demonstration_at_a_public_address_fails() -> None:
    done = check(DEMO="1")
    assert done.returncode == 1
    assert "(lssc.E001) DEMO is on at a public address: everyone can read every email and sign in as staff." in done.stderr


def test_a_site_that_does_not_insist_on_https_fails() -> None:
    assert "security.W004" in check(HSTS_SECONDS="0").stderr


def test_what_holds_for_other_names_is_off_unless_it_is_asked_for() -> None:
    names = "SECURE_HSTS_SECONDS SECURE_HSTS_INCLUDE_SUBDOMAINS SECURE_HSTS_PRELOAD"
    assert read(names) == "2592000 False False"
    assert read(names, HSTS_SECONDS="60", HSTS_INCLUDE_SUBDOMAINS="1", HSTS_PRELOAD="1") == "60 True True"


def test_what_an_operator_silences_is_silent_on_a_public_site() -> None:
    assert "'people.W001'" in read("SILENCED_SYSTEM_CHECKS")


@pytest.mark.django_db(transaction=True)
def test_a_role_that_can_rewrite_the_audit_is_told_of() -> None:
    """The tests' own role is the owner."""
    with pytest.raises(SystemCheckError, match="The program’s database role can rewrite the audit"):
        call_command("check", deploy=True, databases=["default"], tags=["database"], fail_level="WARNING")


@pytest.mark.django_db(transaction=True)
def test_a_role_of_its_own_is_content(settings: Any) -> None:
    from ledger import database_rights

    role = "program_of_a_check"
    database_rights.grant(connection, role, "")
    with connection.cursor() as cursor:
        try:
            cursor.execute(f"SET SESSION AUTHORIZATION {role}")
            call_command("check", deploy=True, databases=["default"], tags=["database"], fail_level="WARNING")
        finally:
            cursor.execute("RESET SESSION AUTHORIZATION")
            cursor.execute(f"DROP OWNED BY {role}")
            cursor.execute(f"DROP ROLE {role}")
