"""Reminders: found once a day in one statement a schedule, each (thing, due date, offset) once; soon after, written as emails."""

import logging
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Max, Q

from ledger import actions
from ledger.models import Reminder, ReminderOptOut, ReminderSetting
from ledger.reminder_schedules import REMINDER_SCHEDULES, Offset, ReminderSchedule, named, parse_offset, parse_offsets
from ledger.states import AuditEvent

BATCH = 200
PATIENCE = timedelta(hours=1)
CHANGED = AuditEvent("ledger.schedule.change", "{actor} changed the reminders “{title}”: they were {old}, they are {new}.")
log = logging.getLogger(__name__)

FIND = """
    INSERT INTO ledger_reminder (schedule, person_id, "to", thing, due_date, "offset", falls_on, found_at, said_at, dropped)
    SELECT DISTINCT ON (thing, person, "to") %s, person, "to", thing, due_date, "offset", falls_on, %s, NULL, FALSE
    FROM ({parts}) AS falling
    WHERE falls_on BETWEEN {first} AND %s AND (due_date >= %s OR NOT is_before)
      AND NOT EXISTS (SELECT FROM ledger_reminderoptout AS opt_out WHERE opt_out.person_id = falling.person AND opt_out.schedule = %s)
    ORDER BY thing, person, "to", falls_on DESC
    ON CONFLICT DO NOTHING
"""
# The first day whose steps are new: the one after the last day swept. A step on the very day of the promise comes too, if need be with the
# next sweep: what was promised on the last day swept was perhaps promised after its sweep.
FIRST = "(CASE WHEN since < %s THEN %s ELSE since END)"
# The bounds of the due_date reach the table's index: PostgreSQL makes one query of the two.
PART = """
    SELECT due.*, %s AS "offset", %s AS is_before, (due.due_date + make_interval(months => %s, days => %s))::date AS falls_on
    FROM ({rows}) AS due (person, "to", thing, due_date, since) WHERE due.due_date BETWEEN %s AND %s
"""
ANY = 'SELECT %s WHERE EXISTS (SELECT FROM ({rows}) AS due (person, "to", thing, due_date, since) WHERE {steps})'
STEP = """
    due.due_date BETWEEN %s AND %s AND (due.due_date + make_interval(months => %s, days => %s))::date BETWEEN {first} AND %s
"""


def day_of(at: datetime) -> date:
    """The deadline's day at this instant."""
    return at.astimezone(ZoneInfo(settings.DEADLINE_ZONE)).date()


def list_offsets() -> dict[str, tuple[Offset, ...]]:
    """The steps of every reminder schedule, as staff have set them or as they were first. One query."""
    changed = {row.name: parse_offsets(row.offsets or []) for row in ReminderSetting.objects.exclude(offsets=None)}
    return {name: changed.get(name, schedule.first_offsets) for name, schedule in REMINDER_SCHEDULES.items()}


def find_due(*, at: datetime) -> None:
    """Note what fell due on every schedule since its last day. Two queries when there is nothing, however many schedules there are.

    A schedule that fails is reported to the operators, stops no other, and is tried again by the next sweep.
    """
    today = day_of(at)
    swept = dict(ReminderSetting.objects.values_list("name", "swept_until"))
    behind = sorted(name for name in REMINDER_SCHEDULES if swept.get(name, date.min) < today)
    if not behind:
        return
    rows = [row for row in _lock(behind, today=today) if row.swept_until < today]
    quiet = {row.name for row in rows} - _list_busy(rows, today=today)
    for row in rows:
        if row.name not in quiet and _tried(row, at=at):
            quiet.add(row.name)
    ReminderSetting.objects.filter(name__in=quiet).update(swept_until=today)


def _tried(row: ReminderSetting, *, at: datetime) -> bool:
    try:
        with transaction.atomic():
            _insert(row, today=day_of(at), at=at)
    except Exception:
        log.exception("The reminders %s failed", row.name)
        return False
    return True


def find(schedule: ReminderSchedule, *, at: datetime) -> int:
    """Note every reminder of this schedule that fell due since the last time; return how many.

    After a gap only the latest offset counts; one that lies before the due date never comes after it; one that had passed on the day when
    the due date was promised never comes.
    """
    today = day_of(at)
    with transaction.atomic():
        row = _lock([schedule.name], today=today)[0]
        count = _insert(row, today=today, at=at) if row.swept_until < today else 0
        row.swept_until = max(row.swept_until, today)
        row.save(update_fields=["swept_until"])
    return count


