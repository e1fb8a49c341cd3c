"""Queues: each app says in its `queues.py` what waits for a person to decide; the inbox reads what `ledger.inbox_items` keeps of it."""

import contextlib
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import EmptyResultSet
from django.db.models import (
    BigIntegerField,
    BooleanField,
    DateField,
    DateTimeField,
    ExpressionWrapper,
    F,
    Func,
    Q,
    QuerySet,
    UUIDField,
    Value,
)
from django.db.models.functions import Cast, JSONObject, TruncDate

from ledger import prepared
from ledger.models import Claim, InboxCount, InboxItem

# Some working days after the day `since`, as `programs.policy.add_working_days` counts them; NULL where no number is given.
ANSWER_BY = """(
    since - greatest(extract(isodow FROM since)::int - 5, 0) + %(days)s::int
    + 2 * ((least(extract(isodow FROM since)::int, 5) - 1 + %(days)s::int) / 5)
)"""
ORDER = "ready, coalesce(due_on, 'infinity'), since, kind COLLATE \"C\", thing"
KEPT = ("thing", "about", "since", "due_on", "needs_person", "visible_from", "visible_until")
NO_THING, LAST_THING = UUID(int=0), UUID(int=2**128 - 1)


def day(column: str) -> TruncDate:
    """The day that counts for deadlines of an instant in a column."""
    return TruncDate(column, tzinfo=ZoneInfo(settings.DEADLINE_ZONE))


def begin(of: Any) -> Func:
    """The instant at which the day of a column or an expression begins, in the zone that counts for deadlines."""
    template = f"((%(expressions)s)::timestamp AT TIME ZONE '{settings.DEADLINE_ZONE}')"
    return Func(_expression(of), template=template, output_field=DateTimeField())


@dataclass(frozen=True)
class Link:
    """How a row of another app's `model` ("app.Model") leads to things where no key does: SQL `theirs` of its columns is column `ours`.

    Only rows with the values `when` do, before a change or after it.
    """

    model: str
    theirs: str
    ours: str
    when: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WorkItemQuery:
    """What waits in one queue, as columns: names of fields, or expressions.

    `about` leads to the key of the person whom the thing is about: it is kept from them. `since` and `due_on` are days. `needs_person`
    puts a thing above what is ready to decide. `details` are the values that its words are made of. What waits only from an instant on, or
    until one, says so: the rows are kept and must not depend on the time. `links` say on what else they depend, beside what is joined.
    """

    rows: QuerySet[Any, Any]
    since: Any
    details: dict[str, Any]
    thing: str = "id"
    about: Any = None
    due_on: Any = None
    needs_person: bool | Q = False
    visible_from: Any = None
    visible_until: Any = None
    links: tuple[Link, ...] = ()

    def kept_rows(self) -> QuerySet[Any, Any]:
        """What is kept of each row."""
        columns = {
            "thing": Cast(F(self.thing), UUIDField()),
            "about": Cast(_expression(self.about), BigIntegerField()),
            "since": Cast(_expression(self.since), DateField()),
            "due_on": Cast(_expression(self.due_on), DateField()),
            "needs_person": ExpressionWrapper(_expression(self.needs_person), BooleanField()),
            "visible_from": Cast(_expression(self.visible_from), DateTimeField()),
            "visible_until": Cast(_expression(self.visible_until), DateTimeField()),
        }
        # Prefixed, since a model may have a field of the same name.
        rows = self.rows.order_by().annotate(**{f"inbox_{name}": column for name, column in columns.items()})
        kept: QuerySet[Any, Any] = rows.values_list(*(f"inbox_{name}" for name in KEPT))
        return kept

    def detail_rows(self) -> QuerySet[Any, Any]:
        """The things and what their words are made of."""
        columns = {"inbox_thing": Cast(F(self.thing), UUIDField()), "inbox_details": JSONObject(**self.details)}
        rows: QuerySet[Any, Any] = self.rows.order_by().annotate(**columns).values_list(*columns)
        return rows


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
    """One kind of thing that waits. Queues of one `name` share a tab of the inbox; what is `confided` to staff, auditors do not see.

    A `live` queue is not kept but asked each time: its rows are one at most, found without looking at many.
    """

    kind: str
    name: str
    find: WorkItemFinder
    confided: bool = False
    live: bool = False
    render: Callable[[WorkItemRow], WorkItemText] | None = None

    def text(self, renderer: Callable[[WorkItemRow], WorkItemText]) -> Callable[[WorkItemRow], WorkItemText]:
        """Decorate the function that says one thing in words; it must not query."""
        self.render = renderer
        return renderer


