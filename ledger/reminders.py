"""Reminders: found once a day in one statement a ladder, each (thing, anchor, rung) once; written as letters soon after, unless done."""

import logging
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Max, Q

from ledger import actions
from ledger.models import LadderRow, Reminder, Wish
from ledger.reminder_schedules import LADDERS, Ladder, Rung, climb, named, rung
from ledger.states import Verb

BATCH = 200
PATIENCE = timedelta(hours=1)
CHANGED = Verb("ledger.ladder.change", "{actor} changed the reminders “{title}”: they were {old}, they are {new}.")
log = logging.getLogger(__name__)

FIND = """
    INSERT INTO ledger_reminder (ladder, person_id, "to", thing, anchor, rung, falls_on, found_at, said_at, dropped)
    SELECT DISTINCT ON (thing, person, "to") %s, person, "to", thing, anchor, rung, falls_on, %s, NULL, FALSE
    FROM ({parts}) AS falling
    WHERE falls_on BETWEEN {first} AND %s AND (anchor >= %s OR NOT is_before)
      AND NOT EXISTS (SELECT FROM ledger_wish AS wish WHERE wish.person_id = falling.person AND wish.ladder = %s)
    ORDER BY thing, person, "to", falls_on DESC
    ON CONFLICT DO NOTHING
"""
# The first day whose steps are new: the one after the last day swept. A step on the very day of the promise comes too, if need be with the
# next sweep: what was promised on the last day swept was perhaps promised after its sweep.
FIRST = "(CASE WHEN since < %s THEN %s ELSE since END)"
# The bounds of the anchor reach the table's index: PostgreSQL makes one query of the two.
PART = """
    SELECT due.*, %s AS rung, %s AS is_before, (due.anchor + make_interval(months => %s, days => %s))::date AS falls_on
    FROM ({rows}) AS due (person, "to", thing, anchor, since) WHERE due.anchor BETWEEN %s AND %s
"""
ANY = 'SELECT %s WHERE EXISTS (SELECT FROM ({rows}) AS due (person, "to", thing, anchor, since) WHERE {steps})'
STEP = """
    due.anchor BETWEEN %s AND %s AND (due.anchor + make_interval(months => %s, days => %s))::date BETWEEN {first} AND %s
"""


def day_of(at: datetime) -> date:
    """The deadline's day at this instant."""
    return at.astimezone(ZoneInfo(settings.DEADLINE_ZONE)).date()


def list_rungs() -> dict[str, tuple[Rung, ...]]:
    """The steps of every ladder, as staff have set them or as they were first. One query."""
    changed = {row.name: climb(row.rungs or []) for row in LadderRow.objects.exclude(rungs=None)}
    return {name: changed.get(name, ladder.first_rungs) for name, ladder in LADDERS.items()}


def find_due(*, at: datetime) -> None:
    """Note what fell due on every ladder since its last day. Two queries when there is nothing, however many ladders there are.

    A ladder that fails is told to the operators, stops no other, and is tried again by the next sweep.
    """
    today = day_of(at)
    swept = dict(LadderRow.objects.values_list("name", "swept_until"))
    behind = sorted(name for name in LADDERS if swept.get(name, date.min) < today)
    if not behind:
        return
    rows = [row for row in _lock(behind, today=today) if row.swept_until < today]
    quiet = {row.name for row in rows} - _list_busy(rows, today=today)
    for row in rows:
        if row.name not in quiet and _tried(row, at=at):
            quiet.add(row.name)
    LadderRow.objects.filter(name__in=quiet).update(swept_until=today)


def _tried(row: LadderRow, *, at: datetime) -> bool:
    try:
        with transaction.atomic():
            _insert(row, today=day_of(at), at=at)
    except Exception:
        log.exception("The reminders %s failed", row.name)
        return False
    return True


def find(ladder: Ladder, *, at: datetime) -> int:
    """Note every reminder of this ladder that fell due since the last time; return how many.

    After a gap only the latest rung counts; one that lies before the anchor never comes after it; one that had passed on the day when the
    anchor was promised never comes.
    """
    today = day_of(at)
    with transaction.atomic():
        row = _lock([ladder.name], today=today)[0]
        found = _insert(row, today=today, at=at) if row.swept_until < today else 0
        row.swept_until = max(row.swept_until, today)
        row.save(update_fields=["swept_until"])
    return found


