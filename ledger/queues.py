"""Queues: each app says in its `queues.py` what waits for a person to decide; one statement puts all of it together for the inbox."""

import contextlib
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, BooleanField, DateField, ExpressionWrapper, F, Q, QuerySet, TextField, UUIDField, Value
from django.db.models.functions import Cast, JSONObject, TruncDate

from ledger.models import Claim

# Some working days after the day `since`, as `programs.policy.add_working_days` counts them; NULL where no number is given.
ANSWER_BY = """(
    since - greatest(extract(isodow FROM since)::int - 5, 0) + %s::int
    + 2 * ((least(extract(isodow FROM since)::int, 5) - 1 + %s::int) / 5)
)"""
ORDER = "NOT needs_person, coalesce(due_on, 'infinity'), since, kind, thing"
COLUMNS = ("kind", "thing", "about", "since", "due_on", "needs_person", "details")


def day(column: str) -> TruncDate:
    """The day that counts for deadlines of an instant in a column."""
    return TruncDate(column, tzinfo=ZoneInfo(settings.DEADLINE_ZONE))


@dataclass(frozen=True)
class WorkItemQuery:
    """What waits in one queue, as columns: names of fields, or expressions.

    `about` leads to the key of the person whom the thing is about: it is kept from them. `since` and `due_on` are days. `needs_person`
    puts a thing above what is ready to decide. `details` are the values that its words are made of. Keep a partial index on what is asked.
    """

    rows: QuerySet[Any, Any]
    since: Any
    details: dict[str, Any]
    thing: str = "id"
    about: Any = None
    due_on: Any = None
    needs_person: bool | Q = False

    def as_sql(self, kind: str, *, things: Collection[UUID] | None = None) -> tuple[str, tuple[Any, ...]]:
        """One SELECT of the columns that all queues share."""
        rows = self.rows if things is None else self.rows.filter(**{f"{self.thing}__in": list(things)})
        columns = {
            "kind": Cast(Value(kind), TextField()),
            "thing": Cast(F(self.thing), UUIDField()),
            "about": Cast(_expression(self.about), BigIntegerField()),
            "since": Cast(_expression(self.since), DateField()),
            "due_on": Cast(_expression(self.due_on), DateField()),
            "needs_person": ExpressionWrapper(_expression(self.needs_person), BooleanField()),
            "details": JSONObject(**self.details),
        }
        # Prefixed, since a model may have a field of the same name.
        rows = rows.order_by().annotate(**{f"inbox_{name}": column for name, column in columns.items()})
        sql, params = rows.values_list(*(f"inbox_{name}" for name in COLUMNS)).query.sql_with_params()
        return sql, tuple(params)


def _expression(named: Any) -> Any:
    """A column by its name, an expression as it is, and a value as such."""
    if isinstance(named, str):
        return F(named)
    return named if hasattr(named, "resolve_expression") else Value(named)


@dataclass(frozen=True)
class WorkItemRow:
    """One row of the union, before its app has found words for it."""

    kind: str
    thing: UUID
    about: int | None
    since: date
    due_on: date | None
    needs_person: bool
    details: dict[str, Any]

    def day(self, name: str) -> date:
        """A detail that is a day."""
        return date.fromisoformat(str(self.details[name])[:10])


@dataclass(frozen=True)
class WorkItemText:
    """A thing in words: its title, a line of detail, where it is decided, and who has it."""

    title: str
    detail: str
    url: str
    holder: str = "Staff"


@dataclass(frozen=True)
class WorkItem:
    """One thing that waits, as the inbox shows it; `owner` is the key of the one who took it, `owned_by` what we call them."""

    kind: str
    thing: UUID
    queue: str
    title: str
    detail: str
    url: str
    since: date
    due_on: date | None
    holder: str
    needs_person: bool
    about: int | None = None
    owner: int | None = None
    owned_by: str = ""


class WorkItemFinder(Protocol):
    """Says which rows wait at an instant."""

    def __call__(self, *, at: datetime) -> WorkItemQuery:
        """Give the rows; they are not read here."""


@dataclass(eq=False)
class Queue:
    """One kind of thing that waits. Queues of one `name` share a tab of the inbox; what is `confided` to staff, auditors do not see."""

    kind: str
    name: str
    find: WorkItemFinder
    confided: bool = False
    render: Callable[[WorkItemRow], WorkItemText] | None = None

    def text(self, renderer: Callable[[WorkItemRow], WorkItemText]) -> Callable[[WorkItemRow], WorkItemText]:
        """Decorate the function that says one thing in words; it must not query."""
        self.render = renderer
        return renderer


QUEUES: dict[str, Queue] = {}