QUEUES: dict[str, Queue] = {}


def queue(kind: str, *, name: str, confided: bool = False, live: bool = False) -> Callable[[WorkItemFinder], Queue]:
    """Register a queue under a `kind` ("app.thing") that never changes: what people took from the inbox carries it."""

    def register(find: WorkItemFinder) -> Queue:
        if kind in QUEUES:
            raise ValueError(f"Two queues are called {kind}")
        registered = QUEUES[kind] = Queue(kind, name, find, confided, live)
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
    """One statement of a queue: its parameters, and which of them are an instant, by how much it is off the one asked for."""

    sql: str
    params: tuple[Any, ...]
    offsets: dict[int, timedelta]

    def bind(self, at: datetime) -> list[Any]:
        """Give the parameters for an instant."""
        return [at + self.offsets[place] if place in self.offsets else value for place, value in enumerate(self.params)]


def list_work_items(filters: WorkItemFilter, *, at: datetime) -> list[WorkItem]:
    """What waits, most urgent first: what needs a person, then by day, then by age. Two queries over all queues."""
    return _read(filters, at=at)[1]


def read_inbox(filters: WorkItemFilter, *, at: datetime, today: date) -> tuple[list[QueueCount], list[WorkItem]]:
    """How much waits for the reader in each tab, by name, and what `list_work_items` gives. A week ends on Saturday. Two queries."""
    counts, work_items = _read(filters, at=at, week=(today, today + timedelta(days=6 - today.isoweekday() % 7)))
    names: dict[str, list[int]] = {}
    for kind, *numbers in counts:
        sums = names.setdefault(QUEUES[kind].name, [0, 0, 0, 0])
        names[QUEUES[kind].name] = [total + other for total, other in zip(sums, numbers, strict=True)]
    return [QueueCount(name, *names[name]) for name in sorted(names)], work_items


def list_app_work_items(app: str, *, at: datetime) -> list[WorkItem]:
    """What waits in one app. Two queries."""
    return list_work_items(WorkItemFilter(kinds=[kind for kind in QUEUES if kind.startswith(f"{app}.")]), at=at)


def get_work_item(kind: str, thing: UUID, *, at: datetime) -> WorkItem | None:
    """One thing, if it waits now. Two queries."""
    return next(iter(list_work_items(WorkItemFilter(kinds=[kind], things=[thing]), at=at)), None)


