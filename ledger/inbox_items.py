"""The inbox as a table: what the queues say waits is kept by triggers, in the transaction that changes it, whoever sends the statement.

A queue's own SELECT becomes a function that brings some of its things up to date. PostgreSQL says on which columns of which tables that
SELECT depends; each of these tables gets triggers, which find the things by the SELECT's own joins, or by what the queue declares.
"""

import hashlib
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.apps import AppConfig, apps
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model
from psycopg import ClientCursor

from ledger import queues
from ledger.models import COUNT_KEY, InboxCount, InboxDoubt, InboxItem
from ledger.queues import Queue

log = logging.getLogger(__name__)

ITEMS, COUNTS, DOUBTS = (model._meta.db_table for model in (InboxItem, InboxCount, InboxDoubt))
PREFIX = "ledger_inbox_"
# What is kept depends on no instant.
ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
COLUMNS = ("about", "since", "due_on", "ready", "visible_from", "visible_until")

DIFFERENT = """
    SELECT thing FROM ({truth}) truth FULL JOIN (SELECT * FROM {items} WHERE kind = {kind} {item_asked}) item USING (thing)
    WHERE ({truth_columns}) IS DISTINCT FROM ({item_columns})
"""
# Two transactions that change one thing by two tables: the second waits for the first where it changes the thing's own row, and sees what
# that did. Where that row is another's already, no trigger may wait for it, who perhaps waits for us: the thing is doubtful.
LOCK = "FROM {base} WHERE {thing} = ANY({asked}) ORDER BY {base}.{key} FOR NO KEY UPDATE"
DOUBT = """
    WITH locked AS MATERIALIZED (SELECT {thing} AS thing {lock} SKIP LOCKED)
    INSERT INTO {doubts} (kind, thing)
    SELECT {kind}, {thing} FROM {base} WHERE {thing} = ANY({asked}) AND {thing} NOT IN (SELECT thing FROM locked)
"""
WRITE = """
    WITH truth AS MATERIALIZED ({truth}), gone AS (
        DELETE FROM {items} WHERE kind = {kind} AND thing = ANY({asked}) AND thing NOT IN (SELECT thing FROM truth)
    )
    INSERT INTO {items} AS item (kind, thing, {columns}, stage)
    SELECT {kind}, thing, {columns}, CASE WHEN visible_from IS NULL THEN 1 ELSE 0 END FROM truth
    ON CONFLICT (thing, kind) DO UPDATE SET ({columns}, stage) = ({new_columns}, excluded.stage)
    WHERE ({item_columns}) IS DISTINCT FROM ({new_columns})
"""
REFRESH = """
CREATE FUNCTION {function}(uuid[], locks boolean) RETURNS void LANGUAGE plpgsql AS $body$
BEGIN
    IF coalesce(cardinality($1), 0) = 0 THEN
        RETURN;
    END IF;
    IF locks THEN
        {doubt};
    END IF;
    IF EXISTS ({different}) THEN
        {write};
    END IF;
END
$body$"""
ON_CHANGE = """
CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {INSERT}
    ELSIF TG_OP = 'DELETE' THEN
        {DELETE}
    ELSIF EXISTS (SELECT {columns} FROM new_rows EXCEPT SELECT {columns} FROM old_rows) THEN
        {UPDATE}
    END IF;
    RETURN NULL;
END
$body$"""
REFERENCING = {
    "INSERT": "NEW TABLE AS new_rows",
    "DELETE": "OLD TABLE AS old_rows",
    "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
}
DEPENDS = """
    SELECT class.relname, attribute.attname
    FROM pg_depend JOIN pg_rewrite ON pg_rewrite.oid = pg_depend.objid JOIN pg_class class ON class.oid = pg_depend.refobjid
    JOIN pg_attribute attribute ON attribute.attrelid = class.oid AND attribute.attnum = pg_depend.refobjsubid
    WHERE pg_depend.classid = 'pg_rewrite'::regclass AND pg_depend.refclassid = 'pg_class'::regclass
    AND pg_rewrite.ev_class = 'pg_temp.inbox_rows'::regclass AND pg_depend.refobjsubid > 0
"""
# What counts, by the days of which something can depend; folded it has one row for each.
KEYS = ", ".join(COUNT_KEY)
FOLD = f"""
    WITH twice AS (SELECT id, count(*) OVER (PARTITION BY {KEYS}) AS rows_of_key FROM {COUNTS}), gone AS (
        DELETE FROM {COUNTS} WHERE id IN (
            SELECT id FROM {COUNTS} WHERE id IN (SELECT id FROM twice WHERE rows_of_key > 1) FOR UPDATE SKIP LOCKED
        ) RETURNING {KEYS}, number
    )
    INSERT INTO {COUNTS} ({KEYS}, number) SELECT {KEYS}, sum(number) FROM gone GROUP BY {KEYS} HAVING sum(number) <> 0
"""  # noqa: S608 (names of our own)
RECOUNT = f"""
    INSERT INTO {COUNTS} ({KEYS}, number)
    SELECT {KEYS}, sum(number) FROM (
        SELECT kind, due_on, CASE WHEN due_on IS NULL THEN since END AS since, visible_from, visible_until, 1 AS number FROM {ITEMS}
        UNION ALL SELECT {KEYS}, -number FROM {COUNTS}
    ) AS both_sides GROUP BY {KEYS} HAVING sum(number) <> 0 RETURNING kind
"""  # noqa: S608 (names of our own)


