"""Queries that hot pages ask: a queryset is compiled once a process, prepared once a connection, and only filled in with values after that.

Django builds and compiles a queryset anew for every request, and PostgreSQL reads and plans it anew, which takes longer than to run most.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from types import CodeType
from typing import Any, Generic, Self, TypeVar
from uuid import UUID

import psycopg
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row")
# So many statements stay prepared in a connection.
MOST = 300
# An instant is a date, too, and stands before it.
SAMPLES: dict[type, Callable[[int], Any]] = {
    datetime: lambda number: datetime(1971, 1, 1, tzinfo=UTC) + timedelta(hours=number),
    date: lambda number: date(1971, 1, 1) + timedelta(days=number),
    UUID: lambda number: UUID(int=number),
    int: lambda number: 30_000 + number,
    str: lambda number: f"sample {number}",
}


class _Cursor(psycopg.Cursor[Any]):
    """Has its statements prepared by the database; Django's own cursors write the values into the text, and never do."""

    def execute(self, *args: Any, **options: Any) -> Self:
        self.connection.prepare_threshold = 0
        try:
            return super().execute(*args, **options)
        finally:
            self.connection.prepare_threshold = None


class _Connection:
    """Django's connection with such cursors, for one compiler; but where queries are logged, their values shall be seen."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.wrapped = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self.wrapped, name)

    def cursor(self) -> Any:
        self.wrapped.ensure_connection()
        if self.wrapped.queries_logged:
            return self.wrapped.cursor()
        connection = self.wrapped.connection
        connection.prepared_max, connection.cursor_factory, own = MOST, _Cursor, connection.cursor_factory
        try:
            return self.wrapped.cursor()
        finally:
            connection.cursor_factory = own


class Prepared(Generic[Row]):
    """A queryset of some values, each an int, a text, a UUID, a date or an instant, and never None.

    It is compiled twice, with unlike samples of the `kinds` of its values: where the parameters differ, the values stand. Raises
    TypeError where the SQL differs, too, a value has no place in it, or later values are of other kinds.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], kinds: list[type]) -> None:
        self.kinds = tuple(_known(kind) for kind in kinds)
        samples = [[SAMPLES[kind](2 * number + turn) for number, kind in enumerate(self.kinds)] for turn in (1, 2)]
        self.rows, other = (build(*sample) for sample in samples)
        self.compiler = self.rows.query.get_compiler(self.rows.db)
        self.sql, parameters = self.compiler.as_sql()
        self.parameters = list(parameters)
        other_sql, unlike = other.query.get_compiler(other.db).as_sql()
        changing = [place for place, value in enumerate(self.parameters) if value != unlike[place]]
        known = {pair: number for number, pair in enumerate(zip(*samples, strict=True))}
        self.places = [(place, known.get((self.parameters[place], unlike[place]), -1)) for place in changing]
        if self.sql != other_sql or {number for _, number in self.places} != set(range(len(kinds))):
            raise TypeError(f"{build.__qualname__} does not keep its SQL, or a value has no place of its own in it")

    def all(self, *values: Any) -> list[Row]:
        """Read the rows for these values."""
        return list(self._bind(values))

    def one(self, *values: Any) -> Row:
        """Read the only row; raises the model's DoesNotExist where there is none."""
        rows = self.all(*values)
        if len(rows) != 1:
            raise self.rows.model.MultipleObjectsReturned if rows else self.rows.model.DoesNotExist
        return rows[0]

    def _bind(self, values: tuple[Any, ...]) -> QuerySet[Any, Row]:
        if not all(map(isinstance, values, self.kinds)):
            raise TypeError(f"{values} are no values of this query")
        parameters, compiler = self.parameters.copy(), copy.copy(self.compiler)
        for place, number in self.places:
            parameters[place] = self._casts[place](values[number])
        compiler.connection = _Connection(connections[self.rows.db])
        compiler.as_sql = lambda: (self.sql, tuple(parameters))
        if self.rows.query.select_for_update and not compiler.connection.in_atomic_block:
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        # A queryset that is copied as other objects are would be read first.
        bound: QuerySet[Any, Row] = object.__new__(type(self.rows))
        query: Any = copy.copy(self.rows.query)
        query.get_compiler = lambda *_, **__: compiler
        bound.__dict__.update(self.rows.__dict__, _query=query)
        return bound

    @cached_property
    def _casts(self) -> dict[int, Callable[[Any], Any]]:
        """What Django's backend makes of the value in each place: whole numbers carry their size."""
        kinds = {place: type(self.parameters[place]) for place, _ in self.places}
        return {place: (lambda value: value) if kind in SAMPLES else kind for place, kind in kinds.items()}


_PREPARED: dict[CodeType, Prepared[Any]] = {}


def _prepare(build: Callable[..., QuerySet[Any, Row]], values: tuple[Any, ...]) -> Prepared[Row]:
    """Give what a lambda makes, by its place in the code; raises TypeError for one that takes more than its arguments."""
    prepared = _PREPARED.get(build.__code__)
    if prepared is None:
        if build.__closure__ is not None:
            raise TypeError(f"{build.__qualname__} takes values from around it, which would stay as they are now")
        prepared = _PREPARED[build.__code__] = Prepared(build, [type(value) for value in values])
    return prepared


def ask(build: Callable[..., QuerySet[Any, Row]], *values: Any) -> list[Row]:
    """Read the rows of a queryset that a lambda makes of these values."""
    return _prepare(build, values).all(*values)


def ask_first(build: Callable[..., QuerySet[Any, Row]], *values: Any) -> Row | None:
    """Read the first row of a queryset that is cut at one, or None."""
    return next(iter(ask(build, *values)), None)


def ask_one(build: Callable[..., QuerySet[Any, Row]], *values: Any) -> Row:
    """Read the only row; raises the model's DoesNotExist where there is none."""
    return _prepare(build, values).one(*values)


def read(sql: str, parameters: Mapping[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
    """Give the rows of a statement of one's own, whose text doesn't change with the values."""
    with _Connection(connections["default"]).cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _known(kind: type) -> type:
    for known in SAMPLES:
        if issubclass(kind, known):
            return known
    raise TypeError(f"A value of a prepared query can't be {kind.__name__}")
