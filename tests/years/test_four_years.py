"""Four years, day by day, for a hundred people: every promised reminder once, none of what is done, whoever is killed in between."""

import os
import random
import select
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q, QuerySet

from billing.models import FeeAmount
from ledger import email_delivery, outbox, reminders, sweep_runs
from ledger.models import Email, EmailState, Reminder
from ledger.reminder_schedules import REMINDER_SCHEDULES
from renewals.queries import FEE
from tests.years import plan as plans
from tests.years import postbox
from tests.years.plan import BEFORE, BETWEEN, FEE_FROM, OFFSETS, PEOPLE, Plan, Sent
from tests.years.world import World, instant

pytestmark = [pytest.mark.chaos, pytest.mark.xdist_group("years")]

SEED = 4
WORKERS = 3
KILLS = 60


@pytest.fixture(scope="module")
def plan() -> Plan:
    return Plan(SEED)


@pytest.fixture(scope="module")
def promised(plan: Plan) -> list[Sent]:
    return plans.promised(plan)


@pytest.fixture
def arrived(settings: Any, tmp_path: Path) -> Path:
    """The file of what arrives; a child of this process writes there as well."""
    settings.EMAIL_BACKEND = "tests.years.postbox.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "arrived"
    return tmp_path / "arrived"


@pytest.fixture
def fee(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What a renewal costs; prices outlive the emptying of the tables, so this one is made before and taken back after it."""
    with django_db_blocker.unblock():
        made = FeeAmount.objects.create(kind=FEE, standard_cents=5000, member_cents=5000, effective_on=FEE_FROM)
    yield
    with django_db_blocker.unblock():
        made.delete()


def test_every_ladder_is_lived_through(plan: Plan, promised: list[Sent]) -> None:
    """A new reminder schedule fails here until it has a place in the plan; so do steps that are not those of the rules."""
    assert {name: [str(offset) for offset in schedule.first_offsets] for name, schedule in REMINDER_SCHEDULES.items()} == OFFSETS
    lived = {(one.schedule, one.offset) for one in promised}
    assert lived == {(name, offset) for name, offsets in OFFSETS.items() for offset in offsets}
    assert len({one.person for one in promised}) >= 0.9 * PEOPLE
    assert len(promised) > 500
    assert len(set(promised)) == len(promised)


def test_four_years_with_one_worker(plan: Plan, promised: list[Sent], fee: None, arrived: Path, transactional_db: None) -> None:
    world = World()
    for today in plans.days():
        happen(world, plan, today, BEFORE)
        if today not in plan.no_sweep:
            sweep(today)
        happen(world, plan, today, BETWEEN)
        if today not in plan.no_letters:
            write(today)
    send_the_rest()
    assert sent(world) == promised
    assert set(Email.objects.values_list("state", flat=True)) == {EmailState.SENT}
    assert postbox.count(arrived) == dict.fromkeys(ids(Email.objects.all()), 1)


def test_four_years_with_three_workers_of_which_any_may_be_killed(
    plan: Plan, promised: list[Sent], fee: None, arrived: Path, transactional_db: None
) -> None:
    world = World()
    busy = sorted({one.day for one in promised})
    dice = random.Random(SEED)
    to_kill = set(dice.sample(busy, KILLS * 2))
    kills, cut_short = 0, dict[date, int]()
    with crew() as workers:
        for today in plans.days():
            happen(world, plan, today, BEFORE)
            kill = today in to_kill and kills < KILLS
            if today not in plan.no_sweep:
                kills += workers.work("sweep", today, kill=dice if kill else None)
            happen(world, plan, today, BETWEEN)
            if today not in plan.no_letters:
                cut_short[today] = workers.work("write", today, kill=dice if kill else None)
                kills += cut_short[today]
    send_the_rest()
    assert sent(world) == promised
    assert kills >= KILLS
    times = postbox.count(arrived)
    assert max(times[one] for one in ids(Email.objects.filter(must_arrive=False))) == 1
    unknown = Email.objects.filter(state=EmailState.UNKNOWN, must_arrive=False)
    arrives = ids(Email.objects.filter(state=EmailState.SENT))
    assert arrives | ids(unknown) == ids(Email.objects.all())
    assert arrives - set(times) == set()
    # A process that is killed leaves the one letter in whose send it was: a reminder is not sent again, what must arrive is.
    left = Counter(reminders.day_of(letter.claimed_at) for letter in unknown if letter.claimed_at)
    assert {day: count for day, count in left.items() if count > cut_short[day]} == {}
    assert unknown.count() + times.total() - len(times) <= sum(cut_short.values())


def happen(world: World, plan: Plan, today: date, part: int) -> None:
    for name, details in plan.events.get((today, part), []):
        world.do(name, details, (today, part))


def sweep(today: date) -> None:
    sweep_runs.run_due(at=instant(today, 30))


def write(today: date) -> None:
    at = instant(today, 90)
    while outbox.deliver(at=at) + outbox.deliver_outside(at=at) + reminders.send_due(at=at) + email_delivery.send_due(at=at):
        pass


def send_the_rest() -> None:
    """What was left in mid-send on the last day, and what waited for a day with letters."""
    while email_delivery.send_due(at=instant(plans.FIRST + timedelta(days=plans.DAYS), 90)):
        pass


def ids(letters: QuerySet[Email]) -> set[str]:
    return {str(id) for id in letters.values_list("id", flat=True)}


def sent(world: World) -> list[Sent]:
    """What was sent to the hundred, each by a letter of its own."""
    numbers = {key: number for number, person in enumerate(world.people) for key in (person.pk, person.email)}
    called = {id: name for name, id in world.things.items()}
    theirs = Q(person__in=world.people) | Q(to__in=_addresses(world))
    said = list(Reminder.objects.filter(theirs, said_at__isnull=False))
    letters = Email.objects.filter(theirs, notice__in={schedule.notice for schedule in REMINDER_SCHEDULES.values()})
    assert sorted(letter.dedupe_key for letter in letters) == sorted(
        f"{REMINDER_SCHEDULES[one.schedule].notice}:{one.thing}:{one.due_date}:{one.offset}:{one.person_id or one.to}" for one in said
    )
    return sorted(_sent(one, person=numbers[one.person_id or one.to], thing=called[one.thing]) for one in said)


def _sent(one: Reminder, *, person: int, thing: str) -> Sent:
    return Sent(reminders.day_of(one.said_at), one.schedule, person, thing, one.due_date, one.offset)


def _addresses(world: World) -> list[str]:
    return [person.email for person in world.people]


class Crew:
    """Processes that sweep and write, each with a connection of its own."""

    def __init__(self) -> None:
        self.members: list[tuple[int, int, int]] = []

    def hire(self) -> None:
        """Start a process that does what it reads, and says so when it is done."""
        connection.close()  # a child must not hold this process's connection
        orders, answers = os.pipe(), os.pipe()
        child = os.fork()
        if child == 0:
            for end in (orders[1], answers[0], *(pipe for _, *pipes in self.members for pipe in pipes)):
                os.close(end)
            _toil(orders[0], answers[1])
        os.close(orders[0])
        os.close(answers[1])
        self.members.append((child, orders[1], answers[0]))

    def work(self, what: str, today: date, *, kill: random.Random | None = None) -> int:
        """Let all of them do the same at once, until it is done by somebody who was left alone; how many were killed in the middle."""
        killed = self._kill(what, today, kill) if kill else 0
        while len(self.members) < WORKERS:
            self.hire()
        for _, orders, _ in self.members:
            os.write(orders, f"{what} {today}\n".encode())
        for child, _, answers in self.members:
            assert os.read(answers, 1) == b".", f"{child} failed"
        return killed

    def _kill(self, what: str, today: date, dice: random.Random) -> int:
        """Let them begin, and kill one or more of them a moment later; only those that had not answered count."""
        for _, orders, _ in self.members:
            os.write(orders, f"{what} {today}\n".encode())
        time.sleep(dice.uniform(0.0005, 0.02))
        victims = dice.sample(self.members, dice.randint(1, len(self.members)))
        for child, _, _ in victims:
            os.kill(child, signal.SIGKILL)
        killed = 0
        for member in victims:
            child, orders, answers = member
            os.waitpid(child, 0)
            killed += not (select.select([answers], [], [], 0)[0] and os.read(answers, 1))
            os.close(orders)
            os.close(answers)
            self.members.remove(member)
        for _, _, answers in self.members:
            assert os.read(answers, 1) == b"."
        return killed

    def dismiss(self) -> None:
        for child, orders, answers in self.members:
            os.close(orders)
            os.close(answers)
            os.waitpid(child, 0)


def _toil(orders: int, answers: int) -> None:
    """A worker's life; it ends when nobody is there to give orders."""
    try:
        with os.fdopen(orders) as lines:
            for line in lines:
                what, day = line.split()
                {"sweep": sweep, "write": write}[what](date.fromisoformat(day))
                os.write(answers, b".")
    finally:
        os._exit(0)


@contextmanager
def crew() -> Iterator[Any]:
    made = Crew()
    try:
        for _ in range(WORKERS):
            made.hire()
        yield made
    finally:
        made.dismiss()
