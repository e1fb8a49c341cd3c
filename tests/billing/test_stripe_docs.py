"""What docs/stripe.md tells an operator to choose is what the program listens to."""

import re
from pathlib import Path

import stripe

from billing.actions import stripe_events

TEXT = (Path(__file__).parents[2] / "docs" / "stripe.md").read_text(encoding="utf-8")


def test_the_events_to_choose_are_those_that_we_hear() -> None:
    told = set(re.findall(r"^((?:checkout|refund|charge|radar)[\w.]+)$", TEXT, re.MULTILINE))
    heard = stripe_events.CHECKOUT_EVENTS | stripe_events.REFUND_EVENTS | stripe_events.DISPUTE_EVENTS | stripe_events.WARNING_EVENTS
    assert told == heard


def test_the_version_to_choose_is_that_of_the_library() -> None:
    assert f"`{stripe.api_version}`" in TEXT
