"""Reminder schedules against a plain statement of their rules: each offset once, the latest after a gap, none of what is done or past."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import isolate_apps
from hypothesis import given
from hypothesis import strategies as st

from ledger import registry, reminder_schedules, reminders
from ledger.models import Email, Entry, Reminder, ReminderSetting
from ledger.queries import tell
from ledger.reminder_schedules import Due, ReminderContent, ReminderSchedule
from programs.policy import add_months

FIRST = date(2027, 1, 1)
OFFSETS = ("-3 months", "-1 month", "-2 weeks", "0 days", "10 days")


def noon(day: date) -> datetime:
    """An instant whose deadline day is `day`."""
    return datetime.fromisoformat(f"{day}T20:00:00+00:00")


@dataclass
class World:
    """A table of promises, and a reminder schedule over those that are not kept."""

    model: Any
    schedule: ReminderSchedule
    bad: set[uuid.UUID]

    def promise(self, person: Any, *, since: date, due_on: date) -> Any:
        return self.model.objects.create(id=uuid.uuid4(), person=person.pk, made_on=since, due_on=due_on)

    def sweep(self, day: date) -> list[tuple[uuid.UUID, date, str]]:
        """One day's sweep; what it found."""
        known = set(Reminder.objects.values_list("id", flat=True))
        reminders.find(self.schedule, at=noon(day))
        return sorted(Reminder.objects.exclude(id__in=known).values_list("thing", "due_date", "offset"))


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> Iterator[World]:
    folder = tmp_path / "test" / "email" / "promise"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("Keep it by {{ due_date|date:'F j, Y' }}")
    (folder / "body.txt").write_text("Hello {{ called }},\n\n{{ days }} days are left for {{ what }}.\n\nSee it:\n{{ url }}\n")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
    monkeypatch.setattr(reminder_schedules, "REMINDER_SCHEDULES", {})
    monkeypatch.setattr(reminders, "REMINDER_SCHEDULES", reminder_schedules.REMINDER_SCHEDULES)
    monkeypatch.setattr(registry, "SWEEPS", {})
    with isolate_apps("ledger"):

        class Promise(models.Model):  # noqa: DJ008
            id = models.UUIDField(primary_key=True)
            person = models.BigIntegerField()
            made_on = models.DateField()
            due_on = models.DateField()
            kept = models.BooleanField(default=False)

            class Meta:
                app_label = "ledger"

        @reminder_schedules.reminder_schedule(
            "test.promise", title="Promises", counts_from="the day of the promise", offsets=OFFSETS, notice="test/promise"
        )
        def promises() -> Due:
            return Due(Promise.objects.filter(kept=False), person="person", thing="id", due_date="due_on", since="made_on")

        bad: set[uuid.UUID] = set()

        @promises.content
        def say(ids: Any, *, today: date) -> dict[uuid.UUID, ReminderContent]:
            if bad.intersection(ids):
                Promise.objects.create(id=next(iter(ids)))  # it is there: the transaction is of no use after that
            return {id: ReminderContent(path="/my/", context={"what": "the promise"}, why="you promised") for id in ids}

        with connection.schema_editor() as editor:
            editor.create_model(Promise)
        yield World(Promise, promises, bad)


@dataclass
class Life:
    """One thing's history: a first promise, perhaps a second one, perhaps an end."""

    promises: list[tuple[date, date]]
    done_on: date | None
    sent: set[tuple[date, str]] = field(default_factory=set)

    def promise_on(self, day: date) -> tuple[date, date]:
        return [made for made in self.promises if made[0] <= day][-1]


def falls_on(words: str, due_date: date) -> date:
    count, unit = words.split()
    if unit.startswith("month"):
        return add_months(due_date, int(count))
    return due_date + timedelta(days=int(count) * (7 if unit.startswith("week") else 1))


def expected(life: Life, *, after: date, today: date) -> tuple[date, str] | None:
    """What one sweep must find for one thing, said slowly."""
    if life.done_on and life.done_on <= today:
        return None
    since, due_date = life.promise_on(today)
    fallen = []
    for words in OFFSETS:
        day = falls_on(words, due_date)
        if not (since <= day <= today and (after < day or since == after == day)):
            continue
        if day < due_date < today:
            continue
        fallen.append((day, words))
    return (due_date, max(fallen)[1]) if fallen else None


