"""The demonstration's college with its graduates; and certificates that are provisional, in the directory, or to revoke."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile

from agreements import actions as agreements
from agreements.actions import Agreed
from agreements.models import Agreement
from candidates import actions as candidates
from certificates import actions as certificates
from certificates.models import Certificate
from people.models import User
from programs import policy as dates

if TYPE_CHECKING:
    from datetime import datetime

    from demo.story import Story

CONDITION = "The college’s COM 110, a portfolio, or an approved course"
REQUIREMENTS = "60 credits: all LIB courses, 15 credits of general education, and an internship of 90 hours in a library of the county."
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
    gwen = story._person("gwen@cedarvalley.example", at=story.ago(1420))
    agreements.add_contact(college, gwen, actor=story.rita, at=story.ago(1419))
    ending = _signed(story, gwen, "Library Science", "associate", FIVE, days_ago=1400)
    whole = _signed(story, gwen, "Library Services", "diploma", SIX, days_ago=500)
    _submit(story, gwen, "Library Assistant", "certificate", FIVE, days_ago=6)
    Agreement.objects.filter(college=college).update(is_example=True)
    grace = _graduate(story, "grace@reader.example", "Grace Obi", "Grace", days_ago=300)
    for name, email, agreement, days in (("Grace Obi", grace.email, whole, 310), ("Lou Hart", "lou@reader.example", ending, 40)):
        day = (story.now - timedelta(days=days)).date()
        agreements.post(agreement, name=name, email=email, graduated_on=day, actor=gwen, at=story.ago(days - 5))
    waiting = story._admitted(story._person(at=story.ago(60)), days_ago=12).person
    _claim(story, waiting, ending, days_ago=4)
    _provisional(story, whole)
    _shown(story)


def _submit(story: Story, contact: User, program: str, credential: str, courses: dict[str, str], *, days_ago: float) -> Agreement:
    """A program that the college wrote down and handed to staff."""
    college = contact.colleges.get().college
    row = agreements.begin(college, program=program, credential=credential, actor=contact, at=story.ago(days_ago + 5))
    url = "https://cedarvalley.example/catalog/library"
    agreements.write(
        row,
        requirements=REQUIREMENTS,
        catalog_url=url,
        courses=courses,
        version=row.written_at.isoformat(),
        actor=contact,
        at=story.ago(days_ago + 2),
    )
    agreements.submit(row, actor=contact, at=story.ago(days_ago))
    return row


def _signed(story: Story, contact: User, program: str, credential: str, courses: dict[str, str], *, days_ago: float) -> Agreement:
    row = _submit(story, contact, program, credential, courses, days_ago=days_ago + 5)
    at = story.ago(days_ago)
    sets: dict[str, bool | str] = {"communication": CONDITION, **dict.fromkeys(courses, True)}
    agreements.sign(row, agreed=Agreed(agreement_on=dates.today(at), retroactive_to=None, ends_on=None, sets=sets), actor=story.rita, at=at)
    row.refresh_from_db()
    return row


def _file(story: Story) -> SimpleUploadedFile:
    return SimpleUploadedFile("transcript.png", story.seal, "image/png")


def _graduate(story: Story, email: str, name: str, called: str, *, days_ago: float) -> User:
    """Somebody who graduated from the college and was admitted provisionally, short of hours."""
    person = story._person(at=story.ago(days_ago + 30))
    if email:
        User.objects.filter(pk=person.pk).update(email=email, name=name, called=called)
        EmailAddress.objects.filter(user=person).update(email=email)
        person.refresh_from_db()
    at = story.ago(days_ago + 6)
    draft = story._apply(person, at=at, weeks=30, hours=20)
    program = {
        "is_graduate": True,
        "college": "Cedar Valley College",
        "credential": "Library Services, Diploma",
        "graduated_on": (story.now - timedelta(days=days_ago + 10)).date(),
    }
    candidates.save_section(draft, section="graduate", version=0, values=program, actor=person, at=at)
    candidates.attach_transcript(draft, upload=_file(story), actor=person, at=at)
    application = story._in_review(person, days_ago=days_ago + 2, draft=draft)
    candidates.admit(application, provisionally=True, actor=story.rita, at=story.ago(days_ago))
    return person


def _claim(story: Story, person: User, agreement: Agreement, *, days_ago: float) -> None:
    day = (story.now - timedelta(days=days_ago + 60)).date()
    at = story.ago(days_ago)
    agreements.claim_as_graduate(person, agreement=agreement, graduated_on=day, upload=_file(story), at=at)


def _provisional(story: Story, agreement: Agreement) -> None:
    """A holder whose certificate is provisional until the hours are shown."""
    person = _graduate(story, "", "", "", days_ago=200)
    day = (story.now - timedelta(days=210)).date()
    claim = agreements.claim_as_graduate(person, agreement=agreement, graduated_on=day, upload=_file(story), at=story.ago(190))
    agreements.accept_claim(claim, actor=story.rita, at=story.ago(186))
    _certify(story, person, at=story.ago(180))


def _certify(story: Story, person: User, *, at: datetime) -> None:
    from candidates import queries

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