ITEMS, COUNTS, CLAIMS = InboxItem._meta.db_table, InboxCount._meta.db_table, Claim._meta.db_table
ITEM = "item.kind, item.thing, item.about, item.since, item.due_on, item.ready"
SHOWN = "(visible_from IS NULL OR visible_from <= %(at)s) AND (visible_until IS NULL OR visible_until > %(at)s)"
# Where the rows of a page come from. Of each kind no more than a page, by the two indexes of its order: what has a day of its own, and
# what is due some working days after it began to wait, in which order the ones are as old as the others are due. What was ahead when the
# sweep ran last, whatever its order.
BY_ORDER = f"""
    SELECT {ITEM} FROM (
        SELECT kind, CASE WHEN kind = %(kind)s THEN %(thing)s WHEN kind COLLATE "C" > %(kind)s THEN '{NO_THING}' ELSE '{LAST_THING}' END
            ::uuid AS after FROM unnest(%(kinds)s::text[]) AS kind
    ) AS asked
    CROSS JOIN LATERAL ((
        SELECT * FROM {ITEMS} item WHERE item.kind = asked.kind AND stage = 1 AND due_on IS NOT NULL
        AND (ready, due_on, since, thing) > (%(ready)s, %(due_on)s::date, %(since)s::date, asked.after)
        AND about IS DISTINCT FROM %(reader)s AND {SHOWN} ORDER BY ready, due_on, since, thing LIMIT %(limit)s
    ) UNION ALL (
        SELECT * FROM {ITEMS} item WHERE item.kind = asked.kind AND stage = 1 AND due_on IS NULL
        AND (ready, since, thing) > (%(ready)s, %(begun)s::date, CASE WHEN %(same_day)s THEN asked.after ELSE '{NO_THING}' END)
        AND about IS DISTINCT FROM %(reader)s AND {SHOWN} ORDER BY ready, since, thing LIMIT %(limit)s
    )) item
    UNION ALL SELECT {ITEM} FROM {ITEMS} item WHERE stage = 0 AND kind = ANY(%(kinds)s) AND visible_from <= %(at)s AND {SHOWN}
"""  # noqa: S608 (made of our own names and statements)
BY_THING = f"SELECT {ITEM} FROM {ITEMS} item WHERE thing = ANY(%(things)s) AND kind = ANY(%(kinds)s) AND {SHOWN}"  # noqa: S608 (made of our own names and statements)
BY_OWNER = f"""
    SELECT {ITEM} FROM {CLAIMS} held JOIN {ITEMS} item USING (kind, thing)
    WHERE held.owner_id = %(owner)s AND kind = ANY(%(kinds)s) AND {SHOWN}
"""  # noqa: S608 (made of our own names and statements)
# What the reader must not see is taken off, thing by thing.
SUMS = f"""(
    SELECT coalesce(json_agg(json_build_array(kind, number, late, week, coalesce(mine, 0))), '[]')
    FROM (
        SELECT kind, sum(number) AS number, coalesce(sum(number) FILTER (WHERE due_on < %(today)s), 0) AS late,
            coalesce(sum(number) FILTER (WHERE due_on BETWEEN %(today)s AND %(week)s), 0) AS week
        FROM (
            SELECT kind, coalesce(due_on, {ANSWER_BY}) AS due_on, number FROM (
                SELECT kind, due_on, since, number FROM {COUNTS} WHERE {SHOWN}
                UNION ALL SELECT kind, due_on, since, -1 FROM {ITEMS} WHERE about = %(reader)s AND {SHOWN}
                UNION ALL SELECT kind, due_on, since, 1 FROM live WHERE about IS DISTINCT FROM %(reader)s
            ) AS all_changes WHERE kind = ANY(%(allowed)s)
        ) AS changes GROUP BY kind HAVING sum(number) <> 0
    ) AS sums LEFT JOIN (
        SELECT kind, count(*) AS mine FROM {CLAIMS} held CROSS JOIN LATERAL (
            SELECT about FROM {ITEMS} item WHERE item.thing = held.thing AND item.kind = held.kind AND {SHOWN}
            UNION ALL SELECT about FROM live WHERE live.thing = held.thing AND live.kind = held.kind
        ) AS item WHERE held.owner_id = %(reader)s AND about IS DISTINCT FROM %(reader)s GROUP BY kind
    ) AS owned USING (kind)
)"""  # noqa: S608 (made of our own names and statements)


