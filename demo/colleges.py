"""The demonstration's college with its graduates; and certificates that are provisional, in the directory, or to revoke."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress

from agreements import actions as agreements
from agreements.models import Agreement
from candidates import actions as candidates
from candidates import queries
from certificates import actions as certificates
from certificates.models import Certificate
from demo import scenes
from demo.story import Story
from people.models import User

if TYPE_CHECKING:
    from datetime import datetime


FIVE = {
    "foundations": "LIB 101 Introduction to Libraries",
    "technology": "LIB 120 Library Technology; LIB 121 Digital Services",
    "access": "LIB 130 Circulation and Access",
    "cataloging": "LIB 210 Cataloging and Classification",
    "reference": "LIB 220 Reference Sources and Service",
}
SIX = {**FIVE, "communication": "COM 110 Communication at Work"}


def tell(story: Story) -> None:
    """Tell of them, each at a day in the past."""
    college = agreements.add_college(name="Cedar Valley College", state="NC", actor=story.rita, at=story.ago(1420))
    gwen = story.person("gwen@cedarvalley.example", at=story.ago(1420))
    agreements.add_contact(college, gwen, actor=story.rita, at=story.ago(1419))
    ending = scenes.sign_agreement(story, gwen, "Library Science", "associate", FIVE, days_ago=1400)
    whole = scenes.sign_agreement(story, gwen, "Library Services", "diploma", SIX, days_ago=500)
    scenes.submit_program(story, gwen, "Library Assistant", "certificate", FIVE, days_ago=6)
    Agreement.objects.filter(college=college).update(is_example=True)
    grace = _graduate(story, "grace@reader.example", "Grace Obi", "Grace", days_ago=300)
    for name, email, agreement, days in (("Grace Obi", grace.email, whole, 310), ("Lou Hart", "lou@reader.example", ending, 40)):
        day = (story.now - timedelta(days=days)).date()
        agreements.post(agreement, name=name, email=email, graduated_on=day, actor=gwen, at=story.ago(days - 5))
    waiting = story.admitted(story.person(at=story.ago(60)), days_ago=12).person
    _claim(story, waiting, ending, days_ago=4)
    _provisional(story, whole)
    _shown(story)


def _graduate(story: Story, email: str, name: str, called: str, *, days_ago: float) -> User:
    """Someone who graduated from the college and was admitted provisionally, short of hours."""
    person = story.person(at=story.ago(days_ago + 30))
    if email:
        User.objects.filter(pk=person.pk).update(email=email, name=name, called=called)
        EmailAddress.objects.filter(user=person).update(email=email)
        person.refresh_from_db()
    at = story.ago(days_ago + 6)
    draft = story.apply(person, at=at, weeks=30, hours=20)
    program = {
        "is_graduate": True,
        "college": "Cedar Valley College",
        "credential": "Library Services, Diploma",
        "graduated_on": (story.now - timedelta(days=days_ago + 10)).date(),
    }
    candidates.save_section(draft, section="graduate", version=0, values=program, actor=person, at=at)
    candidates.attach_transcript(draft, upload=story.picture("transcript.png"), actor=person, at=at)
    application = story.in_review(person, days_ago=days_ago + 2, draft=draft)
    candidates.admit(application, provisionally=True, actor=story.rita, at=story.ago(days_ago))
    return person


def _claim(story: Story, person: User, agreement: Agreement, *, days_ago: float) -> None:
    day = (story.now - timedelta(days=days_ago + 60)).date()
    at = story.ago(days_ago)
    agreements.claim_as_graduate(person, agreement=agreement, graduated_on=day, upload=story.picture("transcript.png"), at=at)


def _provisional(story: Story, agreement: Agreement) -> None:
    """A holder whose certificate is provisional until the hours are shown."""
    person = _graduate(story, "", "", "", days_ago=200)
    day = (story.now - timedelta(days=210)).date()
    claim = agreements.claim_as_graduate(
        person, agreement=agreement, graduated_on=day, upload=story.picture("transcript.png"), at=story.ago(190)
    )
    agreements.accept_claim(claim, actor=story.rita, at=story.ago(186))
    _certify(story, person, at=story.ago(180))


def _certify(story: Story, person: User, *, at: datetime) -> None:
    candidacy = queries.get_candidacy(person)
    if candidacy is not None:
        certificates.issue(certificates.ask(candidacy, actor=person, at=at), actor=story.rita, at=at + timedelta(days=2))


def _shown(story: Story) -> None:
    """Some holders stand in the directory; for one a colleague proposed a revocation, which waits for Rita."""
    valid = Certificate.objects.filter(state="issued", provisional=False, expires_on__gt=(story.now + timedelta(days=300)).date())
    holders = list(valid.select_related("person").order_by("issued_at"))
    *shown, accused = holders
    for row, place in zip(shown, ("NC", "IL", "", "CA"), strict=False):
        certificates.join_directory(row.person, place=place, at=story.ago(30))
    why = "A library wrote that the work in one portfolio was done by somebody else. The holder was heard on it."
    certificates.propose_revocation(accused, reason=why, actor=story.colleague, at=story.ago(3))