@pytest.mark.parametrize("seed", range(4))
def test_a_year_of_sweeps_with_gaps_agrees_with_the_slow_statement(world: World, alice: Any, bob: Any, seed: int) -> None:
    chance = random.Random(seed)
    lives: dict[uuid.UUID, Life] = {}
    for _ in range(40):
        since = FIRST + timedelta(days=chance.randrange(60))
        first = (since, since + timedelta(days=chance.randrange(1, 200)))
        moved = since + timedelta(days=chance.randrange(1, 150))
        promises = [first, (moved, moved + timedelta(days=chance.randrange(1, 200)))] if chance.random() < 0.4 else [first]
        done_on = since + timedelta(days=chance.randrange(5, 250)) if chance.random() < 0.5 else None
        row = world.promise(chance.choice([alice, bob]), since=first[0], due_on=first[1])
        lives[row.id] = Life(promises, done_on)
    after = FIRST - timedelta(days=1)
    found, written = 0, {}
    for day in (FIRST + timedelta(days=number) for number in range(366)):
        for id, life in lives.items():
            since, due_date = life.promise_on(day) if day >= life.promises[0][0] else life.promises[0]
            done = bool(life.done_on and life.done_on <= day)
            if written.get(id) != (since, due_date, done):
                written[id] = since, due_date, done
                world.model.objects.filter(id=id).update(made_on=since, due_on=due_date, kept=done)
        if chance.random() < 0.3:
            continue
        begun = {id: life for id, life in lives.items() if day >= life.promises[0][0]}
        wanted = {id: expected(life, after=after, today=day) for id, life in begun.items()}
        fresh = sorted((id, *what) for id, what in wanted.items() if what and what not in lives[id].sent)
        assert world.sweep(day) == fresh, day
        for id, due_date, words in fresh:
            lives[id].sent.add((due_date, words))
        found += len(fresh)
        after = day
    assert found > 60


# A promise made on January 10 that is due on January 31; which step is found by a sweep after a gap that began after another day's sweep.
DUE = date(2027, 1, 31)


@pytest.mark.parametrize(
    ("last", "today", "found"),
    [
        ((1, 16), (1, 16), None),  # the day before the step "two weeks before"
        ((1, 16), (1, 17), "-2 weeks"),
        ((1, 16), (1, 18), "-2 weeks"),
        ((1, 16), (1, 30), "-2 weeks"),
        ((1, 16), (1, 31), "0 days"),  # the last day itself: the latest step
        ((1, 16), (2, 1), "0 days"),  # the day after: none before the deadline, but the one on the day
        ((1, 30), (1, 31), "0 days"),
        ((1, 30), (2, 1), "0 days"),
        ((1, 30), (2, 9), "0 days"),
        ((1, 31), (2, 9), None),
        ((1, 30), (2, 10), "10 days"),
        ((2, 9), (2, 10), "10 days"),
        ((2, 9), (3, 1), "10 days"),
        ((2, 10), (3, 1), None),
    ],
)
def test_at_each_boundary_of_a_gap(world: World, alice: Any, last: tuple[int, int], today: tuple[int, int], found: str | None) -> None:
    world.sweep(date(2027, *last))
    row = world.promise(alice, since=date(2027, 1, 10), due_on=DUE)
    day = date(2027, *today)
    assert world.sweep(day) == ([(row.id, DUE, found)] if found else [])
    reminders.send_due(at=noon(day))
    assert [letter.subject for letter in Email.objects.all()] == (["Keep it by January 31, 2027"] if found else [])


@pytest.mark.parametrize(
    ("since", "swept_first", "found"),
    [
        (date(2027, 1, 16), False, ["-2 weeks"]),  # promised the day before the step
        (date(2027, 1, 17), False, ["-2 weeks"]),  # on its very day, before the sweep
        (date(2027, 1, 17), True, ["-2 weeks"]),  # on its very day, after the sweep: with the next one
        (date(2027, 1, 18), False, []),  # the day after: it was past
        (date(2027, 1, 18), True, []),
    ],
)
@pytest.mark.parametrize("one_by_one", [True, False])
def test_a_step_on_the_day_of_the_promise_comes_once_and_one_before_it_never(
    world: World, alice: Any, since: date, swept_first: bool, found: list[str], one_by_one: bool
) -> None:
    world.sweep(since if swept_first else since - timedelta(days=1))
    world.promise(alice, since=since, due_on=DUE)
    for number in range(3):
        day = since + timedelta(days=number)
        if one_by_one:
            world.sweep(day)
        else:
            reminders.find_due(at=noon(day))
    assert list(Reminder.objects.values_list("offset", flat=True)) == found


def test_a_second_sweep_of_a_day_finds_nothing_more(world: World, alice: Any) -> None:
    world.sweep(FIRST)
    world.promise(alice, since=FIRST, due_on=date(2027, 3, 1))
    assert world.sweep(date(2027, 2, 1)) == [(Reminder.objects.get().thing, date(2027, 3, 1), "-1 month")]
    assert world.sweep(date(2027, 2, 1)) == []


def test_the_letter_says_its_facts_and_is_a_reminder(world: World, alice: Any) -> None:
    world.sweep(FIRST)
    world.promise(alice, since=FIRST, due_on=date(2027, 2, 14))
    world.sweep(date(2027, 1, 31))
    assert reminders.send_due(at=noon(date(2027, 1, 31))) == 1
    letter = Email.objects.get()
    assert (letter.subject, letter.must_arrive, letter.person) == ("Keep it by February 14, 2027", False, alice)
    assert "14 days are left for the promise." in letter.text
    assert reminders.send_due(at=noon(date(2027, 1, 31))) == 0
    assert Email.objects.count() == 1


