"""What /healthz and /readyz answer when something is missing."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django.asserts import assertNumQueries
from redis.exceptions import ConnectionError as BrokerIsGone

from billing.gateway import circuit
from billing.states import OutageKind
from ledger import clock
from ledger.models import Heartbeat
from lssc import health

OK = {"database": "ok", "broker": "ok", "migrations": "ok", "worker": "ok"}
TOLD = {"disk": "ok", "outside": "ok", "cards": "ok", "late": "none"}


class Broker:
    """A broker that answers, or doesn't."""

    def __init__(self, *, there: bool) -> None:
        self.there = there

    def ping(self) -> bool:
        if not self.there:
            raise BrokerIsGone("Connection refused by 10.0.0.7")
        return True


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    broker = Broker(there=True)
    monkeypatch.setattr(health, "_redis", lambda: broker)
    return broker


@pytest.fixture
def worker(db: None) -> Heartbeat:
    Heartbeat.objects.create(name="outside", at=clock.now())
    return Heartbeat.objects.create(name="worker", at=clock.now())


def ready(client: Client) -> tuple[int, Any]:
    """The status, and what it depends on."""
    response = client.get("/readyz")
    return response.status_code, response.json()


def test_alive_needs_nothing(client: Client) -> None:
    response = client.get("/healthz")  # without the `db` fixture: a query would fail
    assert (response.status_code, response.json()) == (200, {"alive": True})
    assert "no-store" in response.headers["Cache-Control"]


def test_ready_when_everything_is_there_in_few_queries(client: Client, broker: Broker, worker: Heartbeat) -> None:
    with assertNumQueries(8):
        answer = ready(client)
    assert answer == (200, {"ready": True, "checks": OK, "told": TOLD})


@pytest.mark.parametrize(("seconds", "status"), [(0, 200), (85, 200), (91, 503), (4000, 503)])
def test_a_worker_may_be_silent_for_ninety_seconds(client: Client, broker: Broker, worker: Heartbeat, seconds: int, status: int) -> None:
    Heartbeat.objects.update(at=clock.now() - timedelta(seconds=seconds))
    code, told = ready(client)
    assert code == status
    assert told["checks"]["worker"].startswith("ok" if status == 200 else f"silent for {seconds}")


def test_cards_that_cannot_be_taken_are_told_and_take_no_site_away(client: Client, broker: Broker, worker: Heartbeat) -> None:
    Heartbeat.objects.filter(name="outside").update(at=clock.now() - timedelta(hours=1))
    circuit.failed(OutageKind.KEY, answer="Invalid API Key provided: sk_test_old")
    code, answer = ready(client)
    assert (code, answer["ready"]) == (200, True)
    assert answer["told"]["cards"].startswith("The card company rejects our key, since 20")
    assert answer["told"]["outside"].startswith("silent for 36")
    assert "sk_test" not in str(answer)


def test_a_worker_that_never_came(client: Client, broker: Broker, db: None) -> None:
    assert ready(client) == (503, {"ready": False, "checks": {**OK, "worker": "never seen"}, "told": {**TOLD, "outside": "never seen"}})


def test_a_broker_that_is_gone_is_told_without_its_address(client: Client, broker: Broker, worker: Heartbeat) -> None:
    broker.there = False
    assert ready(client) == (503, {"ready": False, "checks": {**OK, "broker": "failed"}, "told": TOLD})


def test_migrations_that_wait_are_counted(client: Client, broker: Broker, worker: Heartbeat) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'ledger' AND name = '0001_initial'")
    assert ready(client) == (503, {"ready": False, "checks": {**OK, "migrations": "1 not applied"}, "told": TOLD})


def test_a_database_that_is_gone_leaves_the_rest_unknown(client: Client, broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> str:
        raise OSError("no route to the database")

    monkeypatch.setattr(health, "_database", gone)
    checks = {"database": "failed", "broker": "ok", "migrations": "unknown", "worker": "unknown"}
    assert ready(client) == (503, {"ready": False, "checks": checks, "told": {"disk": "ok"}})


def test_only_reading_is_allowed(client: Client) -> None:
    assert client.post("/healthz").status_code == 405


def test_a_disk_that_fills_up_is_told_and_takes_no_page_away(
    client: Client, broker: Broker, worker: Heartbeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "disk_usage", lambda folder: SimpleNamespace(free=99 * 2**20))
    assert ready(client) == (200, {"ready": True, "checks": OK, "told": {**TOLD, "disk": "nearly full: 99 MB are left"}})
