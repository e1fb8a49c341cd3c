"""Worlds that take long to make: each is made once a process, in a database of its own that begins as a copy of the tests' own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from django.core.files.storage import InMemoryStorage, storages
from django.db import connection, transaction


class World:
    """What was made, the database that holds it, and the files that it kept."""

    def __init__(self, name: str, make: Callable[[], Any]) -> None:
        self.name, self.files = name, InMemoryStorage()
        connection.close()
        own = connection.settings_dict["NAME"]
        self.database = connection.creation.get_test_db_clone_settings(name)["NAME"]
        with connection._nodb_cursor() as cursor:  # Only what nobody uses can be copied.
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [own])
        connection.creation.clone_test_db(name, verbosity=0)
        with _working_in(self.database, self.files), transaction.atomic():
            self.made = make()
            connection.run_on_commit = []  # Nothing that waits for the end of a transaction happens in tests.

    @contextmanager
    def entered(self) -> Iterator[Any]:
        """Let the program work in this world. Each visitor takes back what they change in its database; their files are their own."""
        with _working_in(self.database, deepcopy(self.files)):
            yield self.made

    def drop(self) -> None:
        """Drop the database."""
        connection.creation.destroy_test_db(suffix=self.name, verbosity=0)


@contextmanager
def _working_in(database: str, files: InMemoryStorage) -> Iterator[None]:
    """Use another database and other files; no connection stays: with Playwright's loop in this thread, Django has a second one."""
    connection.close()
    storage = storages["default"]
    own, storage._root = (connection.settings_dict["NAME"], storage._root), files._root
    connection.settings_dict["NAME"] = database
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"], storage._root = own