def _lock(names: list[str], *, today: date) -> list[ReminderSetting]:
    """The reminder schedules' rows, made where they are missing, locked in the order of their names. One query when none is missing."""
    rows = list(ReminderSetting.objects.select_for_update().filter(name__in=names).order_by("name"))
    if len(rows) == len(names):
        return rows
    ReminderSetting.objects.bulk_create(
        [ReminderSetting(name=name, swept_until=today - timedelta(days=1)) for name in names], ignore_conflicts=True
    )
    return list(ReminderSetting.objects.select_for_update().filter(name__in=names).order_by("name"))


def _list_busy(rows: list[ReminderSetting], *, today: date) -> set[str]:
    """Which of these reminder schedules have anything that fell due, in one query; all of them where one of them can't be asked."""
    parts, values = [], []
    for row in rows:
        schedule = REMINDER_SCHEDULES[row.name]
        if offsets := _offsets(row):
            parts.append(ANY.format(rows=schedule.columns[0], steps=" OR ".join([STEP.format(first=FIRST)] * len(offsets))))
            values += [row.name, *schedule.columns[1]]
            for step in offsets:
                after = row.swept_until
                due_dates = _due_dates(step, first=after, today=today)
                values += [*due_dates, step.months, step.days, after, after + timedelta(days=1), today]
    if not parts:
        return set()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), values)
            return {name for (name,) in cursor.fetchall()}
    except DatabaseError:
        log.exception("The ladders can’t be asked at once")
        return {row.name for row in rows}


def _offsets(row: ReminderSetting) -> tuple[Offset, ...]:
    return parse_offsets(row.offsets) if row.offsets is not None else REMINDER_SCHEDULES[row.name].first_offsets


def _due_dates(step: Offset, *, first: date, today: date) -> tuple[date, date]:
    """Between which days an due date lies whose offset falls from `first` to today; one before the due date never comes after it."""
    # A month has at most three days more or less than another, which a clamp can take away: four on each side are enough.
    shift = timedelta(days=step.days) + timedelta(days=round(step.months * 30.436875))
    slack = timedelta(days=4 if step.months else 0)
    low = first - shift - slack
    return (max(low, today) if step.is_before else low), today - shift + slack


def _insert(row: ReminderSetting, *, today: date, at: datetime) -> int:
    offsets, schedule, after = _offsets(row), REMINDER_SCHEDULES[row.name], row.swept_until
    if not offsets:
        return 0
    sql, params = schedule.columns
    parts, values = [PART.format(rows=sql)] * len(offsets), []
    for step in offsets:
        due_dates = _due_dates(step, first=after, today=today)
        values += [str(step), step.is_before, step.months, step.days, *params, *due_dates]
    with connection.cursor() as cursor:
        statement = FIND.format(parts=" UNION ALL ".join(parts), first=FIRST)
        cursor.execute(statement, [schedule.name, at, *values, after, after + timedelta(days=1), today, today, schedule.name])
        return int(cursor.rowcount)


def send_due(*, at: datetime) -> int:
    """Write up to BATCH emails for reminders that were found; those that became needless are dropped. Return how many were taken.

    One that can't be written is reported to the operators, stops no other, and is tried again an hour later.
    """
    with transaction.atomic():
        unsaid = Reminder.objects.filter(Q(due_at=None) | Q(due_at__lte=at), said_at=None, dropped=False)
        waiting = unsaid.select_for_update(of=("self",), skip_locked=True).select_related("person")
        taken = list(waiting.order_by("id")[:BATCH])
        for name in sorted({reminder.schedule for reminder in taken}):
            _send_or_wait(name, [reminder for reminder in taken if reminder.schedule == name], at=at)
    return len(taken)


def _send_or_wait(name: str, reminders: list[Reminder], *, at: datetime) -> None:
    """Write the emails of one reminder schedule; where that fails, one at a time, so that the one that can't be written is found."""
    try:
        with transaction.atomic():
            _send(name, reminders, at=at)
    except Exception:  # what an app's words run into is not known here
        if len(reminders) > 1:
            for reminder in reminders:
                _send_or_wait(name, [reminder], at=at)
            return
        [reminder] = reminders
        log.exception("The reminder %s of %s could not be written", reminder.pk, name)
        Reminder.objects.filter(pk=reminder.pk).update(due_at=at + PATIENCE)


