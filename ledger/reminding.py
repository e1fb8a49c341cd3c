"""Reminders: found once a day in one statement a ladder, each (thing, anchor, rung) once; written as letters soon after, unless done."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import CharField, F, IntegerField, QuerySet, Value

from ledger import actions
from ledger.ladders import LADDERS, Due, Ladder, Rung, climb
from ledger.models import LadderRow, Reminder, Wish
from ledger.states import Verb

BATCH = 200
CHANGED = Verb("ledger.ladder.change", "{actor} changed the reminders “{title}”: they were {old}, they are {new}.")

FIND = """
    INSERT INTO ledger_reminder (ladder, person_id, "to", thing, anchor, rung, falls_on, found_at, said_at, dropped)
    SELECT DISTINCT ON (thing, person, "to") %s, person, "to", thing, anchor, rung, falls_on, %s, NULL, FALSE
    FROM ({parts}) AS falling
    WHERE falls_on > since AND falls_on > %s AND falls_on <= %s AND (is_after OR anchor >= %s)
      AND NOT EXISTS (SELECT FROM ledger_wish AS wish WHERE wish.person_id = falling.person AND wish.ladder = %s)
    ORDER BY thing, person, "to", falls_on DESC
    ON CONFLICT DO NOTHING
"""
PART = """
    SELECT due.*, %s AS rung, %s AS is_after, (due.anchor + make_interval(months => %s, days => %s))::date AS falls_on FROM ({rows}) AS due
"""


def day_of(at: datetime) -> date:
    """The deadline's day at this instant."""
    return at.astimezone(ZoneInfo(settings.DEADLINE_ZONE)).date()


def list_rungs() -> dict[str, tuple[Rung, ...]]:
    """The steps of every ladder, as staff have set them or as they were first. One query."""
    changed = {row.name: climb(row.rungs or []) for row in LadderRow.objects.exclude(rungs=None)}
    return {name: changed.get(name, ladder.first_rungs) for name, ladder in LADDERS.items()}


def find(ladder: Ladder, *, at: datetime) -> int:
    """Note every reminder of this ladder that fell due since the last time; return how many.

    After a gap only the latest rung counts; one that lies before the anchor never comes after it; one that had passed when the anchor was
    promised never comes.
    """
    today = day_of(at)
    LadderRow.objects.get_or_create(name=ladder.name, defaults={"swept_until": today - timedelta(days=1)})
    row = LadderRow.objects.select_for_update().get(name=ladder.name)
    rungs = climb(row.rungs) if row.rungs is not None else ladder.first_rungs
    found = _insert(ladder, rungs, after=row.swept_until, today=today, at=at) if rungs and row.swept_until < today else 0
    row.swept_until = max(row.swept_until, today)
    row.save(update_fields=["swept_until"])
    return found


def _insert(ladder: Ladder, rungs: tuple[Rung, ...], *, after: date, today: date, at: datetime) -> int:
    parts, values = [], []
    due = ladder.due()
    for rung in rungs:
        # A month has at most three days more or less than another, which a clamp can take away: four on each side are enough.
        shift = timedelta(days=rung.days) + timedelta(days=round(rung.months * 30.436875))
        slack = timedelta(days=4)
        sql, params = _columns(due, due.rows.filter(**{f"{due.anchor}__range": (after - shift - slack, today - shift + slack)}))
        parts.append(PART.format(rows=sql))
        values += [str(rung), rung.is_after, rung.months, rung.days, *params]
    with connection.cursor() as cursor:
        statement = FIND.format(parts=" UNION ALL ".join(parts))
        cursor.execute(statement, [ladder.name, at, *values, after, today, today, ladder.name])
        return int(cursor.rowcount)


