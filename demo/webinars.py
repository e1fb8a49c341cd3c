"""Webinars: one that is over, one that comes with guests, and one that was cancelled. Alice asks for all that we hold."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from demo.story import Story
from people import data_export
from webinars import actions as webinars

if TYPE_CHECKING:
    from webinars.models import Webinar


def tell(story: Story) -> None:
    """Plan them, and let people sign up."""
    over = _plan(story, "Ask the program: applying and fees", days=-20, planned=40)
    coming = _plan(story, "How to begin a portfolio", days=9, planned=6, seats=100)
    _plan(story, "Renewing your certificate: what counts", days=23, planned=5)
    dropped = _plan(story, "For directors: paying for your people", days=16, planned=12)
    alice = story.people["alice@marlow.example"]
    for day, name, email, person in (
        (30, "Maureen Foley", "maureen@birchwood.example", None),
        (28, "Theo Brandt", "theo@millpond.example", None),
    ):
        webinars.sign_up(over, name=name, email=email, person=person, at=story.ago(day))
    webinars.sign_up(coming, name=alice.name, email=alice.email, person=alice, at=story.ago(3))
    webinars.sign_up(coming, name="Theo Brandt", email="theo@millpond.example", person=None, at=story.ago(2))
    guest = webinars.sign_up(coming, name="Joan Pike", email="joan@birchwood.example", person=None, at=story.ago(2))
    webinars.leave(guest, at=story.ago(1))
    webinars.sign_up(dropped, name="Maureen Foley", email="maureen@birchwood.example", person=None, at=story.ago(8))
    webinars.cancel(dropped, reason="Our speaker is ill. We plan it again in spring.", actor=story.rita, at=story.ago(4))
    data_export.make(data_export.ask(alice, at=story.ago(1)).id, at=story.ago(1))


def _plan(story: Story, title: str, *, days: int, planned: int, seats: int | None = None) -> Webinar:
    begins_at = (story.now + timedelta(days=days)).replace(hour=20, minute=0, second=0, microsecond=0)
    details = webinars.Details(
        title=title,
        description="Half an hour of slides, then your questions. Bring what you have so far.",
        begins_at=begins_at,
        zone="America/New_York",
        minutes=60,
        join_url="https://meet.lssc.example/webinar",
        seats=seats,
    )
    return webinars.plan(details, actor=story.rita, at=story.ago(planned))
