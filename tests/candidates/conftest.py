"""What this app tells others: every topic it emits, heard by an ear of the test."""

from typing import Any

import pytest
from django.contrib.auth.models import Group

from ledger.models import Delivery
from ledger.registry import SUBSCRIBERS
from tests.factories import people

TOPICS = (
    "candidates.application.sent",
    "candidates.candidacy.opened",
    "candidates.set.achieved",
    "candidates.candidacy.completed",
    "candidates.candidacy.extended",
)


@pytest.fixture
def sam(db: None) -> Any:
    """Somebody else on the staff."""
    person = people.person("sam@lssc.example", name="Sam Ortiz", called="Sam")
    person.groups.add(Group.objects.get_or_create(name="staff")[0])
    return person


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give what was emitted so far, oldest first, as (topic, payload)."""
    for topic in TOPICS:
        monkeypatch.setitem(SUBSCRIBERS, topic, {"tests.ear": lambda event, *, at: None})
    return lambda: list(Delivery.objects.filter(subscriber="tests.ear").order_by("id").values_list("topic", "payload"))
