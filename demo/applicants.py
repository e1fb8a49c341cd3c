"""The demonstration's people in the rarer states of applying: asked for more, provisional, wanting more time, back after an end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing import actions as billing
from billing import queries as charges
from candidates import actions as candidates
from candidates.models import Application, Candidacy
from candidates.states import PURPOSE, ApplicationState
from demo import scenes
from demo.story import Story

if TYPE_CHECKING:
    from people.models import User


def tell(story: Story) -> None:
    """Tell of them, each at a day in the past."""
    _asked(story)
    _withdrew(story)
    _bounced(story)
    for days in (300, 20):
        scenes.admit_provisionally(story, days_ago=days, shows=days == 300)
    _more_time(story)
    _back(story)


def _asked(story: Story) -> None:
    """A graduate of whom files are asked has not answered yet; somebody else has."""
    notes = {
        "resume": "Your second page is cut off on the right. Send the resume again, please.",
        "work": "Are you still at this library? Your resume says that you left in spring.",
    }
    files = {
        "letter": "Ask your library for a letter that names your hours a week, and send it here.",
        "transcript": "Your last term is missing. Send the final transcript.",
    }
    for days, answers in ((6, False), (9, True)):
        person = story.person(at=story.ago(40))
        draft = None if answers else scenes.write_as_graduate(story, person, days_ago=days)
        application = story.in_review(person, days_ago=days, draft=draft)
        candidates.ask(application, notes=notes if answers else notes | files, actor=story.rita, at=story.ago(days - 2))
        if answers:
            reply = "I am still there: the resume was an old one. Here is the new one."
            candidates.attach_resume(application, upload=story.picture("scan.png"), actor=application.person, at=story.ago(3))
            candidates.answer(application, reply=reply, actor=application.person, at=story.ago(3))


def _withdrew(story: Story) -> None:
    """Paid, then withdrew: staff decide on the fee."""
    application = story.in_review(story.person(at=story.ago(40)), days_ago=5)
    candidates.withdraw(application, actor=application.person, at=story.ago(2))


def _bounced(story: Story) -> None:
    """Paid by a check that bounced: with staff, and the fee is open again."""
    application = Application.objects.filter(state=ApplicationState.AWAITING_PAYMENT).earliest("sent_at")
    charge = charges.get_charge(purpose=PURPOSE, reference=application.id)
    if charge is None:
        raise LookupError(f"There is no charge for {application.id}")
    came = story.ago(2)
    paid = billing.record_check(charge, number="5511", received_on=came.date(), cents=charge.amount_cents, actor=story.rita, at=came)
    story.deliver(story.ago(2, hour=18))
    billing.bounce(paid, actor=story.rita, at=story.ago(1), reason="The bank sent it back.")


def _more_time(story: Story) -> None:
    """One asks for the extension, one has it."""
    for days, grants in ((1400, False), (1480, True)):
        candidacy = story.admitted(story.person(at=story.ago(days + 30)), days_ago=days)
        asked_at = story.ago(2 if not grants else 60)
        why = "My library was closed for nine months after the flood. Two of my portfolios are half written."
        candidates.ask_extension(candidacy, why=why, actor=candidacy.person, at=asked_at)
        if grants:
            candidates.extend(candidacy, reason="The library was closed after the flood.", actor=story.rita, at=story.ago(57))


def _back(story: Story) -> None:
    """Two whose first time ended come back: for one staff have decided which sets count again, for the other not yet."""
    for days, decided in ((2000, True), (1950, False)):
        person = story.person(at=story.ago(days + 30))
        first = story.admitted(person, days_ago=days)
        story.achieve(first, ["technology", "access", "youth"], at=lambda number, days=days: story.ago(days - 200 - 90 * number))  # type: ignore[misc]
        candidates.expire(first, at=story.ago(days - 1470))
        again = _admit_again(story, person)
        if decided:
            reason = "Technology changed too much in five years. The other two are as good as new."
            candidates.reuse(again, sets=["access", "youth"], reason=reason, actor=story.rita, at=story.ago(8))


def _admit_again(story: Story, person: User) -> Candidacy:
    draft = candidates.start(person, actor=person, at=story.ago(16))
    application = story.in_review(person, days_ago=13, draft=draft)
    return candidates.admit(application, actor=story.rita, at=story.ago(9))