class NoWayToThings(Exception):
    """A queue reads a table, and nothing says to which of its things a row of that table leads: it must declare a `Link`."""


class KeptQueue:
    """One queue as SQL: what it keeps, which tables it depends on, and what keeps it."""

    def __init__(self, queue: Queue) -> None:
        self.kind = queue.kind
        self.links = (asked := queue.find(at=ANY_TIME)).links
        query = asked.kept_rows().query
        statement = queues.keep(queue.kind, "kept_rows", None)
        if statement is None:
            raise LookupError(f"Nothing can ever wait in the queue {queue.kind}")
        rows = _literal(statement.sql, statement.params)
        self.alias_map: dict[str, Any] = {alias: join for alias, join in query.alias_map.items() if query.alias_refcount[alias]}
        self.thing = _literal(*query.get_compiler(connection=connection).compile(query.annotations["inbox_thing"]))
        self.base, self.key = names_of(queue.find(at=ANY_TIME).rows.model)
        self.all_rows = (
            "SELECT thing, about, since, due_on, NOT needs_person AS ready, visible_from, visible_until "  # noqa: S608 (made of our own names and statements)
            f"FROM ({rows}) found (thing, about, since, due_on, needs_person, visible_from, visible_until)"
        )
        self.function = f"{PREFIX}refresh_{self.kind.replace('.', '_')}"

    def fill(self, template: str, *, asked: str | None) -> str:
        """One of the texts above for this queue; `asked` is the SQL of the things in question, or all."""
        return template.replace("{lock}", LOCK).format(
            function=self.function,
            doubts=DOUBTS,
            truth=self.all_rows if asked is None else f"{self.all_rows} WHERE thing = ANY({asked})",
            items=ITEMS,
            kind=f"'{self.kind}'",
            item_asked="" if asked is None else f"AND thing = ANY({asked})",
            asked=asked,
            base=f'"{self.base}"',
            key=f'"{self.key}"',
            thing=self.thing,
            columns=", ".join(COLUMNS),
            truth_columns=", ".join(f"truth.{name}" for name in COLUMNS),
            item_columns=", ".join(f"item.{name}" for name in COLUMNS),
            new_columns=", ".join(f"excluded.{name}" for name in COLUMNS),
        )

    def make_function(self) -> str:
        """The function that brings some things up to date."""
        parts = {name: self.fill(text, asked="$1") for name, text in (("doubt", DOUBT), ("different", DIFFERENT), ("write", WRITE))}
        return REFRESH.format(function=self.function, **parts)

    def find_columns(self) -> dict[str, set[str]]:
        """On which columns of which tables the rows depend, as PostgreSQL itself says it."""
        found: dict[str, set[str]] = {}
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMPORARY VIEW inbox_rows AS {self.all_rows.replace('%', '%%')}")
            cursor.execute(DEPENDS)
            for table, column in cursor.fetchall():
                found.setdefault(table, set()).add(column)
            cursor.execute("DROP VIEW inbox_rows")
        return found

    def find_ways(self, table: str) -> Iterator[tuple[str, bool]]:
        """From rows of a table to things: SELECTs in which {rows} stands for those rows, and whether rows can be there before the thing."""
        if table == self.base:
            yield f'SELECT {self.thing} FROM {{rows}} AS "{table}"', True  # noqa: S608 (made of our own names and statements)
        for alias, join in self.alias_map.items():
            if join.table_name != table or join.parent_alias is None:
                continue
            ((theirs, ours),) = join.join_cols
            steps = [f'"{self.base}"']
            for other in self._list_parents(join.parent_alias):
                ((left, right),) = self.alias_map[other].join_cols
                steps.append(
                    f'JOIN "{self.alias_map[other].table_name}" "{other}" '
                    f'ON "{self.alias_map[other].parent_alias}"."{left}" = "{other}"."{right}"'
                )
            _, key = names_of(find_model(table))
            yield (
                f'SELECT {self.thing} FROM {" ".join(steps)} WHERE "{join.parent_alias}"."{theirs}" IN (SELECT "{ours}" FROM {{rows}} "{alias}")',  # noqa: E501, S608
                ours != key,
            )
        for link in self.links:
            if apps.get_model(link.model)._meta.db_table == table:
                chosen = " AND ".join(f"{name} = '{value}'" for name, value in link.when.items())
                source = f"SELECT {link.theirs} FROM {{rows}} AS linked{f' WHERE {chosen}' if chosen else ''}"  # noqa: S608 (made of our own names and statements)
                yield f'SELECT {self.thing} FROM "{self.base}" WHERE "{self.base}"."{link.ours}" IN ({source})', True  # noqa: S608 (made of our own names and statements)

    def _list_parents(self, alias: str) -> list[str]:
        """The joins from the base to a table, in this order."""
        steps: list[str] = []
        while self.alias_map[alias].parent_alias is not None:
            steps.insert(0, alias)
            alias = self.alias_map[alias].parent_alias
        return steps