def queue(kind: str, *, name: str, confided: bool = False) -> Callable[[WorkItemFinder], Queue]:
    """Register a queue under a `kind` ("app.thing") that never changes: what people took from the inbox carries it."""

    def register(find: WorkItemFinder) -> Queue:
        if kind in QUEUES:
            raise ValueError(f"Two queues are called {kind}")
        registered = QUEUES[kind] = Queue(kind, name, find, confided)
        return registered

    return register


@dataclass(frozen=True)
class Cursor:
    """Where a page of the inbox begins: after the thing with these marks."""

    ready: bool
    due_on: str
    since: str
    kind: str
    thing: UUID

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read it from an address; None where it is no cursor."""
        parts = text.split("_")
        try:
            ready, due_on, since, kind, thing = parts
            # Read and written again: the week dates that Python takes, too, are no dates to the database.
            due_on = due_on if due_on == "infinity" else date.fromisoformat(due_on).isoformat()
            since = date.fromisoformat(since).isoformat()
            return cls(ready == "1", due_on, since, QUEUES[kind.replace("-", ".")].kind, UUID(thing))
        except (ValueError, KeyError):
            return None

    @classmethod
    def after(cls, item: WorkItem) -> Self:
        """The cursor after an item."""
        return cls(
            not item.needs_person, item.due_on.isoformat() if item.due_on else "infinity", item.since.isoformat(), item.kind, item.thing
        )

    def __str__(self) -> str:
        return f"{int(self.ready)}_{self.due_on}_{self.since}_{self.kind.replace('.', '-')}_{self.thing}"


@dataclass(frozen=True)
class QueueCount:
    """How many items of one tab wait, are late, are due from today to the end of the week, and how many of them the reader took."""

    name: str
    count: int
    late: int
    this_week: int
    mine: int


@dataclass(frozen=True)
class WorkItemFilter:
    """Which part of the inbox: some kinds, or all; what one person took; these things; after a cursor. Never what is about the `reader`,
    nor, where they are not `on_staff`, what is confided to staff. What has no day of its own is due so many working days after it began to
    wait, where that number is given.
    """

    kinds: Collection[str] | None = None
    owner: int | None = None
    reader: int | None = None
    on_staff: bool = True
    things: Collection[UUID] | None = None
    after: Cursor | None = None
    limit: int | None = None
    answer_working_days: int | None = None


@dataclass(frozen=True)
class Statement:
    """One statement over several queues: its parameters, and which of them are an instant, by how much it is off the one asked for."""

    sql: str
    params: tuple[Any, ...]
    offsets: dict[int, timedelta]

    def bind(self, at: datetime) -> list[Any]:
        """Give the parameters for an instant."""
        return [at + self.offsets[place] if place in self.offsets else value for place, value in enumerate(self.params)]


def list_work_items(filters: WorkItemFilter, *, at: datetime) -> list[WorkItem]:
    """What waits, most urgent first: what needs a person, then by day, then by age. One query over all queues."""
    return _read(filters, at=at)[1]


def read_inbox(filters: WorkItemFilter, *, at: datetime, today: date) -> tuple[list[QueueCount], list[WorkItem]]:
    """How much waits for the reader in each tab, by name, and what `list_work_items` gives. A week ends on Saturday. One query."""
    counts, work_items = _read(filters, at=at, week=(today, today + timedelta(days=6 - today.isoweekday() % 7)))
    names: dict[str, list[int]] = {}
    for kind, *numbers in counts:
        sums = names.setdefault(QUEUES[kind].name, [0, 0, 0, 0])
        names[QUEUES[kind].name] = [total + other for total, other in zip(sums, numbers, strict=True)]
    return [QueueCount(name, *names[name]) for name in sorted(names)], work_items


COUNTS = """(
    SELECT coalesce(json_agg(json_build_array(kind, number, late, week, mine)), '[]')
    FROM (
        SELECT kind, count(*) AS number, count(*) FILTER (WHERE due_on < %s) AS late,
            count(*) FILTER (WHERE due_on BETWEEN %s AND %s) AS week, count(*) FILTER (WHERE owner_id = %s) AS mine
        FROM waiting GROUP BY kind
    ) AS sums
)"""


def _read(filters: WorkItemFilter, *, at: datetime, week: tuple[date, date] | None = None) -> tuple[list[tuple[Any, ...]], list[WorkItem]]:
    """Read a page of what waits, and for a `week` all counts beside it: then the union has every queue that the reader may see."""
    kinds = None if week else filters.kinds
    statement = _compile(kinds, filters.things, filters.on_staff, at=at)
    if statement is None:
        return [], []
    where, more = _conditions(filters)
    days, reader = filters.answer_working_days, filters.reader or 0  # no one has the key 0
    counts, counted = (COUNTS, (week[0], *week, reader)) if week else ("'[]'::json", ())
    sql = f"""
        WITH found ({", ".join(COLUMNS)}) AS ({statement.sql}), waiting AS (
            SELECT found.kind, found.thing, about, since, coalesce(due_on, {ANSWER_BY}) AS due_on, needs_person, details, owner_id
            FROM found LEFT JOIN {Claim._meta.db_table} held ON held.kind = found.kind AND held.thing = found.thing
            WHERE about IS DISTINCT FROM %s
        ), page AS (
            SELECT * FROM waiting WHERE {where} ORDER BY {ORDER} LIMIT %s
        )
        SELECT counts.counts, page.*, coalesce(nullif(owner.called, ''), owner.name, '')
        FROM (SELECT {counts} AS counts) AS counts LEFT JOIN page ON true
        LEFT JOIN {get_user_model()._meta.db_table} owner ON owner.id = page.owner_id ORDER BY {ORDER}
    """  # noqa: S608 (made of the querysets' own statements)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*statement.bind(at), days, days, reader, *more, filters.limit, *counted])
        rows = cursor.fetchall()
    return json.loads(rows[0][0]) if isinstance(rows[0][0], str) else rows[0][0], [_waiting(row[1:]) for row in rows if row[1] is not None]


def list_app_work_items(app: str, *, at: datetime) -> list[WorkItem]:
    """What waits in one app. One query."""
    return list_work_items(WorkItemFilter(kinds=[kind for kind in QUEUES if kind.startswith(f"{app}.")]), at=at)


def get_work_item(kind: str, thing: UUID, *, at: datetime) -> WorkItem | None:
    """One thing, if it waits now. One query."""
    return next(iter(list_work_items(WorkItemFilter(kinds=[kind], things=[thing]), at=at)), None)


def _compile(kinds: Collection[str] | None, things: Collection[UUID] | None, on_staff: bool, *, at: datetime) -> Statement | None:
    """The union of queues. To make it costs more than to run it: it is kept for a quarter of an hour, in which no day ends anywhere."""
    chosen = tuple(kind for kind in QUEUES if (kinds is None or kind in kinds) and (on_staff or not QUEUES[kind].confided))
    if things is not None:
        return _unite(chosen, things, at)
    return _keep(chosen, at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0))


@lru_cache(64)
def _keep(kinds: tuple[str, ...], begin: datetime) -> Statement | None:
    statement, other = (_unite(kinds, None, at) for at in (begin, begin + timedelta(minutes=1)))
    if statement is None and other is None:
        return None
    if statement is not None and other is not None and statement.sql == other.sql:
        changing = [place for place, value in enumerate(statement.params) if value != other.params[place]]
        offsets = {place: statement.params[place] - begin for place in changing}
        if all(other.params[place] - offsets[place] == begin + timedelta(minutes=1) for place in changing):
            return Statement(statement.sql, statement.params, offsets)
    raise TypeError("A queue must keep its SQL for a quarter of an hour, and hold the instant by a fixed difference")


def _unite(kinds: Collection[str], things: Collection[UUID] | None, at: datetime) -> Statement | None:
    statements = []
    for kind in kinds:
        with contextlib.suppress(EmptyResultSet):
            statements.append(QUEUES[kind].find(at=at).as_sql(kind, things=things))
    sql = " UNION ALL ".join(f"({sql})" for sql, _ in statements)
    return Statement(sql, tuple(value for _, values in statements for value in values), {}) if statements else None


def _conditions(filters: WorkItemFilter) -> tuple[str, list[Any]]:
    where = ["true"]
    params: list[Any] = []
    if filters.kinds is not None:
        where.append("kind = ANY(%s)")
        params.append(list(filters.kinds))
    if filters.owner is not None:
        where.append("owner_id = %s")
        params.append(filters.owner)
    if filters.after is not None:
        cursor = filters.after
        where.append(f"({ORDER}) > (%s, %s::date, %s::date, %s, %s)")
        params += [cursor.ready, cursor.due_on, cursor.since, cursor.kind, cursor.thing]
    return " AND ".join(where), params


def _waiting(row: tuple[Any, ...]) -> WorkItem:
    kind, thing, about, since, due_on, needs_person, details, owner, owned_by = row
    queue_of_item = QUEUES[kind]
    if queue_of_item.render is None:
        raise LookupError(f"The queue {kind} has no words")
    text = queue_of_item.render(WorkItemRow(kind, thing, about, since, due_on, needs_person, json.loads(details)))
    return WorkItem(
        kind=kind,
        thing=thing,
        queue=queue_of_item.name,
        title=text.title,
        detail=text.detail,
        url=text.url,
        since=since,
        due_on=due_on,
        holder=text.holder,
        needs_person=needs_person,
        about=about,
        owner=owner,
        owned_by=owned_by,
    )
