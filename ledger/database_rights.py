"""What the program's own database role may do, granted by the role that owns the tables, each time that it migrates.

The program reads and writes rows. It owns no table, and of what is append-only it can neither change nor delete a row.
"""

import pgtrigger
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ProgrammingError
from psycopg import sql

from ledger.models import ChainHead

# What a table refuses beside what its triggers refuse always.
REFUSED = {ChainHead._meta.db_table: {"INSERT", "DELETE"}, "django_migrations": {"INSERT", "UPDATE", "DELETE"}}


class NotGranted(Exception):
    """The roles are not what they must be; the message is for the operator."""


def list_refused() -> dict[str, set[str]]:
    """The statements that no one needs on a table: those that its triggers refuse whatever the row."""
    refused = {table: set(statements) for table, statements in REFUSED.items()}
    for model, trigger in pgtrigger.registered():
        if isinstance(trigger, pgtrigger.Protect) and trigger.condition is None:
            refused.setdefault(model._meta.db_table, set()).update(str(trigger.operation).split(" OR "))
    return refused


def grant(connection: BaseDatabaseWrapper, role: str, password: str) -> None:
    """Give the program's role what it needs and no more, in one transaction; make the role when it is not there yet."""
    name = sql.Identifier(role)
    tables = sql.SQL("ALL TABLES IN SCHEMA public")
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR pg_has_role(oid, current_user, 'MEMBER') FROM pg_roles WHERE rolname = %s", [role])
        known = cursor.fetchone()
        if known is None:
            _make(connection, role, password)
        elif known[0]:
            raise NotGranted(
                f"The role {role} of DATABASE_URL can do all that the owner can. Name another one, and keep DATABASE_OWNER_URL."
            )
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {role}",
            "REVOKE ALL ON {tables} FROM {role}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON {tables} TO {role}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        ):
            cursor.execute(sql.SQL(statement).format(role=name, tables=tables))
        existing = set(connection.introspection.table_names(cursor))
        for table, statements in list_refused().items():
            if table in existing:
                words = sql.SQL(", ").join(sql.SQL(word) for word in sorted(statements))
                cursor.execute(sql.SQL("REVOKE {} ON {} FROM {}").format(words, sql.Identifier(table), name))


def _make(connection: BaseDatabaseWrapper, role: str, password: str) -> None:
    make = sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role))
    if password:
        # Only its digest is sent, so that no log of the server has the password.
        digest = connection.connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
        make += sql.SQL(" PASSWORD {}").format(sql.Literal(digest.decode()))
    try:
        with connection.cursor() as cursor:
            cursor.execute(make)
    except ProgrammingError as refused:
        raise NotGranted(
            f"The owner can’t make the role {role}. An administrator must: CREATE ROLE {role} LOGIN PASSWORD '...'"
        ) from refused