def find_model(table: str) -> type[Model]:
    """The model of a table."""
    return next(model for model in apps.get_models() if model._meta.db_table == table)


def names_of(model: type[Model]) -> tuple[str, str]:
    """A model's table, and the column of its key."""
    return model._meta.db_table, str(model._meta.pk.column)


def _literal(sql: str, params: Any) -> str:
    """A statement with its values in it."""
    connection.ensure_connection()
    return ClientCursor(connection.connection).mogrify(sql, params)


def list_kept() -> list[KeptQueue]:
    """The queues that are kept; their statements are made once a process."""
    return [_keep(queue) for queue in queues.QUEUES.values() if not queue.live]


@cache
def _keep(queue: Queue) -> KeptQueue:
    return KeptQueue(queue)


def make_triggers(kept: list[KeptQueue]) -> list[str]:
    """The statements that make the triggers of all tables on which the queues depend. Raises NoWayToThings."""
    by_table: dict[str, list[tuple[KeptQueue, set[str]]]] = {}
    for queue in kept:
        for table, columns in queue.find_columns().items():
            by_table.setdefault(table, []).append((queue, columns))
    return [statement for table, readers in sorted(by_table.items()) for statement in _make_trigger(table, readers)]


def _make_trigger(table: str, readers: list[tuple[KeptQueue, set[str]]]) -> Iterator[str]:
    _, key = names_of(find_model(table))
    calls: dict[str, list[str]] = {operation: [] for operation in REFERENCING}
    for queue, columns in readers:
        ways = list(queue.find_ways(table))
        if not ways:
            raise NoWayToThings(f"{queue.kind} reads {table}: declare how its rows lead to things")
        named = ", ".join(f'"{name}"' for name in sorted(columns | {key}))
        changed = (
            f"((SELECT {named} FROM new_rows EXCEPT SELECT {named} FROM old_rows) "  # noqa: S608 (made of our own names and statements)
            f"UNION ALL (SELECT {named} FROM old_rows EXCEPT SELECT {named} FROM new_rows))"
        )
        for operation, rows in (("INSERT", "new_rows"), ("DELETE", "old_rows"), ("UPDATE", changed)):
            found = [way.format(rows=rows) for way, early in ways if early or operation == "UPDATE"]
            if found:
                locks = "false" if table == queue.base and len(ways) == 1 else "true"
                calls[operation].append(f"PERFORM {queue.function}(ARRAY({' UNION '.join(found)}), {locks});")
    every = ", ".join(f'"{name}"' for name in sorted({key}.union(*(columns for _, columns in readers))))
    function = f"{PREFIX}on_{table}"
    yield ON_CHANGE.format(function=function, columns=every, **{name: "\n        ".join(texts) or "NULL;" for name, texts in calls.items()})
    for operation, referencing in REFERENCING.items():
        if calls[operation]:
            yield (
                f'CREATE TRIGGER {PREFIX}{operation.lower()} AFTER {operation} ON "{table}" REFERENCING {referencing} '
                f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
            )


