"""Colleges with contacts, agreements in every state, and graduates, made through the actions."""

from datetime import date, datetime, timedelta
from typing import Any

from agreements import actions
from agreements.actions import Agreed
from agreements.models import Agreement, College, GraduateClaim, PostedGraduate
from people.states import Role
from programs import policy as dates
from tests.factories import people

COVERED = ("foundations", "technology", "access", "cataloging", "reference")
CONDITION = "The college’s COM 110, a portfolio, or an approved course"
COURSES = {"foundations": "LIB 101 Introduction to Libraries", "technology": "LIB 120 Library Technology"}


def college(name: str = "Cedar Valley College", *, at: datetime, state: str = "NC") -> College:
    """A college that is listed."""
    return actions.add_college(name=name, state=state, actor=None, at=at)


def contact(found: College, *, at: datetime, email: str = "cora@cedarvalley.example") -> Any:
    """Somebody who speaks for a college; made where there is none with this address."""
    from people import queries
    from people.models import User

    person = queries.get_person_by_email(email) or people.person(email, name="Cora Winters", called="Cora")
    staff = User.objects.filter(groups__name=Role.STAFF).first() or people.person("office@lssc.example", roles=(Role.STAFF,))
    actions.add_contact(found, person, actor=staff, at=at)
    return person


def draft(*, at: datetime, program: str = "Library Science", credential: str = "associate", where: College | None = None) -> Agreement:
    """A draft with requirements and two courses."""
    found = where or college(at=at)
    speaks = contact(found, at=at)
    row = actions.begin(found, program=program, credential=credential, actor=speaks, at=at)
    words = {"requirements": "60 credits, all LIB courses, an internship.", "catalog_url": "https://college.example/catalog"}
    return actions.write(row, **words, courses=COURSES, version=row.written_at.isoformat(), actor=speaks, at=at)


def submitted(*, at: datetime, **known: Any) -> Agreement:
    """A program with staff."""
    row = draft(at=at, **known)
    actions.submit(row, actor=contact(row.college, at=at), at=at)
    row.refresh_from_db()
    return row


def agreed(
    agreement_on: date, *, covered: tuple[str, ...] = COVERED, retroactive_to: date | None = None, ends_on: date | None = None
) -> Agreed:
    """Five sets covered, Communication on a condition."""
    sets: dict[str, bool | str] = {**dict.fromkeys(covered, True), **({} if "communication" in covered else {"communication": CONDITION})}
    return Agreed(agreement_on=agreement_on, retroactive_to=retroactive_to, ends_on=ends_on, sets=sets)


def signed(*, at: datetime, staff: Any, on: date | None = None, covered: tuple[str, ...] = COVERED, **known: Any) -> Agreement:
    """An agreement signed on the day of `at`, from two years before it to four years after."""
    row = submitted(at=at, **known)
    actions.sign(row, agreed=agreed(on or dates.today(at), covered=covered), actor=staff, at=at)
    row.refresh_from_db()
    return row


def posted(agreement: Agreement, *, at: datetime, email: str = "grace@reader.example", name: str = "Grace Obi") -> PostedGraduate:
    """A graduate whom the college posted."""
    speaks = contact(agreement.college, at=at)
    return actions.post(agreement, name=name, email=email, graduated_on=dates.today(at) - timedelta(days=30), actor=speaks, at=at)


def claimed(person: Any, agreement: Agreement, *, at: datetime, graduated_on: date | None = None) -> GraduateClaim:
    """A claim that waits for staff."""
    day = graduated_on or dates.today(at) - timedelta(days=30)
    made = actions.claim_as_graduate(person, agreement=agreement, graduated_on=day, upload=people.upload("transcript.pdf"), at=at)
    people.release()
    return made