def _lock(names: list[str], *, today: date) -> list[LadderRow]:
    """The ladders' rows, made where they are missing, locked in the order of their names. One query when none is missing."""
    rows = list(LadderRow.objects.select_for_update().filter(name__in=names).order_by("name"))
    if len(rows) == len(names):
        return rows
    LadderRow.objects.bulk_create([LadderRow(name=name, swept_until=today - timedelta(days=1)) for name in names], ignore_conflicts=True)
    return list(LadderRow.objects.select_for_update().filter(name__in=names).order_by("name"))


def _list_busy(rows: list[LadderRow], *, today: date) -> set[str]:
    """Which of these ladders have anything that fell due, in one query; all of them where one of them can't be asked."""
    parts, values = [], []
    for row in rows:
        ladder = LADDERS[row.name]
        if rungs := _rungs(row):
            parts.append(ANY.format(rows=ladder.columns[0], steps=" OR ".join([STEP.format(first=FIRST)] * len(rungs))))
            values += [row.name, *ladder.columns[1]]
            for step in rungs:
                after = row.swept_until
                anchors = _anchors(step, first=after, today=today)
                values += [*anchors, step.months, step.days, after, after + timedelta(days=1), today]
    if not parts:
        return set()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), values)
            return {name for (name,) in cursor.fetchall()}
    except DatabaseError:
        log.exception("The ladders can’t be asked at once")
        return {row.name for row in rows}


def _rungs(row: LadderRow) -> tuple[Rung, ...]:
    return climb(row.rungs) if row.rungs is not None else LADDERS[row.name].first_rungs


def _anchors(step: Rung, *, first: date, today: date) -> tuple[date, date]:
    """Between which days an anchor lies whose rung falls from `first` to today; one before the anchor never comes after it."""
    # A month has at most three days more or less than another, which a clamp can take away: four on each side are enough.
    shift = timedelta(days=step.days) + timedelta(days=round(step.months * 30.436875))
    slack = timedelta(days=4 if step.months else 0)
    low = first - shift - slack
    return (max(low, today) if step.is_before else low), today - shift + slack


def _insert(row: LadderRow, *, today: date, at: datetime) -> int:
    rungs, ladder, after = _rungs(row), LADDERS[row.name], row.swept_until
    if not rungs:
        return 0
    sql, params = ladder.columns
    parts, values = [PART.format(rows=sql)] * len(rungs), []
    for step in rungs:
        anchors = _anchors(step, first=after, today=today)
        values += [str(step), step.is_before, step.months, step.days, *params, *anchors]
    with connection.cursor() as cursor:
        statement = FIND.format(parts=" UNION ALL ".join(parts), first=FIRST)
        cursor.execute(statement, [ladder.name, at, *values, after, after + timedelta(days=1), today, today, ladder.name])
        return int(cursor.rowcount)


def say_due(*, at: datetime) -> int:
    """Write up to BATCH letters for reminders that were found; what was done or moved meanwhile is dropped. Return how many were taken.

    One that can't be written is told to the operators, stops no other, and is tried again an hour later.
    """
    with transaction.atomic():
        unsaid = Reminder.objects.filter(Q(due_at=None) | Q(due_at__lte=at), said_at=None, dropped=False)
        waiting = unsaid.select_for_update(of=("self",), skip_locked=True).select_related("person")
        taken = list(waiting.order_by("id")[:BATCH])
        for name in sorted({reminder.ladder for reminder in taken}):
            _say_or_wait(name, [reminder for reminder in taken if reminder.ladder == name], at=at)
    return len(taken)


