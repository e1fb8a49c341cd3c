"""Queues: each app says in its `queues.py` what waits for a person to decide; one statement puts all of it together for the inbox."""

import contextlib
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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


Statements = dict[str, tuple[str, tuple[Any, ...]]]


def list_work_items(filters: WorkItemFilter, *, at: datetime, statements: Statements | None = None) -> list[WorkItem]:
    """What waits, most urgent first: what needs a person, then by day, then by age. One query over all queues.

    `statements` are those that `compile_queues` made for this instant; without them, they are made here.
    """
    union, params = _union(compile_queues(filters, at=at) if statements is None else statements, filters.kinds)
    if not union:
        return []
    where, more = _conditions(filters)
    users = get_user_model()._meta.db_table
    sql = f"""
        WITH found ({", ".join(COLUMNS)}) AS ({union}), waiting AS (
            SELECT kind, thing, about, since, coalesce(due_on, {ANSWER_BY}) AS due_on, needs_person, details FROM found
        )
        SELECT waiting.*, held.owner_id, coalesce(nullif(owner.called, ''), owner.name, '')
        FROM waiting
        LEFT JOIN {Claim._meta.db_table} held ON held.kind = waiting.kind AND held.thing = waiting.thing
        LEFT JOIN {users} owner ON owner.id = held.owner_id
        WHERE {where}
        ORDER BY NOT needs_person, coalesce(due_on, 'infinity'), since, waiting.kind, waiting.thing
        LIMIT %s
    """  # noqa: S608 (made of the querysets' own statements)
    with connection.cursor() as cursor:
        days = filters.answer_working_days
        cursor.execute(sql, [*params, days, days, *more, filters.limit])
        return [_waiting(row) for row in cursor.fetchall()]


def count_work_items(statements: Statements, *, filters: WorkItemFilter, today: date) -> list[QueueCount]:
    """How much waits in each tab, by name; what is due as `list_work_items` says. A week ends on Saturday. One query."""
    union, params = _union(statements, None)
    sql = f"""
        WITH found ({", ".join(COLUMNS)}) AS ({union}), waiting AS (
            SELECT kind, thing, about, coalesce(due_on, {ANSWER_BY}) AS due_on FROM found
        )
        SELECT waiting.kind, count(*), count(*) FILTER (WHERE due_on < %s), count(*) FILTER (WHERE due_on BETWEEN %s AND %s),
            count(*) FILTER (WHERE held.owner_id = %s)
        FROM waiting LEFT JOIN {Claim._meta.db_table} held ON held.kind = waiting.kind AND held.thing = waiting.thing
        WHERE about IS DISTINCT FROM %s GROUP BY waiting.kind
    """  # noqa: S608 (made of the querysets' own statements)
    names: dict[str, list[int]] = {}
    with connection.cursor() as cursor:
        days, saturday = filters.answer_working_days, today + timedelta(days=6 - today.isoweekday() % 7)
        cursor.execute(sql, [*params, days, days, today, today, saturday, filters.reader, filters.reader])
        for kind, *numbers in cursor.fetchall():
            sums = names.setdefault(QUEUES[kind].name, [0, 0, 0, 0])
            names[QUEUES[kind].name] = [total + other for total, other in zip(sums, numbers, strict=True)]
    return [QueueCount(name, *names[name]) for name in sorted(names)]


def list_app_work_items(app: str, *, at: datetime) -> list[WorkItem]:
    """What waits in one app. One query."""
    return list_work_items(WorkItemFilter(kinds=[kind for kind in QUEUES if kind.startswith(f"{app}.")]), at=at)


def get_work_item(kind: str, thing: UUID, *, at: datetime) -> WorkItem | None:
    """One thing, if it waits now. One query."""
    return next(iter(list_work_items(WorkItemFilter(kinds=[kind], things=[thing]), at=at)), None)


def compile_queues(filters: WorkItemFilter, *, at: datetime) -> Statements:
    """One SELECT for each queue of these kinds, and of these things. To make them costs more than to run them: make them once a request."""
    statements: Statements = {}
    for kind in QUEUES if filters.kinds is None else filters.kinds:
        if QUEUES[kind].confided and not filters.on_staff:
            continue
        with contextlib.suppress(EmptyResultSet):
            statements[kind] = QUEUES[kind].find(at=at).as_sql(kind, things=filters.things)
    return statements


def _union(statements: Statements, kinds: Collection[str] | None) -> tuple[str, list[Any]]:
    chosen = [statement for kind, statement in statements.items() if kinds is None or kind in kinds]
    return " UNION ALL ".join(f"({sql})" for sql, _ in chosen), [value for _, values in chosen for value in values]


def _conditions(filters: WorkItemFilter) -> tuple[str, list[Any]]:
    where = ["true"]
    params: list[Any] = []
    if filters.reader is not None:
        where.append("about IS DISTINCT FROM %s")
        params.append(filters.reader)
    if filters.owner is not None:
        where.append("held.owner_id = %s")
        params.append(filters.owner)
    if filters.after is not None:
        cursor = filters.after
        where.append(
            "(NOT needs_person, coalesce(due_on, 'infinity'), since, waiting.kind, waiting.thing) > (%s, %s::date, %s::date, %s, %s)"
        )
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