def _read(filters: WorkItemFilter, *, at: datetime, week: tuple[date, date] | None = None) -> tuple[list[tuple[Any, ...]], list[WorkItem]]:
    """Read a page of what waits, and for a `week` all counts beside it."""
    allowed = [kind for kind, queue in QUEUES.items() if filters.on_staff or not queue.confided]
    kinds = [kind for kind in allowed if filters.kinds is None or kind in filters.kinds]
    live, live_params = _unite_live(allowed, at=at)
    source, more = BY_ORDER, "true"
    if filters.things is not None:
        source, more = BY_THING, "waiting.thing = ANY(%(things)s)"
    elif filters.owner is not None:
        source, more = BY_OWNER, "owner_id = %(owner)s"
    sql = f"""
        WITH live AS ({live}), page AS (
            SELECT waiting.*, owner_id FROM (
                SELECT kind, thing, about, since, coalesce(due_on, {ANSWER_BY}) AS due_on, ready
                FROM ({source} UNION ALL SELECT {ITEM} FROM live item WHERE kind = ANY(%(kinds)s)) AS found
            ) AS waiting LEFT JOIN {CLAIMS} held ON held.kind = waiting.kind AND held.thing = waiting.thing
            WHERE about IS DISTINCT FROM %(reader)s AND {more}
            AND (ready, coalesce(due_on, 'infinity'), since, waiting.kind COLLATE "C", waiting.thing)
                > (%(ready)s, %(due_on)s::date, %(since)s::date, %(kind)s, %(thing)s)
            ORDER BY ready, coalesce(due_on, 'infinity'), since, waiting.kind COLLATE "C", waiting.thing LIMIT %(limit)s
        )
        SELECT counts.counts, page.*, coalesce(nullif(owner.called, ''), owner.name, '')
        FROM (SELECT {SUMS if week else "'[]'::json"} AS counts) AS counts LEFT JOIN page ON true
        LEFT JOIN {get_user_model()._meta.db_table} owner ON owner.id = page.owner_id ORDER BY {ORDER}
    """  # noqa: S608 (made of the querysets' own statements)
    params = {
        **live_params,
        **_place(filters.after, days=filters.answer_working_days),
        "at": at,
        "allowed": allowed,
        "kinds": kinds,
        "days": filters.answer_working_days,
        "reader": filters.reader or 0,  # no one has the key 0
        "owner": filters.owner,
        "things": None if filters.things is None else list(filters.things),
        "limit": filters.limit,
    }
    if week:
        params |= {"today": week[0], "week": week[1]}
    rows = prepared.read(sql, params)
    counts = json.loads(rows[0][0]) if isinstance(rows[0][0], str) else rows[0][0]
    return counts, _put_in_words([row[1:] for row in rows if row[1] is not None], at=at)


def _place(after: Cursor | None, *, days: int | None) -> dict[str, Any]:
    """Where a page begins in each index, as the row before it: nothing is read but what is on the page."""
    place = after or Cursor(False, "-infinity", "-infinity", "", NO_THING)
    begun, same_day = _find_begun(after, days) if after else ("-infinity", False)
    return {
        "ready": place.ready,
        "due_on": place.due_on,
        "since": place.since,
        "kind": place.kind,
        "thing": place.thing,
        "begun": begun,
        "same_day": same_day,
    }


def _find_begun(after: Cursor, days: int | None) -> tuple[str, bool]:
    """Since when things wait that come after the cursor and have no day of their own; and whether it is since the cursor's own day."""
    since = date.fromisoformat(after.since)
    if days is None:
        return (after.since, True) if after.due_on == "infinity" else ("-infinity", False)
    if after.due_on == "infinity":
        return "infinity", False
    due_on = date.fromisoformat(after.due_on)
    if _answer_by(since, days) == due_on:
        return after.since, True
    is_older = _answer_by(since, days) < due_on
    begun = due_on - timedelta(days=2 * days + 7)
    while _answer_by(begun, days) < due_on + timedelta(days=not is_older):
        begun += timedelta(days=1)
    return begun.isoformat(), False


