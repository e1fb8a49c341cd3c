"""Holders on their way to a new term: with drafts, in the window, in grace, lapsed, drawn for the sample, and waiting for staff.

One who waits had sent the renewal in grace, which is over now: the certificate is held until staff decide.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from billing import actions as billing
from programs import policy as dates
from programs import queries as programs
from renewals import actions as renewals
from renewals import policy, queries
from renewals.models import Renewal, Seed

if TYPE_CHECKING:
    from demo.story import Story

# Those of `Story._holders`, by the days since they finished.
DRAFTS, DRAWN, WINDOW, GRACE, WAITING, LAPSED, ASKING = 500, 1100, 1300, 1480, 1530, 1560, 1800


class Done(NamedTuple):
    """Something that a holder learned: what, its kind, how much, minutes on technology, the set, and who offered it."""

    title: str
    kind: str
    amount: str
    technology: int
    set: str
    provider: str


CONFERENCE = Done("State library conference", "conference", "2", 0, "access", "State library association")
WELCOME = Done("Welcoming every reader, five webinars", "workshop", "300", 0, "communication", "WebJunction")
SCREENS = Done("E-book apps and screen readers", "workshop", "150", 150, "technology", "State library")
DEVICES = Done("Device help day, staff training", "workshop", "90", 90, "technology", "Our own library")
WEEDING = Done("Reading on weeding, with notes", "self_directed", "240", 0, "collection-management", "")
COURSE = Done("Introduction to local history", "ceu", "0.5", 0, "reference", "State university")
STORIES = Done("Storytime for babies", "workshop", "180", 0, "youth", "Library system")
MOST = (CONFERENCE, WELCOME, SCREENS, DEVICES, WEEDING)
ALL = (*MOST, COURSE, STORIES)


def tell(story: Story) -> None:
    """Log, send and ask, each at a day in the past; who is drawn for the sample has sent first."""
    _choose_seeds(story)
    # Nobody knows the fee, so the demonstration invents none: its staff decided on nothing to pay.
    at = story.ago(400)
    billing.add_fee(kind=queries.FEE, standard_cents=0, member_cents=0, effective_on=dates.today(at), actor=story.rita, at=at)
    held = {days: queries.get_renewal(person) for days, person in story.holders.items()}
    rows = {days: row for days, row in held.items() if row is not None}
    for done in (CONFERENCE, SCREENS):
        _log(story, rows[DRAFTS], done, days_ago=120, proof=True)
    _log(story, rows[DRAFTS], WEEDING, days_ago=30, proof=False)
    _add(rows[DRAFTS], "Webinar on copyright", at=story.ago(4))
    for row, logged in ((rows[WINDOW], MOST[:3]), (rows[GRACE], (*MOST, STORIES)), (rows[LAPSED], ALL)):
        for number, done in enumerate(logged):
            _log(story, row, done, days_ago=260 - 20 * number, proof=True)
    for days, sent_days_ago, proof, why in (
        (DRAWN, 3, False, ""),
        (WAITING, 12, True, ""),
        (ASKING, 1, True, "I looked after my father for half a year, and missed the date. He is better now, and I am back at the desk."),
    ):
        for number, done in enumerate(ALL):
            _log(story, rows[days], done, days_ago=300 - 20 * number, proof=proof or done.kind == "self_directed")
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


def _add(row: Renewal, title: str, *, at: datetime, kind: str = "workshop") -> UUID:
    """A draft with nothing but its name."""
    return renewals.add_activity(row, id=uuid4(), title=title, kind=kind, actor=row.person, at=at).id


def _log(story: Story, row: Renewal, done: Done, *, days_ago: float, proof: bool) -> None:
    at = story.ago(days_ago)
    id = _add(row, done.title, at=at, kind=done.kind)
    activity = row.activities.get(id=id)
    values = {
        "provider": done.provider,
        "completed_on": story.ago(days_ago + 2).date(),
        "amount": Decimal(done.amount),
        "technology_minutes": done.technology,
        "set": programs.get_set(done.set),
        "learned": "I read two books on it, and wrote down what we could do at our library." if done.kind == "self_directed" else "",
    }
    activity = renewals.save_activity(activity, values=values, typed={}, version=0, actor=row.person, at=at)
    if proof:
        renewals.add_proof(activity, upload=SimpleUploadedFile("certificate.png", story.seal, "image/png"), actor=row.person, at=at)
