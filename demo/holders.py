"""Holders on their way to a new term: with drafts, in the window, in grace, lapsed, drawn for the sample, and waiting for staff.

One who waits had sent the renewal in grace, which is over now: the certificate is held until staff decide.
"""

from __future__ import annotations

from billing import actions as billing
from demo import scenes
from demo.story import Story
from programs import policy as dates
from renewals import actions as renewals
from renewals import policy, queries
from renewals.models import Seed

# Those of `careers`, by the days since they finished.
DRAFTS, DRAWN, WINDOW, GRACE, WAITING, LAPSED, ASKING = 500, 1100, 1300, 1480, 1530, 1560, 1800


CONFERENCE = scenes.Done("State library conference", "conference", "2", 0, "access", "State library association")
WELCOME = scenes.Done("Welcoming every reader, five webinars", "workshop", "300", 0, "communication", "WebJunction")
SCREENS = scenes.Done("E-book apps and screen readers", "workshop", "150", 150, "technology", "State library")
DEVICES = scenes.Done("Device help day, staff training", "workshop", "90", 90, "technology", "Our own library")
WEEDING = scenes.Done("Reading on weeding, with notes", "self_directed", "240", 0, "collection-management", "")
COURSE = scenes.Done("Introduction to local history", "ceu", "0.5", 0, "reference", "State university")
STORIES = scenes.Done("Storytime for babies", "workshop", "180", 0, "youth", "Library system")
MOST = (CONFERENCE, WELCOME, SCREENS, DEVICES, WEEDING)
ALL = (*MOST, COURSE, STORIES)


def tell(story: Story) -> None:
    """Log, send and ask, each at a day in the past; who is drawn for the sample has sent first."""
    _choose_seeds(story)
    # No one knows the fee, so the demonstration invents none: its staff decided on nothing to pay.
    at = story.ago(400)
    billing.add_fee(kind=queries.FEE, standard_cents=0, member_cents=0, effective_on=dates.today(at), actor=story.rita, at=at)
    held = {days: queries.get_renewal(person) for days, person in story.holders.items()}
    rows = {days: row for days, row in held.items() if row is not None}
    for activity in (CONFERENCE, SCREENS):
        scenes.log(story, rows[DRAFTS], activity, days_ago=120, proof=True)
    scenes.log(story, rows[DRAFTS], WEEDING, days_ago=30, proof=False)
    scenes.add_activity(rows[DRAFTS], "Webinar on copyright", at=story.ago(4))
    for row, logged in ((rows[WINDOW], MOST[:3]), (rows[GRACE], (*MOST, STORIES)), (rows[LAPSED], ALL)):
        for number, activity in enumerate(logged):
            scenes.log(story, row, activity, days_ago=260 - 20 * number, proof=True)
    for days, sent_days_ago, proof, why in (
        (DRAWN, 3, False, ""),
        (WAITING, 12, True, ""),
        (ASKING, 1, True, "I looked after my father for half a year, and missed the date. He is better now, and I am back at the desk."),
    ):
        for number, activity in enumerate(ALL):
            scenes.log(story, rows[days], activity, days_ago=300 - 20 * number, proof=proof or activity.kind == "self_directed")
        person, at = rows[days].person, story.ago(sent_days_ago, hour=14)
        renewals.send(rows[days], late_reason=why, member_number="", actor=person, at=at)


def _choose_seeds(story: Story) -> None:
    """Seeds of which the first number is drawn, and the next few are not."""
    seed = next(
        text
        for text in map(str, range(10_000))
        if [policy.is_sampled(seed=text, number=number, percent=10) for number in (1, 2, 3, 4, 5)] == [True, False, False, False, False]
    )
    for year in {story.now.year, story.ago(3).year, story.ago(12).year}:
        Seed.objects.get_or_create(year=year, defaults={"seed": seed, "drawn_at": story.ago(300)})