def _answer_by(since: date, days: int) -> date:
    """What ANSWER_BY says."""
    weekday = since.isoweekday()
    return since + timedelta(days=days - max(weekday - 5, 0) + 2 * ((min(weekday, 5) - 1 + days) // 5))


def _unite_live(kinds: Collection[str], *, at: datetime) -> tuple[str, dict[str, Any]]:
    """What waits in the queues that are not kept."""
    params: dict[str, Any] = {}
    texts = ["SELECT NULL::text, NULL::uuid, NULL::bigint, NULL::date, NULL::date, NULL::boolean WHERE false"]
    for kind in kinds:
        statement = keep(kind, "kept_rows", _begin_quarter(at)) if QUEUES[kind].live else None
        if statement is not None:
            values = statement.bind(at)
            names = [f"live_{len(params) + place}" for place in range(len(values))]
            params |= dict(zip(names, values, strict=True))
            rows = statement.sql % tuple(f"%({name})s" for name in names)
            texts.append(
                f"SELECT '{kind}', thing, about, since, due_on, NOT needs_person "  # noqa: S608 (made of the querysets' own statements)
                f"FROM ({rows}) found ({', '.join(KEPT)}) WHERE {SHOWN}"
            )
    return f"SELECT * FROM ({' UNION ALL '.join(texts)}) AS found (kind, thing, about, since, due_on, ready)", params  # noqa: S608 (made of our own names and statements)


def _begin_quarter(at: datetime) -> datetime:
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)


@lru_cache(256)
def keep(kind: str, rows: str, begin: datetime | None) -> Statement | None:
    """A statement of a queue. To make it costs more than to run it; one that is live is kept for a quarter of an hour, in which no day ends
    anywhere.
    """
    first = begin or datetime(2000, 1, 1, tzinfo=UTC)
    statement, other = (_compile(kind, rows, at) for at in (first, first + timedelta(minutes=1)))
    if statement is None and other is None:
        return None
    if begin is None and statement != other:
        raise TypeError("What is kept must not depend on the time, but say from when on it waits")
    if statement is not None and other is not None and statement[0] == other[0]:
        (sql, params), (_, later) = statement, other
        offsets = {place: value - first for place, value in enumerate(params) if value != later[place]}
        if all(later[place] - offset == first + timedelta(minutes=1) for place, offset in offsets.items()):
            return Statement(sql, params, offsets)
    raise TypeError("A queue must keep its SQL for a quarter of an hour, and hold the instant by a fixed difference")


def _compile(kind: str, rows: str, at: datetime) -> tuple[str, tuple[Any, ...]] | None:
    with contextlib.suppress(EmptyResultSet):
        sql, params = getattr(QUEUES[kind].find(at=at), rows)().query.sql_with_params()
        return sql, tuple(params)
    return None


def _put_in_words(rows: list[tuple[Any, ...]], *, at: datetime) -> list[WorkItem]:
    """Find what the words of some things are made of, as it is now; what does not wait any more is left out. One query."""
    things: dict[str, list[UUID]] = {}
    for kind, thing, *_ in rows:
        things.setdefault(kind, []).append(thing)
    texts, params = [], []
    for kind, asked in sorted(things.items()):
        statement = keep(kind, "detail_rows", _begin_quarter(at) if QUEUES[kind].live else None)
        if statement is not None:
            texts.append(f"SELECT %s, thing, details FROM ({statement.sql}) AS found (thing, details) WHERE thing = ANY(%s)")  # noqa: S608 (made of our own names and statements)
            params += [kind, *statement.bind(at), asked]
    if not texts:
        return []
    found = prepared.read(" UNION ALL ".join(texts), params)
    details = {(kind, thing): json.loads(values) if isinstance(values, str) else values for kind, thing, values in found}
    return [_word(row, details[row[0], row[1]]) for row in rows if (row[0], row[1]) in details]


def _word(row: tuple[Any, ...], details: dict[str, Any]) -> WorkItem:
    kind, thing, about, since, due_on, ready, owner, owned_by = row
    queue_of_item = QUEUES[kind]
    if queue_of_item.render is None:
        raise LookupError(f"The queue {kind} has no words")
    text = queue_of_item.render(WorkItemRow(kind, thing, about, since, due_on, not ready, details))
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
        needs_person=not ready,
        about=about,
        owner=owner,
        owned_by=owned_by,
    )
