"""What this room tells others: every topic it emits, heard by an ear of the test."""

from typing import Any

import pytest

from ledger.models import Delivery
from ledger.registry import SUBSCRIBERS

TOPICS = (
    "candidates.application.sent",
    "candidates.candidacy.opened",
    "candidates.set.achieved",
    "candidates.candidacy.completed",
    "candidates.candidacy.extended",
)


@pytest.fixture
def news(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give what was emitted so far, oldest first, as (topic, payload)."""
    for topic in TOPICS:
        monkeypatch.setitem(SUBSCRIBERS, topic, {"tests.ear": lambda news, *, at: None})
    return lambda: list(Delivery.objects.filter(subscriber="tests.ear").order_by("id").values_list("topic", "payload"))
