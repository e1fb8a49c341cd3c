"""A holder, Hana, who completed the program on November 23, 2022: her term ends on November 23, 2026, her grace on January 23, 2027."""

from datetime import UTC, datetime
from typing import Any

import pytest

from renewals.models import Renewal
from tests.factories import people, renewals

BEGAN = datetime(2022, 11, 23, 20, 0, tzinfo=UTC)


def day(year: int, month: int, number: int) -> datetime:
    """An instant in the American afternoon, whose deadline day is this day."""
    return datetime(year, month, number, 20, 0, tzinfo=UTC)


@pytest.fixture
def hana(db: None) -> Any:
    """The holder."""
    return people.person("hana@harbor.example", name="Hana Sato", called="Hana")


@pytest.fixture
def renewal(hana: Any, rita: Any) -> Renewal:
    """Her renewal, on the day on which the certificate was issued."""
    return renewals.opened(hana, at=BEGAN, staff=rita)