def test_one_that_can_not_be_written_is_told_waits_and_stops_no_other(
    world: World, alice: Any, bob: Any, caplog: pytest.LogCaptureFixture
) -> None:
    world.sweep(FIRST)
    _, bad, _ = (world.promise(person, since=FIRST, due_on=date(2027, 2, 14)) for person in (alice, bob, alice))
    world.sweep(date(2027, 1, 31))
    world.bad.add(bad.id)
    now = noon(date(2027, 1, 31))
    assert [reminders.send_due(at=now), reminders.send_due(at=now)] == [3, 0]
    assert [letter.person for letter in Email.objects.all()] == [alice, alice]
    [told] = [record for record in caplog.records if record.name == "ledger.reminders"]
    assert (told.levelname, bool(told.exc_info)) == ("ERROR", True)
    assert told.getMessage() == f"The reminder {Reminder.objects.get(said_at=None).pk} of test.promise could not be written"
    world.bad.clear()
    assert reminders.send_due(at=now + timedelta(minutes=59)) == 0
    assert reminders.send_due(at=now + timedelta(hours=1)) == 1
    assert sorted(Email.objects.values_list("person", flat=True)) == sorted([alice.pk, alice.pk, bob.pk])


@pytest.mark.parametrize("change", [{"kept": True}, {"due_on": date(2027, 5, 1)}])
def test_what_was_done_or_moved_before_its_letter_was_written_is_dropped(world: World, alice: Any, change: dict[str, Any]) -> None:
    world.sweep(FIRST)
    world.promise(alice, since=FIRST, due_on=date(2027, 2, 14))
    world.sweep(date(2027, 1, 31))
    world.model.objects.update(**change)
    reminders.send_due(at=noon(date(2027, 1, 31)))
    assert Email.objects.count() == 0
    assert Reminder.objects.get().dropped


def test_who_does_not_want_them_gets_none_until_they_do(world: World, alice: Any, bob: Any) -> None:
    world.sweep(FIRST)
    reminders.set_opt_outs(alice, without={"test.promise"})
    for person in (alice, bob):
        world.promise(person, since=FIRST, due_on=date(2027, 2, 14))
    world.sweep(date(2027, 1, 31))
    assert [reminder.person for reminder in Reminder.objects.all()] == [bob]
    assert [(schedule.name, wanted) for schedule, wanted in reminders.list_opt_outs(alice)] == [("test.promise", False)]
    reminders.set_opt_outs(alice, without=set())
    world.sweep(date(2027, 2, 14))
    assert sorted(Reminder.objects.values_list("person", "offset")) == sorted(
        [(bob.pk, "-2 weeks"), (alice.pk, "0 days"), (bob.pk, "0 days")]
    )


def test_staff_change_the_offsets_and_the_audit_says_so(world: World, alice: Any, rita: Any) -> None:
    world.sweep(FIRST)
    reminders.change_offsets(world.schedule, ["5 days", "-1 week"], actor=rita, at=noon(FIRST))
    reminders.change_offsets(world.schedule, ["-1 week", "5 days"], actor=rita, at=noon(FIRST))
    assert [str(offset) for offset in reminders.list_offsets()[world.schedule.name]] == ["-1 week", "5 days"]
    assert [tell(entry).sentence for entry in Entry.objects.select_related("actor", "person")] == [
        "Rita Lindqvist changed the reminders “Promises”: "
        "they were -3 months, -1 month, -2 weeks, 0 days, 10 days, they are -1 week, 5 days."
    ]
    world.promise(alice, since=FIRST, due_on=date(2027, 2, 14))
    assert world.sweep(date(2027, 1, 31)) == []
    assert [offset for _, _, offset in world.sweep(date(2027, 2, 7))] == ["-1 week"]
    with pytest.raises(ValueError, match="“soon” is not a valid offset"):
        reminders.change_offsets(world.schedule, ["soon"], actor=rita, at=noon(FIRST))
    assert ReminderSetting.objects.get().offsets == ["-1 week", "5 days"]


@pytest.mark.parametrize("count", [1, 30])
def test_a_sweep_asks_the_same_however_many_are_due(world: World, alice: Any, django_assert_num_queries: Any, count: int) -> None:
    world.sweep(FIRST)
    for _ in range(count):
        world.promise(alice, since=FIRST, due_on=date(2027, 2, 14))
    with django_assert_num_queries(5):  # the reminder schedule's row, locked; the statement; the day that was swept; begin and end
        assert reminders.find(world.schedule, at=noon(date(2027, 1, 31))) == count


@given(st.integers(-600, 600), st.sampled_from(["day", "week", "month"]))
def test_an_offset_reads_back_as_it_is_written(count: int, unit: str) -> None:
    offset = reminder_schedules.parse_offset(f"{count} {unit}s")
    assert reminder_schedules.parse_offset(str(offset)) == offset
    assert offset.is_before == (count < 0)


@pytest.mark.parametrize("words", ["", "soon", "1 year", "-3", "3 months and a day", "99999 days", "−3 months"])
def test_what_is_not_an_offset_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match="is not a valid offset"):
        reminder_schedules.parse_offset(words)
