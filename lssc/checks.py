"""What `check --deploy` says about a site that others can reach; the one about the database needs `--database default`."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

SEES = """
    SELECT rolsuper OR pg_has_role(relowner, 'MEMBER'), has_table_privilege(pg_class.oid, 'UPDATE, DELETE, TRUNCATE')
    FROM pg_class, pg_roles WHERE pg_class.oid = to_regclass('ledger_entry') AND rolname = current_user
"""


@register(Tags.security, deploy=True)
def check_demonstration(**options: Any) -> list[CheckMessage]:
    """A demonstration shows everyone every email, and the password of its staff."""
    if settings.DEMO and settings.PUBLIC_URL.startswith("https://"):
        hint = "Unset DEMO, or give PUBLIC_URL an address of this machine."
        return [Error("DEMO is on at a public address: everyone can read every email and sign in as staff.", hint=hint, id="lssc.E001")]
    return []


@register(Tags.database, deploy=True)
def check_database_role(databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """The program must not be able to rewrite the audit."""
    check_messages: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute(SEES)
            row = cursor.fetchone()
        if row and any(row):
            hint = "Name another role in DATABASE_URL, the owner in DATABASE_OWNER_URL for migrate alone, and migrate."
            check_messages.append(Warning("The program’s database role can rewrite the audit.", hint=hint, id="lssc.W001"))
    return check_messages
