"""Django's migrate, as the role that owns the tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from ledger import database_rights


class Command(migrate.Command):
    """Migrate as the owner that DATABASE_OWNER_URL names, then give the program's role its rights."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Do what Django does, its checks included, which ask the database too; without such a setting, nothing else."""
        if not settings.DATABASE_OWNER:
            return super().execute(*args, **options)
        connection = connections[options["database"]]
        program = dict(connection.settings_dict)
        with _owner(connection):
            output = super().execute(*args, **options)
            if program["USER"] != settings.DATABASE_OWNER["USER"]:
                try:
                    database_rights.grant(connection, program["USER"], program["PASSWORD"])
                except database_rights.NotGranted as refused:
                    raise CommandError(str(refused)) from refused
        return output


@contextmanager
def _owner(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Be the owner for a while, in the same database at the same place."""
    before = {name: connection.settings_dict[name] for name in ("USER", "PASSWORD")}
    connection.close()
    connection.settings_dict.update({name: settings.DATABASE_OWNER[name] for name in before})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
