"""The program's database role: it works with every table, and can't touch what happened."""

import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from psycopg import errors

from ledger import actions as ledger
from ledger import database_rights, queries
from ledger.models import Entry
from ledger.states import AuditEvent

pytestmark = pytest.mark.django_db(transaction=True)

AuditEvent("test.granted", "{actor} did something.")
PASSWORD = "only-for-a-test"
ADD = "INSERT INTO ledger_entry (at, verb, subject_type, subject_id, details, reason) VALUES (now(), 'test.granted', 'a', 'b', '{}', '')"


def connect(role: str) -> psycopg.Connection[tuple[Any, ...]]:
    """A connection of that role to the tests' database, as Django would make it."""
    told = {**connection.get_connection_params(), "user": role, "password": PASSWORD}
    known = {"host", "port", "dbname", "user", "password"}
    return psycopg.connect(**{name: value for name, value in told.items() if name in known}, autocommit=True)


@pytest.fixture
def role() -> Iterator[str]:
    name = f"program_{uuid.uuid4().hex[:12]}"
    yield name
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        if cursor.fetchone():
            cursor.execute(f"DROP OWNED BY {name}")
            cursor.execute(f"DROP ROLE {name}")


@pytest.fixture
def program(role: str, alice: Any, at: Any) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """The program's connection, once `migrate` has given it its rights; two entries are there."""
    database_rights.grant(connection, role, PASSWORD)
    for _ in range(2):
        with transaction.atomic():
            ledger.record("test.granted", subject=alice, actor=None, at=at)
    with connect(role) as program:
        yield program


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET reason = 'another'",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry CASCADE",
        "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
        "ALTER TABLE ledger_entry ADD COLUMN more text",
        "DROP TABLE ledger_entry CASCADE",
        "DROP TRIGGER pgtrigger_append_only_af900 ON ledger_entry",
        "UPDATE ledger_link SET hash = sha256('x')",
        "DELETE FROM ledger_link",
        "TRUNCATE ledger_link",
        "INSERT INTO ledger_chainhead (id, position, hash) VALUES (2, 0, '')",
        "DELETE FROM ledger_chainhead",
        "DELETE FROM django_migrations",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION ledger_entry_hash(entry ledger_entry, previous bytea) RETURNS bytea RETURN previous",
        "CREATE TABLE mine (id int)",
        "SET ROLE {owner}",
        "GRANT UPDATE ON ledger_entry TO current_user",
    ],
)
def test_the_programs_role_is_refused(program: psycopg.Connection[tuple[Any, ...]], statement: str) -> None:
    # What switches the triggers off for one connection helps nobody who has no right to begin with.
    program.execute("SELECT set_config('pgtrigger.ignore', '{\"ledger_entry:append_only\",\"ledger_link:append_only\"}', false)")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        [owner] = cursor.fetchone() or [""]
    try:
        program.execute(statement.format(owner=owner) if "{owner}" in statement else statement)
    except errors.InsufficientPrivilege:
        pass
    else:  # PostgreSQL answers a GRANT of what one may not grant with a warning.
        assert statement.startswith("GRANT")
        with pytest.raises(errors.InsufficientPrivilege):
            program.execute("UPDATE ledger_entry SET reason = 'another'")
    assert list(queries.find_breaks()) == []
    assert Entry.objects.count() == 2


def test_the_programs_role_adds_an_entry_which_takes_its_place_in_the_chain(program: psycopg.Connection[tuple[Any, ...]]) -> None:
    program.execute(ADD)
    assert list(queries.find_breaks()) == []
    assert program.execute("SELECT position FROM ledger_chainhead").fetchone() == (3,)


def test_it_may_work_with_every_table_and_change_no_record_that_is_append_only(program: psycopg.Connection[tuple[Any, ...]]) -> None:
    rows = program.execute(
        """
        SELECT relname, ARRAY(SELECT word
                              FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES']) word
                              WHERE has_table_privilege(oid, word))
        FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        """
    ).fetchall()
    refused = database_rights.list_refused()
    assert {table: set(may) for table, may in rows} == {
        table: {"SELECT", "INSERT", "UPDATE", "DELETE"} - refused.get(table, set()) for table, _ in rows
    }
    appended = {table for table, statements in refused.items() if {"UPDATE", "DELETE"} <= statements}
    assert {"ledger_entry", "ledger_link"} < appended
    assert len(appended) >= 5


def test_a_role_that_may_do_all_is_no_role_for_the_program() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        [owner] = cursor.fetchone() or [""]
    with pytest.raises(database_rights.NotGranted, match="can do all that the owner can"):
        database_rights.grant(connection, owner, "")


def test_an_owner_that_makes_no_roles_says_what_an_administrator_must_do(role: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {role}")
        cursor.execute(f"SET LOCAL ROLE {role}")
        with pytest.raises(database_rights.NotGranted, match="CREATE ROLE nobody_made_this LOGIN"):
            database_rights.grant(connection, "nobody_made_this", "")
        transaction.set_rollback(True)


def test_migrate_is_done_by_the_owner_and_gives_the_rights(role: str, settings: Any) -> None:
    before = dict(connection.settings_dict)
    settings.DATABASE_OWNER = {"USER": before["USER"], "PASSWORD": before["PASSWORD"]}
    connection.settings_dict.update(USER=role, PASSWORD=PASSWORD)
    try:
        call_command("migrate", verbosity=0)
        assert connection.settings_dict["USER"] == role
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_user, has_table_privilege('ledger_entry', 'INSERT'), has_table_privilege('ledger_entry', 'UPDATE')"
            )
            assert cursor.fetchone() == (role, True, False)
    finally:
        connection.close()
        connection.settings_dict.update(USER=before["USER"], PASSWORD=before["PASSWORD"])


def test_migrate_says_when_the_role_may_do_all(role: str, settings: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {role} LOGIN SUPERUSER PASSWORD '{PASSWORD}'")
    before = dict(connection.settings_dict)
    settings.DATABASE_OWNER = {"USER": before["USER"], "PASSWORD": before["PASSWORD"]}
    connection.settings_dict.update(USER=role, PASSWORD=PASSWORD)
    try:
        with pytest.raises(CommandError, match="can do all that the owner can"):
            call_command("migrate", verbosity=0)
    finally:
        connection.close()
        connection.settings_dict.update(USER=before["USER"], PASSWORD=before["PASSWORD"])