def _columns(due: Due, rows: QuerySet[Any, Any]) -> tuple[str, tuple[Any, ...]]:
    """The rows under the names that the statement uses."""
    named = rows.order_by().annotate(
        ladder_person=F(due.person) if due.person else Value(None, output_field=IntegerField()),
        ladder_to=F(due.to) if due.to else Value("", output_field=CharField()),
        ladder_thing=F(due.thing),
        ladder_anchor=F(due.anchor),
        ladder_since=F(due.since),
    )
    sql, params = named.values_list("ladder_person", "ladder_to", "ladder_thing", "ladder_anchor", "ladder_since").query.sql_with_params()
    # The statement is Django's own; every value of it is in `params`.
    return f'SELECT * FROM ({sql}) AS columns (person, "to", thing, anchor, since)', params  # noqa: S608


def say_due(*, at: datetime) -> int:
    """Write up to BATCH letters for reminders that were found; what was done or moved meanwhile is dropped. Return how many were taken."""
    with transaction.atomic():
        taken = list(Reminder.objects.select_for_update(skip_locked=True).filter(said_at=None, dropped=False).order_by("id")[:BATCH])
        for name in sorted({reminder.ladder for reminder in taken}):
            _say(name, [reminder for reminder in taken if reminder.ladder == name], at=at)
    return len(taken)


def _say(name: str, reminders: list[Reminder], *, at: datetime) -> None:
    today = day_of(at)
    ladder = LADDERS.get(name)
    ids = {reminder.thing for reminder in reminders}
    due = ladder.due() if ladder else None
    open_now = set(due.rows.filter(**{f"{due.thing}__in": ids}).values_list(due.thing, due.anchor)) if due else set()
    says = ladder.say(ids, today=today) if ladder and ladder.say else {}
    for reminder in reminders:
        say = says.get(reminder.thing)
        if ladder is None or say is None or (reminder.thing, reminder.anchor) not in open_now:
            reminder.dropped = True
            continue
        reminder.said_at = at
        days = (reminder.anchor - today).days
        actions.mail(
            reminder.person,
            ladder.notice,
            key=f"{reminder.thing}:{reminder.anchor}:{reminder.rung}",
            at=at,
            path=say.path,
            facts={"anchor": reminder.anchor, "days": days, **say.facts},
            must_arrive=False,
            calendar=say.calendar,
            to=reminder.to,
            why=say.why,
        )
    Reminder.objects.bulk_update(reminders, ["said_at", "dropped"])


def change_rungs(ladder: Ladder, words: list[str], *, actor: Any, at: datetime) -> None:
    """Set the steps of a ladder from now on; what was sent stays sent. Raises ValueError for what is not a step."""
    new = climb(words)
    with transaction.atomic():
        LadderRow.objects.get_or_create(name=ladder.name, defaults={"swept_until": day_of(at) - timedelta(days=1)})
        row = LadderRow.objects.select_for_update().get(name=ladder.name)
        old = climb(row.rungs) if row.rungs is not None else ladder.first_rungs
        if new == old:
            return
        row.rungs = [str(rung) for rung in new]
        row.save(update_fields=["rungs"])
        facts = {"title": ladder.title, "old": [str(rung) for rung in old], "new": row.rungs or ["none"]}
        actions.record(CHANGED.name, subject=row, actor=actor, at=at, facts=facts)


def wish(person: Any, *, without: set[str]) -> None:
    """Store which of the ladders that a person knows they want no letters of; the others come (again)."""
    Wish.objects.filter(person=person).exclude(ladder__in=without).delete()
    Wish.objects.bulk_create([Wish(person=person, ladder=name) for name in sorted(without)], ignore_conflicts=True)


def list_wishes(person: Any) -> list[tuple[Ladder, bool]]:
    """The ladders that have written to a person, or that they silenced, with whether they want them. Two queries."""
    silenced = set(Wish.objects.filter(person=person).values_list("ladder", flat=True))
    known = silenced | set(Reminder.objects.filter(person=person).values_list("ladder", flat=True).distinct())
    return [(LADDERS[name], name not in silenced) for name in sorted(known) if name in LADDERS]
