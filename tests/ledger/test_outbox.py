"""News is delivered at least once and takes effect once; a poisoned row stops nobody."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from inspect import isfunction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from celery import current_app
from django.apps import apps
from django.db import connection, transaction
from kombu.exceptions import OperationalError

from ledger import actions as ledger
from ledger import outbox, sweep_runs, tasks
from ledger.models import Delivery, ReminderOptOut
from ledger.registry import OUTSIDE, SUBSCRIBERS, SWEEPS, subscribe, sweep
from ledger.workers import send  # as it is, before the tests' own stands in for it
from ops.runtime import PROJECT

heard: list[dict[str, Any]] = []


@pytest.fixture(autouse=True)
def _listeners() -> Iterator[None]:
    heard.clear()

    @subscribe("test.event", name="test.listener")
    def listen(event: dict[str, Any], *, at: datetime) -> None:
        if event.get("poison"):
            raise ValueError("not digestible")
        if event.get("dangling"):
            ReminderOptOut.objects.create(person_id=0, schedule="test")  # nobody has this key, which the database sees at the commit
        heard.append(event)

    yield
    del SUBSCRIBERS["test.event"]


def tell(at: datetime, key: Any = 1, **payload: Any) -> None:
    with transaction.atomic():
        ledger.emit("test.event", key=key, at=at, **payload)


@pytest.mark.django_db
def test_the_same_news_twice_is_one_row(at: datetime) -> None:
    tell(at, word="a")
    tell(at, word="b")
    assert [row.payload for row in Delivery.objects.all()] == [{"word": "a"}]


@pytest.mark.django_db
def test_news_is_delivered_once(at: datetime) -> None:
    tell(at, day=at.date())
    assert outbox.deliver(at=at) == 1
    assert outbox.deliver(at=at) == 0
    assert heard == [{"day": "2026-11-23"}]


@pytest.mark.django_db
def test_a_poisoned_row_waits_and_stops_nobody(at: datetime, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    tell(at, 1, poison=True)
    tell(at, 2, word="fine")
    assert outbox.deliver(at=at) == 2
    assert heard == [{"word": "fine"}]
    row = Delivery.objects.get(done_at=None)
    assert (row.attempts, row.last_error, row.due_at) == (1, "ValueError: not digestible", at + timedelta(seconds=5))
    assert outbox.deliver(at=at + timedelta(seconds=4)) == 0
    assert outbox.deliver(at=at + timedelta(seconds=5)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_row_that_fails_at_the_commit_waits_and_stops_nobody(at: datetime, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    tell(at, 1, dangling=True)
    tell(at, 2, word="fine")
    assert outbox.deliver(at=at) == 2
    row = Delivery.objects.get(done_at=None)
    assert (row.payload, row.attempts, row.due_at) == ({"dangling": True}, 1, at + timedelta(seconds=5))
    assert row.last_error.startswith("IntegrityError: ")
    assert ReminderOptOut.objects.count() == 0
    assert outbox.deliver(at=at + timedelta(seconds=4)) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("broken", ["outbox.deliver", "reminders.send_due", "email_delivery.send_due"])
def test_a_part_of_the_work_that_fails_stops_no_other(
    broken: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    asked: list[str] = []

    def part(name: str) -> Any:
        def do(*, at: datetime) -> int:
            asked.append(name)
            if name == broken:
                raise ValueError("it fails")
            return int(asked.count(name) < 3)

        return do

    parts = ("outbox.deliver", "reminders.send_due", "email_delivery.send_due")
    for name in parts:
        monkeypatch.setattr(f"ledger.{name}", part(name))
    tasks.work()
    assert asked == [*parts] * 3


@pytest.mark.django_db
def test_news_of_a_change_that_did_not_happen_is_not_told(at: datetime) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell(at)
        raise ZeroDivisionError
    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_eight_workers_deliver_a_hundred_news_once_each(at: datetime) -> None:
    for key in range(100):
        tell(at, key, number=key)

    def work(_: int) -> None:
        try:
            while outbox.deliver(at=at):
                pass
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert sorted(event["number"] for event in heard) == list(range(100))


@pytest.fixture
def ran() -> Iterator[list[datetime]]:
    times: list[datetime] = []

    @sweep("test.sweep", every="day")
    def run(*, at: datetime) -> None:
        times.append(at)
        if at.microsecond:
            raise ValueError("the sweep fails")

    others = {name: SWEEPS.pop(name) for name in list(SWEEPS) if name != "test.sweep"}
    yield times
    del SWEEPS["test.sweep"]
    SWEEPS.update(others)


@pytest.mark.django_db
def test_a_sweep_runs_once_in_its_day_which_ends_in_pago_pago(ran: list[datetime], at: datetime) -> None:
    last = datetime.fromisoformat("2026-11-24T10:59:00Z")
    first = datetime.fromisoformat("2026-11-24T11:00:00Z")
    assert [sweep_runs.run_due(at=when) for when in (at, at, last, first, first)] == [["test.sweep"], [], [], ["test.sweep"], []]


@pytest.mark.django_db
def test_a_sweep_that_fails_is_tried_again(ran: list[datetime], at: datetime, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    assert sweep_runs.run_due(at=at.replace(microsecond=1)) == []
    assert sweep_runs.run_due(at=at) == ["test.sweep"]


@pytest.mark.django_db
def test_a_clock_that_goes_back_runs_nothing_twice(ran: list[datetime], at: datetime) -> None:
    assert sweep_runs.run_due(at=at) == ["test.sweep"]
    assert sweep_runs.run_due(at=at - timedelta(days=3)) == []


def test_what_a_room_does_by_the_clock_and_what_it_hears_is_registered() -> None:
    known = {one.run for one in SWEEPS.values()} | {listener for named in SUBSCRIBERS.values() for listener in named.values()}
    names = [
        f"{room.name}.{kind}" for room in apps.get_app_configs() for kind in ("sweeps", "subscribers") if Path(room.path).parent == PROJECT
    ]
    parts = [import_module(name) for name in names if find_spec(name)]
    doers = [one for part in parts for one in vars(part).values() if isfunction(one) and one.__module__ == part.__name__]
    assert len(doers) > 40
    assert [one for one in doers if one not in known and not one.__name__.startswith("_")] == []


@pytest.mark.django_db(transaction=True)
def test_three_schedulers_give_one_run(ran: list[datetime], at: datetime) -> None:
    def schedule(_: int) -> None:
        try:
            sweep_runs.run_due(at=at)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(schedule, range(3)))
    assert ran == [at]


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bool]]:
    """A subscriber that asks somebody outside; for each call whether it was in a transaction."""
    asked: list[bool] = []

    def ask(event: dict[str, Any], *, at: datetime) -> None:
        asked.append(connection.in_atomic_block)
        if event.get("poison"):
            raise TimeoutError("no one answers")

    monkeypatch.setitem(SUBSCRIBERS, "test.outside", {})
    subscribe("test.outside", name="test.asker", outside=True, lasts=timedelta(minutes=5))(ask)
    monkeypatch.setattr("ledger.outbox.log.exception", lambda *told: None)
    yield asked
    OUTSIDE.pop("test.asker")


@pytest.mark.django_db(transaction=True)
def test_who_asks_somebody_outside_holds_no_transaction_and_keeps_nothing_waiting(outside: list[bool], at: datetime) -> None:
    with transaction.atomic():
        ledger.emit("test.outside", key=1, at=at)
        ledger.emit("test.outside", key=2, at=at, poison=True)
    assert outbox.deliver(at=at) == 0
    assert outbox.deliver_outside(at=at) + outbox.deliver_outside(at=at) == 2
    assert outbox.deliver_outside(at=at) == 0
    assert outside == [False, False]
    done, failed = Delivery.objects.order_by("id")
    assert (done.done_at, done.attempts) == (at, 1)
    assert (failed.due_at, failed.attempts, failed.last_error) == (at + timedelta(seconds=5), 1, "TimeoutError: no one answers")


@pytest.mark.django_db(transaction=True)
def test_news_whose_asker_was_killed_is_taken_up_by_another(outside: list[bool], at: datetime) -> None:
    with transaction.atomic():
        ledger.emit("test.outside", key=1, at=at)
    assert outbox._claim(at=at) is not None  # and then the power was cut
    assert outbox.deliver_outside(at=at + timedelta(minutes=5, seconds=-1)) == 0
    assert outbox.deliver_outside(at=at + timedelta(minutes=5)) == 1
    assert outside == [False]


@pytest.mark.django_db(transaction=True)
def test_the_worker_is_woken_that_is_meant(outside: list[bool], at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[str] = []
    monkeypatch.setattr("ledger.workers.send", woken.append)
    with transaction.atomic():
        ledger.emit("test.outside", key=1, at=at)
        ledger.emit("test.outside", key=2, at=at)
    tell(at)
    assert woken == ["ledger.ask", "ledger.work"]
    assert set(woken) <= set(current_app.tasks)


def test_a_broker_that_does_not_answer_is_no_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def send_task(task: str, **options: Any) -> None:
        asked.append(task)
        raise OperationalError("nobody answers")

    monkeypatch.setattr("ledger.workers.current_app", SimpleNamespace(send_task=send_task))
    send("ledger.work")
    assert asked == ["ledger.work"]
