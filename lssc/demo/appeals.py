"""Appeals of the demonstration: one with grounds to give, one that waits for each of the two committees."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from appeals import actions as appeals
from appeals.models import Appeal
from candidates import actions as candidates

if TYPE_CHECKING:
    from candidates.models import Application
    from lssc.demo.story import Story
    from people.models import User

FLORA = "flora@juniper.example"
GROUNDS = (
    "The published rule counts every week of the last five years, from all my posts together. "
    "The letter of my second library was not looked at. It shows eleven hours a week, and my application names them."
)
ANSWER = "Staff counted both posts. The second letter arrived one day after the decision, so it could not count."


def tell(story: Story) -> None:
    """Tell of three who appeal a refusal; the first one has another refusal that she can appeal."""
    flora = story._person(FLORA, at=story.ago(60))
    _appeal(story, flora, days_ago=9)
    _refuse(story, flora, days_ago=2)
    _give_grounds(story, _appeal(story, story._person(at=story.ago(70)), days_ago=20), days_ago=6)
    heard = _appeal(story, story._person(at=story.ago(90)), days_ago=40)
    _give_grounds(story, heard, days_ago=25)
    appeals.respond(heard, text=ANSWER, actor=story.rita, at=story.ago(12))


def _refuse(story: Story, person: User, *, days_ago: float) -> Application:
    application = story._in_review(person, days_ago=days_ago + 2)
    candidates.refuse(
        application,
        reason_code="hours",
        reason="With the letters that we have, the hours fall short.",
        eligible_from=story.now.date() + timedelta(days=120),
        actor=story.rita,
        at=story.ago(days_ago),
    )
    return application


def _appeal(story: Story, person: User, *, days_ago: float) -> Appeal:
    application = _refuse(story, person, days_ago=days_ago)
    at = story.ago(days_ago - 2)
    reason = "I think that my second post was not counted."
    return appeals.give_notice(person, kind="application", reference=application.id, reason=reason, actor=person, at=at)


def _give_grounds(story: Story, appeal: Appeal, *, days_ago: float) -> None:
    appeals.give_grounds(appeal, grounds=GROUNDS, actor=appeal.person, at=story.ago(days_ago))