def _say_or_wait(name: str, reminders: list[Reminder], *, at: datetime) -> None:
    """Write the letters of one ladder; where that fails, one at a time, so that the one that can't be written is found."""
    try:
        with transaction.atomic():
            _say(name, reminders, at=at)
    except Exception:  # what a room's words run into is not known here
        if len(reminders) > 1:
            for reminder in reminders:
                _say_or_wait(name, [reminder], at=at)
            return
        [reminder] = reminders
        log.exception("The reminder %s of %s could not be written", reminder.pk, name)
        Reminder.objects.filter(pk=reminder.pk).update(due_at=at + PATIENCE)


def _say(name: str, reminders: list[Reminder], *, at: datetime) -> None:
    today = day_of(at)
    ladder = LADDERS.get(name)
    ids = {reminder.thing for reminder in reminders}
    wanted = _list_wanted(ladder, ids) if ladder else {}
    says = ladder.say(ids, today=today) if ladder and ladder.say else {}
    letters = []
    for reminder in reminders:
        say = says.get(reminder.thing)
        latest = wanted.get((reminder.thing, reminder.anchor, reminder.person_id, reminder.to))
        is_over = reminder.anchor < today and rung(reminder.rung).is_before
        if say is not None and say.until is not None and say.until <= at:
            say = None
        if ladder is None or say is None or is_over or latest != reminder.falls_on:
            reminder.dropped = True
            continue
        days = (reminder.anchor - today).days
        letters.append(
            actions.letter(
                reminder.person,
                ladder.notice,
                key=f"{reminder.thing}:{reminder.anchor}:{reminder.rung}",
                at=at,
                path=say.path,
                facts={"anchor": reminder.anchor, "days": days, **say.facts},
                must_arrive=False,
                calendar=say.calendar,
                about=say.about,
                to=reminder.to,
                why=say.why,
                secret=say.secret,
            )
        )
        reminder.said_at = at
    actions.post(letters)
    Reminder.objects.bulk_update(reminders, ["said_at", "dropped"])


def _list_wanted(ladder: Ladder, ids: set[UUID]) -> dict[tuple[UUID, date, int | None, str], date]:
    """Of which (thing, anchor, recipient) a letter may still be written, and the day of the latest rung that its family found for them.

    Three queries for each ladder of the family.
    """
    found = {one.name: _list_found(one, ids) for one in LADDERS.values() if one.family == ladder.family}
    latest: dict[tuple[UUID, int | None, str], date] = {}
    for days in found.values():
        for (thing, _, person, to), day in days.items():
            latest[thing, person, to] = max(day, latest.get((thing, person, to), day))
    return {(thing, anchor, person, to): latest[thing, person, to] for thing, anchor, person, to in found[ladder.name]}


def _list_found(ladder: Ladder, ids: set[UUID]) -> dict[tuple[UUID, date, int | None, str], date]:
    """What one ladder found for whom, where it is neither done, moved nor silenced, with the day of the latest rung. Three queries."""
    due = ladder.due()
    rows = named(due, due.rows.filter(**{f"{due.thing}__in": ids}))
    silenced = set(Wish.objects.filter(ladder=ladder.name).values_list("person_id", flat=True))
    still = {(thing, anchor, person, to) for person, to, thing, anchor, _ in rows if person not in silenced}
    found = Reminder.objects.filter(ladder=ladder.name, thing__in=ids).values_list("thing", "anchor", "person_id", "to")
    return {tuple(key): latest for *key, latest in found.annotate(latest=Max("falls_on")) if tuple(key) in still}


def change_rungs(ladder: Ladder, words: list[str], *, actor: Any, at: datetime) -> None:
    """Set the steps of a ladder from now on; what was sent stays sent. Raises ValueError for what is not a step."""
    new = climb(words)
    with transaction.atomic():
        LadderRow.objects.get_or_create(name=ladder.name, defaults={"swept_until": day_of(at) - timedelta(days=1)})
        row = LadderRow.objects.select_for_update().get(name=ladder.name)
        old = climb(row.rungs) if row.rungs is not None else ladder.first_rungs
        if new == old:
            return
        row.rungs = [str(step) for step in new]
        row.save(update_fields=["rungs"])
        facts = {"title": ladder.title, "old": [str(step) for step in old], "new": row.rungs or ["none"]}
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
