"""A card company of one's own for each test."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from ledger import clock
from tests.factories import billing, people
from tests.factories import standin as factory


@pytest.fixture
def standin(settings: Any) -> Iterator[factory.Remote]:
    """The stand-in, in a thread, holding its webhooks back; the gateway speaks to it."""
    server, remote = factory.start()
    factory.point(settings, server)
    remote.sign = server.sign
    yield remote
    server.stop()


@pytest.fixture
def now() -> datetime:
    """The real clock's time, which the stand-in shares."""
    return clock.now()


@pytest.fixture
def payer(db: None) -> Any:
    """Priya, with a confirmed address."""
    return people.person("priya@prairie.example", name="Priya Natarajan", called="Priya")


@pytest.fixture
def ann(db: None) -> Any:
    """Somebody whom Priya pays for."""
    return people.person("ann@prairie.example", name="Ann Field", called="Ann")


@pytest.fixture
def invoice(payer: Any, rita: Any, at: datetime) -> Any:
    """$700 for Ann and Ben."""
    return billing.invoiced(payer, at=at, staff=rita)
