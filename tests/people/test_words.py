"""How pages write an hour."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from people.templatetags.words import clock, clock_with_zone


@pytest.mark.parametrize(
    ("zone", "month", "told"),
    [
        ("America/New_York", 1, "2:05 pm EST"),
        ("America/New_York", 7, "3:05 pm EDT"),
        ("America/Los_Angeles", 1, "11:05 am PST"),
        ("Pacific/Guam", 1, "5:05 am ChST"),
        ("UTC", 1, "7:05 pm UTC"),
    ],
)
def test_an_hour_that_others_read_too_names_its_zone(zone: str, month: int, told: str) -> None:
    at = datetime(2027, month, 4, 19, 5, tzinfo=UTC)
    with timezone.override(zone):
        assert clock_with_zone(at) == told
        assert told.startswith(clock(at))


def test_no_hour_has_no_zone() -> None:
    assert clock_with_zone(None) == ""
