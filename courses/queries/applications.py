"""What is asked on the application of a course: its pages, what each has now, what is missing, and the whole as it is sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from billing import policy as money
from billing import queries as billing
from courses.models import CourseApplication, CoursePage, CourseSeal, MapRow, Offering, Provider, ProviderContact
from courses.policy import RenewalTime, renewal_time
from courses.states import AT_A_PLACE, UNDECIDED, WRITABLE, ApplicationKind, CourseState, Format, Pace
from people.places import written_place
from programs import policy as dates
from programs import queries as programs

if TYPE_CHECKING:
    from people.models import User

PURPOSE = "courses.application"
MAP_FIELDS = ("content", "readings", "assignments", "assessment")
# The pages in their order, with the fields that each must have.
PAGES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "changed": ("Explain what has changed", ("changed",)),
    "course": ("Name the course and its set", ("title", "set_id")),
    "content": ("Describe objectives, syllabus and readings", ("objectives", "syllabus", "readings")),
    "methods": ("Describe methods and assessment", ("methods", "assessment")),
    "format": ("Give the format, place, dates and price", ("format", "pace", "price_cents", "dates")),
    "contact": ("Name a contact for the course", ("contact_name", "contact_email")),
    "instructors": ("Add the instructors with their resumes", ()),
    "map": ("Fill in the course map", ()),
}
TEXTS = (
    "title",
    "changed",
    "objectives",
    "syllabus",
    "readings",
    "methods",
    "assessment",
    "dates",
    "contact_name",
    "contact_email",
    "website",
)
SHORT_NAMES = {
    "changed": "what has changed",
    "course": "the course and its set",
    "content": "objectives, syllabus and readings",
    "methods": "methods and assessment",
    "format": "format, place, price and dates",
    "contact": "the contact",
    "instructors": "the instructors",
    "map": "the course map",
}


@dataclass(frozen=True, kw_only=True)
class Task:
    """One line of the task list. `closed` marks what is sent and not asked about; `blocked` what can't start yet."""

    page: str
    name: str
    status: str
    note: str = ""
    done: bool = False
    closed: bool = False
    blocked: bool = False


@dataclass(frozen=True, kw_only=True)
class Portal:
    """One provider as its contact sees it: its courses with the time to renew each, and its applications."""

    provider: Provider
    offerings: list[tuple[Offering, RenewalTime | None, CourseApplication | None]]
    applications: list[CourseApplication]


def list_pages(application: CourseApplication) -> list[str]:
    """Give the pages of this kind of application in their order."""
    return [page for page in PAGES if page != "changed" or application.kind == ApplicationKind.RENEWAL]


def can_write(application: CourseApplication, page: str) -> bool:
    """Say whether a page can be changed now: all of a draft, afterwards only what is asked about."""
    if application.state == CourseState.CHANGES:
        return page in application.asked_items
    return application.state in WRITABLE


def get_page(application: CourseApplication, page: str) -> CoursePage:
    """Give a page's row, or an unsaved one in its first version."""
    course_page = CoursePage.objects.filter(application=application, page=page).first()
    return course_page or CoursePage(application=application, page=page)


def list_map(application: CourseApplication) -> list[tuple[Any, MapRow]]:
    """Give each competency of the application's set with its row of the map, filled or not. Two queries."""
    if application.set_id is None or application.set is None:
        return []
    rows = {row.competency_id: row for row in application.rows.all()}
    competencies = application.set.competencies.order_by("number")
    return [(competency, rows.get(competency.pk) or MapRow(application=application, competency=competency)) for competency in competencies]


def list_tasks(application: CourseApplication) -> list[Task]:
    """Give the tasks with their status, in the order of the page."""
    begun = set(application.pages.exclude(typed={}).values_list("page", flat=True))
    tasks = [_task(application, page, begun) for page in list_pages(application)]
    missing = [task for task in tasks if not task.done]
    name = "Check your answers and send" if application.state == CourseState.DRAFT else "Check the changes and send again"
    first = "First finish: " + ", ".join(SHORT_NAMES[task.page] for task in missing) if missing else ""
    return [
        *tasks,
        Task(
            page="check",
            name=name,
            status="Can’t start yet" if missing else "Not started",
            note=first,
            blocked=bool(missing),
        ),
    ]


def _task(application: CourseApplication, page: str, begun: set[str]) -> Task:
    name, fields = PAGES[page]
    values = [getattr(application, field) for field in fields]
    if page == "format" and application.format in AT_A_PLACE:
        values += [application.city, application.state_code or application.country]
    is_done = all(value not in ("", None) for value in values)
    some, note = any(value not in ("", None) for value in values) or page in begun, ""
    if page == "instructors":
        count = application.instructors.count()
        is_done, some, note = bool(count), bool(count), f"{count} added" if count else "One resume for each, as a file"
    elif page == "map":
        rows = list_map(application)
        full = sum(all(getattr(row, field) for field in MAP_FIELDS) for _, row in rows)
        is_done, some = bool(rows) and full == len(rows), any(row.pk for _, row in rows)
        note = f"{full} of {len(rows)} competencies filled in" if rows else "Choose the set first"
    closed = not can_write(application, page)
    status = "Sent" if closed else "Completed" if is_done else "In progress" if some else "Not started"
    if application.state == CourseState.CHANGES and not closed and (page != "map" or is_done):
        note = "The program asks for a change here"
    return Task(
        page=page,
        name=name,
        status=status,
        note=note,
        done=is_done or closed,
        closed=closed,
        blocked=page == "map" and application.set_id is None,
    )


