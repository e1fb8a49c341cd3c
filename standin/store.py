"""What the stand-in remembers: objects, answers by idempotency key, and events, in one SQLite file that survives a kill."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

SCHEMA = """
    CREATE TABLE IF NOT EXISTS thing (id TEXT PRIMARY KEY, body TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS answer (key TEXT PRIMARY KEY, asked TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS event (
        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, body TEXT NOT NULL, delivered INTEGER NOT NULL DEFAULT 0
    );
"""


class Store:
    """One connection behind one lock: every change is one transaction, and two requests never interleave."""

    def __init__(self, path: str) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.executescript(SCHEMA)

    @contextmanager
    def change(self) -> Iterator[None]:
        """Do all of a change or nothing of it."""
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def put(self, thing: dict[str, Any]) -> None:
        """Keep an object under its id, in place of what was there."""
        with self.change():
            self._connection.execute("REPLACE INTO thing VALUES (?, ?)", (thing["id"], json.dumps(thing)))

    def get(self, id: str) -> dict[str, Any] | None:
        """The object with this id."""
        with self._lock:
            row = self._connection.execute("SELECT body FROM thing WHERE id = ?", (id,)).fetchone()
        return json.loads(row[0]) if row else None

    def find(self, **fields: str) -> list[dict[str, Any]]:
        """Every object with these fields."""
        with self._lock:
            rows = self._connection.execute("SELECT body FROM thing").fetchall()
        things = [json.loads(row[0]) for row in rows]
        return [thing for thing in things if all(thing.get(name) == value for name, value in fields.items())]

    def answer(self, key: str) -> tuple[str, int, dict[str, Any]] | None:
        """What was asked and answered under an idempotency key."""
        with self._lock:
            row = self._connection.execute("SELECT asked, status, body FROM answer WHERE key = ?", (key,)).fetchone()
        return (row[0], row[1], json.loads(row[2])) if row else None

    def remember(self, key: str, request: str, status: int, body: dict[str, Any]) -> None:
        """Keep an answer, to be given again."""
        with self.change():
            self._connection.execute("INSERT INTO answer VALUES (?, ?, ?, ?)", (key, request, status, json.dumps(body)))

    def forget_answers(self) -> None:
        """Forget every idempotency key, as Stripe does after a day."""
        with self.change():
            self._connection.execute("DELETE FROM answer")

    def add_event(self, event: dict[str, Any]) -> None:
        """Keep an event that is not delivered yet."""
        with self.change():
            self._connection.execute("INSERT INTO event (id, body) VALUES (?, ?)", (event["id"], json.dumps(event)))

    def mark_delivered(self, id: str) -> None:
        """Note that someone took an event, or that it is lost on purpose."""
        with self.change():
            self._connection.execute("UPDATE event SET delivered = 1 WHERE id = ?", (id,))

    def events(self, *, undelivered: bool = False) -> list[dict[str, Any]]:
        """Every event, in the order in which it happened."""
        with self._lock:
            rows = self._connection.execute("SELECT body, delivered FROM event ORDER BY number").fetchall()
        return [json.loads(body) for body, delivered in rows if not (undelivered and delivered)]

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()
