"""Decisions against somebody, and appeals in every state, made through the actions."""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from agreements import actions as agreeing
from appeals import actions
from appeals.models import Appeal, Attachment
from candidates import actions as deciding
from candidates.models import Application
from certificates import actions as certifying
from courses import actions as teaching
from portfolios import sweeps as clockwork
from portfolios.actions import evaluators as evaluating
from renewals import actions as renewing
from tests.factories import agreements, candidates, certificates, courses, people, portfolios, renewals


def refused(person: Any, *, at: datetime, staff: Any) -> Application:
    """An application that was refused at this time."""
    application = candidates.in_review(person, at=at - timedelta(days=3))
    deciding.refuse(application, reason_code="hours", reason="The hours fall short.", eligible_from=date(2027, 3, 1), actor=staff, at=at)
    application.refresh_from_db()
    return application


def noticed(person: Any, *, at: datetime, staff: Any, when: datetime | None = None) -> Appeal:
    """An appeal against a refused application, whose grounds are not given."""
    application = refused(person, at=at, staff=staff)
    return actions.give_notice(
        person, kind="application", reference=application.id, reason="My hours were not counted.", actor=person, at=when or at
    )


def grounded(person: Any, *, at: datetime, staff: Any) -> Appeal:
    """An appeal that waits for the first committee."""
    return actions.give_grounds(noticed(person, at=at, staff=staff), grounds="Part-time weeks were left out.", actor=person, at=at)


def responded(person: Any, *, at: datetime, staff: Any, by: Any) -> Appeal:
    """An appeal that waits for the second committee."""
    return actions.respond(grounded(person, at=at, staff=staff), text="Each week was counted.", actor=by, at=at)


def paper(name: str = "letter.txt", words: str = "Eleven hours a week, since 2024.") -> SimpleUploadedFile:
    """A small honest file."""
    return SimpleUploadedFile(name, words.encode(), "text/plain")


def filed(appeal: Appeal, *, at: datetime) -> Attachment:
    """A file that the person added."""
    actions.add_files(appeal, uploads=[paper()], actor=appeal.person, at=at)
    people.release()
    return appeal.files.order_by("-added_at", "id")[0]


def sworn(member: Any, *, at: datetime) -> Any:
    """A member who signed the statement."""
    actions.sign_statement(member, actor=member, at=at)
    return member


def against(kind: str, person: Any, *, at: datetime, staff: Any, panel: tuple[Any, Any]) -> str:
    """A decision of this kind against a person; the address of the page on which they read it."""
    return {
        "application": _application,
        "portfolio": _portfolio,
        "completion": _completion,
        "graduation": _graduation,
        "renewal": _renewal,
        "certificate": _certificate,
        "course": _course,
        "agreement": _agreement,
        "extension": _extension,
        "reuse": _reuse,
        "evaluator": _evaluator,
    }[kind](person, at, staff, panel)


def _application(person: Any, at: datetime, staff: Any, panel: Any) -> str:
    refused(person, at=at, staff=staff)
    return reverse("candidates:application")


def _portfolio(person: Any, at: datetime, staff: Any, panel: Any) -> str:
    started = at - timedelta(days=100)
    candidacy = candidates.candidacy(person, at=started, staff=staff)
    pair = [portfolios.evaluator(one, at=started) for one in panel]
    portfolio = portfolios.in_rating(candidacy, *pair, staff=staff, at=started)
    for number in (1, 2):
        portfolios.rated(portfolio, number, at=started, values=dict.fromkeys(range(1, portfolio.total + 1), "not_met"))
    clockwork.close_supplements(at=at)
    return reverse("portfolios:portfolio", args=[portfolio.id])


def _completion(person: Any, at: datetime, staff: Any, panel: Any) -> str:
    candidacy = candidates.candidacy(person, at=at, staff=staff)
    claim = courses.claimed(candidacy, at=at, course=courses.offering())
    teaching.refuse(claim, reason="It is not signed.", actor=staff, at=at)
    return reverse("courses:claimed", args=[claim.id])


def _graduation(person: Any, at: datetime, staff: Any, panel: Any) -> str:
    candidates.candidacy(person, at=at, staff=staff)
    claim = agreements.claimed(person, agreements.signed(at=at, staff=staff), at=at)
    agreeing.refuse_claim(claim, reason="It is not the final one.", actor=staff, at=at)
    return reverse("agreements:claimed", args=[claim.id])


def _renewal(person: Any, at: datetime, staff: Any, panel: Any) -> str:
    renewal = renewals.sent(renewals.opened(person, at=at - timedelta(days=1400), staff=staff), at=at)
    renewing.refuse(renewal, marks=renewals.marks(renewal), reason="Two activities are one.", actor=staff, at=at)
    return reverse("renewals:renewal")


def _certificate(person: Any, at: datetime, staff: Any, panel: Any) -> str:
    certifying.suspend(certificates.issued(person, at=at, staff=staff), reason="We look at a report.", actor=staff, at=at)
    return reverse("certificates:mine")


def _course(person: Any, at: datetime, staff: Any, panel: Any) -> str:
    application = courses.in_review(courses.contact(person, staff=staff, at=at), at=at)
    readers = [courses.evaluator(people.person(f"{name}@canyon-{name}.example"), at=at) for name in ("una", "sal")]
    courses.recommended(application, *readers, staff=staff, at=at)
    teaching.refuse_course(application, reason="The map has gaps.", actor=staff, at=at)
    return reverse("courses:application", args=[application.id])


def _agreement(person: Any, at: datetime, staff: Any, panel: Any) -> str:
    found = agreements.college(at=at)
    agreeing.add_contact(found, person, actor=staff, at=at)
    row = agreeing.begin(found, program="Library Science", credential="associate", actor=person, at=at)
    said = {"requirements": "60 credits", "catalog_url": "", "courses": agreements.COURSES, "version": row.written_at.isoformat()}
    agreeing.submit(agreeing.write(row, **said, actor=person, at=at), actor=person, at=at)
    agreeing.refuse(row, reason="Too few sets.", actor=staff, at=at)
    return reverse("agreements:program", args=[row.id])


def _extension(person: Any, at: datetime, staff: Any, panel: Any) -> str:
    candidacy = candidates.candidacy(person, at=at, staff=staff)
    request = deciding.ask_extension(candidacy, why="My mother was ill.", actor=person, at=at)
    deciding.decline_extension(request, reason="There is time left.", actor=staff, at=at)
    return reverse("candidates:more_time")


def _reuse(person: Any, at: datetime, staff: Any, panel: Any) -> str:
    deciding.reuse(candidates.back(person, at=at, staff=staff), sets=[], reason="It was too long ago.", actor=staff, at=at)
    return reverse("candidates:plan")


def _evaluator(person: Any, at: datetime, staff: Any, panel: Any) -> str:
    application = portfolios.applied(person, at=at, sets=("access",))
    no = evaluating.Decision(approved=False, reason="The resume does not show it.")
    evaluating.decide_application(application, decisions={"access": no}, actor=staff, at=at)
    return reverse("portfolios:apply")