def install(sender: AppConfig, *, using: str = "default", **signal: Any) -> None:
    """Make the functions and triggers after a `migrate`, unless the same are there; then fill the table by what was changed meanwhile."""
    if using != connection.alias or "plan" not in signal:
        return
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    kept = list_kept()
    with transaction.atomic(), connection.cursor() as cursor:
        statements = [*(queue.make_function() for queue in kept), *make_triggers(kept)]
        version = hashlib.sha256("\n".join(statements).encode()).hexdigest()
        cursor.execute("SELECT obj_description(%s::regclass)", [ITEMS])
        if cursor.fetchone() == (version,):
            return
        _drop(cursor)
        for statement in statements:
            cursor.execute(statement.replace("%", "%%"), [])
        cursor.execute(f"COMMENT ON TABLE {ITEMS} IS '{version}'")
    mend()


def uninstall(sender: AppConfig, *, using: str = "default", plan: Any = (), **_: Any) -> None:
    """Before something is migrated, drop what would stand in its way; `install` makes it again."""
    if plan and using == connection.alias:
        with transaction.atomic(), connection.cursor() as cursor:
            _drop(cursor)


def _drop(cursor: Any) -> None:
    cursor.execute("SELECT proname FROM pg_proc WHERE starts_with(proname, %s) AND pronamespace = 'public'::regnamespace", [PREFIX])
    for (name,) in cursor.fetchall():
        cursor.execute(f'DROP FUNCTION "{name}" CASCADE')
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [ITEMS])
    if cursor.fetchone() == (True,):
        cursor.execute(f"COMMENT ON TABLE {ITEMS} IS NULL")


def mend() -> dict[str, int]:
    """Make the table what the queues say, and give the number of differences by kind: also after a restore, or when rows were loaded.

    It writes nothing that is not different. It reads all that waits.
    """
    differences: dict[str, int] = {}
    kept = list_kept()
    for queue in kept:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_escape(queue.fill(DIFFERENT, asked=None)), [])
            things = [thing for (thing,) in cursor.fetchall()]
            if things:
                differences[queue.kind] = len(things)
                _rewrite(cursor, queue, things)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {ITEMS} WHERE kind <> ALL(%s) RETURNING kind", [[queue.kind for queue in kept]])  # noqa: S608 (our own name)
        for (kind,) in cursor.fetchall():
            differences[kind] = differences.get(kind, 0) + 1
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(RECOUNT)
        for (kind,) in cursor.fetchall():
            differences[f"{kind} counted"] = differences.get(f"{kind} counted", 0) + 1
    fold()
    return differences


def compare() -> dict[str, int]:
    """Mend the table, and tell the operators what differed: a trigger is missing, or someone wrote behind the program."""
    differences = mend()
    for kind, number in differences.items():
        log.error("The inbox differed from the queue %s in %d places. It was mended.", kind, number)
    return differences


def _escape(sql: str) -> str:
    return sql.replace("%", "%%")


def fold() -> None:
    """Add up the counts: one row for each kind and day. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(FOLD)


def settle() -> None:
    """Look again at what is doubtful, each thing by itself: whoever had its row is waited for, and no one waits for us meanwhile."""
    kept = {queue.kind: queue for queue in list_kept()} if InboxDoubt.objects.exists() else {}
    for doubt in InboxDoubt.objects.filter(kind__in=kept).order_by("id"):
        with transaction.atomic(), connection.cursor() as cursor:
            _rewrite(cursor, kept[doubt.kind], [doubt.thing])
            doubt.delete()


def _rewrite(cursor: Any, queue: KeptQueue, things: list[Any]) -> None:
    """Wait for the rows of some things, and keep what the queue says of them now."""
    cursor.execute("SELECT set_config('lock_timeout', '10s', true)")
    for template in (f"SELECT {LOCK}", WRITE):
        text = _escape(queue.fill(template, asked="ASKED::uuid[]"))
        cursor.execute(text.replace("ASKED", "%s"), [things] * text.count("ASKED"))


def show(*, at: datetime) -> None:
    """Put what has begun to wait by now among what waits, in its order, and what has ended out of it. Two statements.

    The inbox is right without: it looks at both. It is quick as long as few things are between two such turns.
    """
    waiting = InboxItem.objects.filter(stage=InboxItem.Stage.AHEAD, visible_from__lte=at)
    over = InboxItem.objects.exclude(stage=InboxItem.Stage.OVER).filter(visible_until__lte=at)
    for rows, stage in ((waiting, InboxItem.Stage.WAITS), (over, InboxItem.Stage.OVER)):
        with transaction.atomic():
            ids = list(rows.select_for_update(skip_locked=True).values_list("id", flat=True))
            InboxItem.objects.filter(id__in=ids).update(stage=stage)
