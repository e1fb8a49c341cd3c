"""Applications in every state, candidacies, and sets that were achieved, made through the actions."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from candidates import actions, queries
from candidates.models import Application, Candidacy, Employment
from candidates.states import Way
from tests.factories import people

WORK = {
    "library": "Marlow County Library",
    "kind": "public",
    "post": "Circulation desk",
    "paid": True,
    "began_on": date(2022, 3, 7),
    "ended_on": None,
    "hours_a_week": Decimal(15),
}
ANSWERS = {
    "diploma": {"diploma": "diploma", "diploma_statement": "Lincoln High School, Springfield, 2002"},
    "member": {"is_member": False, "member_number": ""},
}


def draft(person: Any, *, at: datetime) -> Application:
    """A draft with nothing in it."""
    return actions.start(person, actor=person, at=at)


def employment(application: Application, *, at: datetime, **changes: Any) -> Employment:
    """A employment of work on a draft: 15 hours a week at the county library, to now."""
    version = queries.get_page(application, "work/new").version
    return actions.add_employment(application, values={**WORK, **changes}, version=version, actor=application.person, at=at)


def ready(person: Any, *, at: datetime, member_number: str = "") -> Application:
    """A draft that can be sent."""
    application = draft(person, at=at)
    answers = {**ANSWERS, "member": {"is_member": bool(member_number), "member_number": member_number}}
    for section, values in answers.items():
        version = queries.get_page(application, section).version
        actions.save_section(application, section=section, version=version, values=values, actor=person, at=at)
    actions.attach_resume(application, upload=people.upload(), actor=person, at=at)
    employment(application, at=at)
    people.release()
    application.refresh_from_db()
    return application


def graduate(person: Any, *, at: datetime, hours: int = 5) -> Application:
    """A draft that can be sent, of a graduate who has too few hours unless told otherwise."""
    application = ready(person, at=at)
    work = application.employments.get()
    values = {**WORK, "hours_a_week": Decimal(hours)}
    actions.change_employment(work, values=values, version=0, actor=person, at=at)
    answers = {"is_graduate": True, "college": "Mesa College", "credential": "Library Technician", "graduated_on": date(2025, 5, 20)}
    actions.save_section(application, section="graduate", version=0, values=answers, actor=person, at=at)
    actions.attach_transcript(application, upload=people.upload("transcript.pdf"), actor=person, at=at)
    people.release()
    application.refresh_from_db()
    return application


def sent(person: Any, *, at: datetime, draft: Application | None = None, **changes: Any) -> Application:
    """An application that waits for its fee."""
    application = draft or ready(person, at=at, **changes)
    actions.send(application, actor=person, at=at)
    application.refresh_from_db()
    return application


def in_review(person: Any, *, at: datetime, paid_at: datetime | None = None, **changes: Any) -> Application:
    """An application whose fee is paid, with staff."""
    from billing import queries as billing
    from candidates.states import PURPOSE
    from tests.factories import billing as money

    application = sent(person, at=at, **changes)
    charge = billing.get_charge(purpose=PURPOSE, reference=application.id)
    assert charge is not None
    money.settle(charge, at=paid_at or at)
    actions.pay(application.id, settled_at=paid_at or at, at=paid_at or at)
    application.refresh_from_db()
    return application


def asked(person: Any, *, at: datetime, staff: Any, notes: dict[str, str] | None = None, **changes: Any) -> Application:
    """An application of which staff opened parts again."""
    application = in_review(person, at=at, **changes)
    actions.ask(application, notes=notes or {"resume": "The second page is missing."}, actor=staff, at=at)
    application.refresh_from_db()
    return application


def candidacy(person: Any, *, at: datetime, staff: Any) -> Candidacy:
    """An active candidacy of a person whom `staff` admitted."""
    return actions.admit(in_review(person, at=at), actor=staff, at=at)


def provisional(person: Any, *, at: datetime, staff: Any) -> Candidacy:
    """An active candidacy of a graduate who is still to show the hours."""
    application = in_review(person, at=at, draft=graduate(person, at=at))
    return actions.admit(application, provisionally=True, actor=staff, at=at)


def back(person: Any, *, at: datetime, staff: Any) -> Candidacy:
    """A candidacy of somebody whose first one ended, with a set of that one for staff to decide on."""
    before = candidacy(person, at=at - timedelta(days=100), staff=staff)
    achieve(before, "technology", at=at - timedelta(days=90))
    person.candidacies.update(state="expired", ends_on=at.date() - timedelta(days=1))
    return candidacy(person, at=at, staff=staff)


def achieve(
    candidacy: Candidacy, set_code: str, *, at: datetime, on: date | None = None, way: str = Way.COURSE, source: UUID | None = None
) -> None:
    """Achieve a set, on the day of `at` unless told otherwise."""
    actions.achieve(candidacy, set_code=set_code, on=on or at.date(), way=way, source=source or uuid4(), actor=None, at=at)