def _send(name: str, reminders: list[Reminder], *, at: datetime) -> None:
    today = day_of(at)
    schedule = REMINDER_SCHEDULES.get(name)
    ids = {reminder.thing for reminder in reminders}
    current = _list_current(schedule, ids) if schedule else {}
    contents = schedule.render(ids, today=today) if schedule and schedule.render else {}
    emails, said = [], []
    for reminder in reminders:
        content = contents.get(reminder.thing)
        latest = current.get((reminder.thing, reminder.due_date, reminder.person_id, reminder.to))
        is_over = reminder.due_date < today and parse_offset(reminder.offset).is_before
        if content is not None and content.until is not None and content.until <= at:
            content = None
        if schedule is None or content is None or is_over or latest != reminder.falls_on:
            continue
        days = (reminder.due_date - today).days
        emails.append(
            actions.build_email(
                reminder.person,
                schedule.notice,
                key=f"{reminder.thing}:{reminder.due_date}:{reminder.offset}",
                at=at,
                path=content.path,
                context={"due_date": reminder.due_date, "days": days, **content.context},
                must_arrive=False,
                calendar=content.calendar,
                about=content.about,
                to=reminder.to,
                why=content.why,
                secret=content.secret,
            )
        )
        said.append(reminder.pk)
    actions.queue_emails(emails)
    Reminder.objects.filter(pk__in=said).update(said_at=at)
    Reminder.objects.filter(pk__in={reminder.pk for reminder in reminders} - {*said}).update(dropped=True)


def _list_current(schedule: ReminderSchedule, ids: set[UUID]) -> dict[tuple[UUID, date, int | None, str], date]:
    """Of which (thing, due date, recipient) an email may still be written, and the day of the latest offset that its group found for them.

    Three queries for each reminder schedule of the group.
    """
    by_schedule = {
        reminder_schedule.name: _list_found(reminder_schedule, ids)
        for reminder_schedule in REMINDER_SCHEDULES.values()
        if reminder_schedule.group == schedule.group
    }
    latest: dict[tuple[UUID, int | None, str], date] = {}
    for days in by_schedule.values():
        for (thing, _, person, to), day in days.items():
            latest[thing, person, to] = max(day, latest.get((thing, person, to), day))
    return {(thing, due_date, person, to): latest[thing, person, to] for thing, due_date, person, to in by_schedule[schedule.name]}


def _list_found(schedule: ReminderSchedule, ids: set[UUID]) -> dict[tuple[UUID, date, int | None, str], date]:
    """What one schedule found for whom, where it is neither done, moved nor opted out of, with the day of the latest offset. 3 queries."""
    due = schedule.due()
    rows = named(due, due.rows.filter(**{f"{due.thing}__in": ids}))
    silenced = set(ReminderOptOut.objects.filter(schedule=schedule.name).values_list("person_id", flat=True))
    still = {(thing, due_date, person, to) for person, to, thing, due_date, _ in rows if person not in silenced}
    reminders = Reminder.objects.filter(schedule=schedule.name, thing__in=ids).values_list("thing", "due_date", "person_id", "to")
    return {tuple(key): latest for *key, latest in reminders.annotate(latest=Max("falls_on")) if tuple(key) in still}


def change_offsets(schedule: ReminderSchedule, words: list[str], *, actor: Any, at: datetime) -> None:
    """Set the steps of a reminder schedule from now on; what was sent stays sent. Raises ValueError for what is not a step."""
    new = parse_offsets(words)
    with transaction.atomic():
        ReminderSetting.objects.get_or_create(name=schedule.name, defaults={"swept_until": day_of(at) - timedelta(days=1)})
        row = ReminderSetting.objects.select_for_update().get(name=schedule.name)
        old = parse_offsets(row.offsets) if row.offsets is not None else schedule.first_offsets
        if new == old:
            return
        row.offsets = [str(step) for step in new]
        row.save(update_fields=["offsets"])
        details = {"title": schedule.title, "old": [str(step) for step in old], "new": row.offsets or ["none"]}
        actions.record(CHANGED.name, subject=row, actor=actor, at=at, details=details)


def set_opt_outs(person: Any, *, without: set[str]) -> None:
    """Store which of the reminder schedules that a person knows they want no emails of; the others come (again)."""
    ReminderOptOut.objects.filter(person=person).exclude(schedule__in=without).delete()
    ReminderOptOut.objects.bulk_create([ReminderOptOut(person=person, schedule=name) for name in sorted(without)], ignore_conflicts=True)


def list_opt_outs(person: Any) -> list[tuple[ReminderSchedule, bool]]:
    """The reminder schedules that have written to a person, or that they silenced, with whether they want them. Two queries."""
    silenced = set(ReminderOptOut.objects.filter(person=person).values_list("schedule", flat=True))
    known = silenced | set(Reminder.objects.filter(person=person).values_list("schedule", flat=True).distinct())
    return [(REMINDER_SCHEDULES[name], name not in silenced) for name in sorted(known) if name in REMINDER_SCHEDULES]