def why_not_named(application: CourseApplication, *, set_code: str, title: str, parts: list[str]) -> tuple[str, str]:
    """Say what is wrong with a course beside the provider's others in the catalog, and at which field; two empty texts for nothing.

    An entry keeps its parts, because completions are claimed by their numbers: other parts are another course. One query.
    """
    known = Offering.objects.filter(provider=application.provider_id, set__code=set_code, title=title).first()
    if application.kind == ApplicationKind.RENEWAL and application.offering is not None:
        if known is not None and known.pk != application.offering_id:
            return "title", "You have another course of this name for this set. Choose another title"
        known = application.offering
    if known is None or known.parts == parts:
        return "", ""
    have = f"as {' and '.join(known.parts)}" if known.parts else "as one course"
    return "parts", f"This course is in the catalog {have}. Keep it so, or send it as a new course with another title"


def snapshot(application: CourseApplication) -> dict[str, Any]:
    """Give the whole application as plain text and numbers, as it is shown to those who decide, and sealed. Four queries."""
    texts = (
        "title",
        "changed",
        "objectives",
        "syllabus",
        "readings",
        "methods",
        "assessment",
        "dates",
        "contact_name",
        "contact_email",
        "website",
    )
    return {
        **{name: getattr(application, name) for name in texts},
        "kind": application.get_kind_display(),
        "provider": application.provider.name,
        "set": application.set.name if application.set else "",
        "parts": application.parts,
        "format": Format(application.format).label if application.format else "",
        "place": written_place(application.city, application.state_code, application.country),
        "pace": Pace(application.pace).label if application.pace else "",
        "price_cents": application.price_cents,
        "starts_on": application.starts_on.isoformat() if application.starts_on else "",
        "instructors": [
            {
                "id": str(instructor.id),
                "name": instructor.name,
                "background": instructor.background,
                "resume": instructor.resume.name,
                "resume_sha256": instructor.resume.sha256,
            }
            for instructor in application.instructors.select_related("resume").order_by("added_at", "id")
        ],
        "map": [
            {"number": competency.number, "text": competency.text, **{name: getattr(row, name) for name in MAP_FIELDS}}
            for competency, row in list_map(application)
        ],
    }


def get_seal(application: CourseApplication) -> CourseSeal | None:
    """Give what was sealed last, or None. One query."""
    return application.seals.order_by("-number").first()


def get_content(application: CourseApplication, seal: CourseSeal | None) -> dict[str, Any]:
    """Give what was sealed last, for those who review and decide; what is written now where nothing was sent."""
    return seal.content if seal else snapshot(application)


def get_fee(application: CourseApplication, *, at: datetime) -> str:
    """Give the fee that is due when the application is sent today; raises billing's FeeNotSet where staff have set none."""
    return money.dollars(billing.get_fee(fee_kind(application), on=application.sent_on or dates.today(at)).standard_cents)


def fee_kind(application: CourseApplication) -> str:
    """Give the kind of fee."""
    return "course_renewal" if application.kind == ApplicationKind.RENEWAL else "course_approval"


def get_renewal_time(offering: Offering, *, today: date) -> RenewalTime | None:
    """Say when this course's approval can be renewed; None where its dates are not known."""
    if offering.approved_until is None:
        return None
    terms = programs.get_terms(today)
    return renewal_time(
        approved_until=offering.approved_until,
        months_before=terms.approval_renewal_months_before,
        late_months=terms.approval_late_months,
        today=today,
    )


def list_contacts(person: User) -> list[ProviderContact]:
    """Give a person's roles as contact, and the newest request, the oldest first. One query."""
    return list(ProviderContact.objects.visible_to(person).select_related("provider").order_by("asked_at", "id"))


def list_portals(contacts: list[ProviderContact], *, at: datetime) -> list[Portal]:
    """Give what a contact's providers have with the program. Two queries, and one for the Terms."""
    providers = [provider_contact.provider for provider_contact in contacts if provider_contact.provider is not None]
    offerings = Offering.objects.filter(provider__in=providers).select_related("set").order_by("set__position", "title", "id")
    rows = CourseApplication.objects.filter(provider__in=providers).select_related("set", "provider")
    applications = list(rows.order_by("-started_at", "id"))
    today = dates.today(at)
    renewing = {
        application.offering_id: application
        for application in applications
        if application.kind == ApplicationKind.RENEWAL and application.state in UNDECIDED
    }
    terms = programs.get_terms(today)
    times = {
        offering.pk: renewal_time(
            approved_until=offering.approved_until,
            months_before=terms.approval_renewal_months_before,
            late_months=terms.approval_late_months,
            today=today,
        )
        for offering in offerings
        if offering.approved_until is not None
    }
    return [
        Portal(
            provider=provider,
            offerings=[
                (offering, times.get(offering.pk), renewing.get(offering.pk))
                for offering in offerings
                if offering.provider_id == provider.pk
            ],
            applications=[application for application in applications if application.provider_id == provider.pk],
        )
        for provider in providers
    ]


def list_applications(provider: Provider) -> QuerySet[CourseApplication]:
    """Give a provider's applications, the newest first."""
    return CourseApplication.objects.filter(provider=provider).select_related("set").order_by("-started_at", "id")
