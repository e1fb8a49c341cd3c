"""Applications: their tasks, their working, what staff asked, and the optional answers in sum."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Case, Count, F, OuterRef, QuerySet, When

from billing import policy as money
from billing import queries as billing
from candidates import policy
from candidates.models import ApplicantAnswers, Application, DraftPage, Employment, InformationRequest, RequestedItem
from candidates.states import PURPOSE, QUESTIONS, ApplicationState, DiplomaKind, Item
from ledger.prepared import ask
from programs import policy as dates
from programs import queries as programs

if TYPE_CHECKING:
    from programs.models import Terms


LEAST_ANSWERS = 5


@dataclass(frozen=True, kw_only=True)
class Task:
    """One line of the task list: its page, its status, and a word on it. `blocked` says why it can't start yet."""

    page: str
    name: str
    status: str
    note: str = ""
    done: bool = False
    optional: bool = False
    blocked: bool = False
    unsaved: bool = False


@dataclass(frozen=True, kw_only=True)
class Unsaved:
    """A page on which something is typed that no answer has taken over; `employment` is the work that it is about, None for a new one."""

    page: str
    words: str
    employment: UUID | None = None


def get_application(person: AbstractBaseUser) -> Application | None:
    """Give the person's newest application, with its terms, or None; a draft that was withdrawn only where there is no other."""
    unsent = Case(When(state=ApplicationState.WITHDRAWN, sent_at=None, then=1), default=0)
    return (
        Application.objects.filter(person_id=person.pk)
        .select_related("person", "terms", "resume", "transcript", "decided_by")
        .order_by(unsent, "-started_at", "-id")
        .first()
    )


def get_standing(person: AbstractBaseUser) -> str | None:
    """Give the state of a person's newest candidacy, an empty text for one who only applied, None for one who did not. One query."""
    rows = ask(
        lambda person: (
            Application.objects.filter(person_id=person)
            .order_by(F("candidacy__admitted_on").desc(nulls_last=True), "-candidacy__id", "-started_at", "-id")
            .values_list("candidacy__state", flat=True)[:1]
        ),
        person.pk,
    )
    return rows[0] or "" if rows else None


def list_applications(person: AbstractBaseUser) -> list[Application]:
    """Give all of a person's applications, newest first. One query."""
    return ask(lambda person: Application.objects.filter(person_id=person).order_by("-started_at", "-id"), person.pk)


def list_refused(person: AbstractBaseUser) -> list[Application]:
    """Give a person's refused applications, newest first. One query."""
    return list(Application.objects.filter(person_id=person.pk, state=ApplicationState.REFUSED).order_by("-decided_at", "id"))


def list_employments(application: Application) -> list[Employment]:
    """Give the employments of work in the order in which they were added."""
    return list(application.employments.filter(claim=None).order_by("added_at", "-began_on", "id"))


def get_terms(application: Application, *, at: datetime) -> Terms:
    """Give the terms under which the application was sent, or those in force today for a draft."""
    return application.terms or programs.get_terms(dates.today(at))


def count_hours(application: Application, *, at: datetime, employments: list[Employment] | None = None) -> policy.Count:
    """Count the hours as of the day on which the application was sent, or as of today for a draft."""
    rows = list_employments(application) if employments is None else employments
    return count_employments(rows, terms=get_terms(application, at=at), on=application.sent_on or dates.today(at))


def count_employments(employments: list[Employment], *, terms: Terms, on: date) -> policy.Count:
    """Count the hours of these employments, kept or not, as of a day and under these terms. No query."""
    return policy.count_hours(
        [_employment(row) for row in employments],
        applied_on=on,
        window_years=terms.hours_window_years,
        week_cap=terms.hours_week_cap,
        hours_needed=terms.hours_needed,
    )


def get_fee_cents(application: Application, *, at: datetime) -> int:
    """Give the fee in cents that is due when the application is sent today: a member's, where the person said so."""
    fee = billing.get_fee("application", on=application.sent_on or dates.today(at))
    return fee.member_cents if application.is_member else fee.standard_cents


def list_tasks(application: Application, *, count: policy.Count, at: datetime) -> list[Task]:
    """Give the tasks of a draft with their status, in the order of the page."""
    person = application.person
    worked, graduate = bool(count.lines), bool(application.is_graduate)
    begun = _begun(application)
    work_begun = any(page.startswith("work/") for page in begun)
    tasks = [
        _task("who", "Tell us who you are", bool(person.name and person.called), begun, person.name),
        _task("diploma", "Show your high-school diploma or its equivalent", has_diploma(application), begun, _diploma_note(application)),
        _task("member", "Add your ALA member number", application.is_member is not None, begun, _member_note(application, at=at)),
        Task(
            page="work",
            name="Add your library work",
            done=worked and count.enough and not work_begun,
            status="In progress" if work_begun or (worked and not count.enough) else "Completed" if worked else "Not started",
            note=f"{count.shown:,} of {count.hours_needed:,} hours so far"
            + (". As a graduate you can show the rest later" if graduate and not count.enough else ""),
            optional=graduate,
            unsaved=work_begun,
        ),
        _task(
            "graduate",
            "Tell us if you finished a college’s library program (optional)",
            application.is_graduate is not None,
            begun,
            _graduate_note(application),
            optional=True,
        ),
        _task(
            "resume", "Add your resume", application.resume_id is not None, begun, "" if application.resume_id else "PDF, Word or a picture"
        ),
        _task(
            "answers",
            "Answer questions about you (optional)",
            hasattr(application, "answers"),
            begun,
            "Your answers never affect the decision",
            optional=True,
        ),
    ]
    if graduate:
        tasks.append(_task("transcript", "Add your final transcript", application.transcript_id is not None, begun, "As a file"))
    missing = [task for task in tasks if task.unsaved or not (task.done or task.optional)]
    first = "First finish: " + ", ".join(SHORT_NAMES[task.page] for task in missing)
    send = Task(
        page="check",
        name="Check your answers and send",
        status="Can’t start yet" if missing else "Not started",
        note=first if missing else "",
        blocked=bool(missing),
    )
    return [*tasks, send]


SHORT_NAMES = {
    "who": "who you are",
    "diploma": "your diploma",
    "member": "your ALA member number",
    "work": "your library work",
    "resume": "your resume",
    "transcript": "your final transcript",
    "graduate": "your college program",
    "answers": "the questions about you",
}


def list_unsaved(application: Application) -> list[Unsaved]:
    """Give the pages of an application, or of hours shown after the admission, on which something is typed and not saved as an answer."""
    begun = sorted(_begun(application))
    numbers = {number for _, _, number in (page.partition("/") for page in begun)} - {"", "new"}
    employments = {str(employment.pk): employment for employment in application.employments.filter(pk__in=numbers)}
    unsaved = []
    for page in begun:
        place, _, number = page.partition("/")
        if not number:
            unsaved.append(Unsaved(page=page, words=SHORT_NAMES[page]))
        elif number == "new":
            unsaved.append(Unsaved(page=place, words="the library that you started to add"))
        elif number in employments:
            unsaved.append(Unsaved(page=place, words=employments[number].library, employment=employments[number].pk))
    return unsaved


def _begun(application: Application) -> set[str]:
    return set(application.pages.exclude(typed={}).values_list("page", flat=True))


def has_diploma(application: Application) -> bool:
    """Say whether the statement on schooling is made and is one that the program accepts."""
    return bool(application.diploma and application.diploma != DiplomaKind.NONE and application.diploma_statement)


def get_page(application: Application, page: str) -> DraftPage:
    """Give what was typed on a page and its version; an unsaved row of version 0 where nothing was."""
    row = DraftPage.objects.filter(application=application, page=page).first()
    return row or DraftPage(application=application, page=page)


def last_saved_at(application: Application) -> datetime | None:
    """Give the moment of the newest save of any page."""
    newest: datetime | None = application.pages.order_by("-saved_at").values_list("saved_at", flat=True).first()
    return newest


def list_asked(application: Application) -> dict[str, RequestedItem]:
    """Give the parts that staff opened and the applicant has not answered, by name; nothing where nothing is asked. One query."""
    rows = RequestedItem.objects.filter(request__application=application, request__closed_at=None).select_related("document").order_by("id")
    return {row.item: row for row in rows}


def list_requests(application: Application) -> list[InformationRequest]:
    """Give every time that staff asked, newest first, with its items. Two queries."""
    rows = application.requests.select_related("asked_by").prefetch_related("items__document")
    return list(rows.order_by("-asked_at"))


def list_asked_tasks(application: Application) -> list[Task]:
    """Give the parts that staff opened, each with their note and how far it is. Two queries."""
    begun = _begun(application)
    return [_asked_task(requested_item, begun) for requested_item in list_asked(application).values()]


def _asked_task(item: RequestedItem, begun: set[str]) -> Task:
    open_page = any(page.split("/")[0] == item.item for page in begun)
    status = "In progress" if open_page else "Completed" if item.done_at else "Not started"
    return Task(page=item.item, name=ASKED_NAMES[Item(item.item)], status=status, note=item.note, done=item.done_at is not None)


ASKED_NAMES = {
    Item.WHO: "Check your names again",
    Item.DIPLOMA: "Check your schooling again",
    Item.MEMBER: "Check your ALA membership again",
    Item.WORK: "Check your library work again",
    Item.RESUME: "Send your resume again",
    Item.GRADUATE: "Check your college program again",
    Item.TRANSCRIPT: "Send your final transcript again",
    Item.LETTER: "Send a letter or another proof",
}


def list_with_applicants() -> QuerySet[Application]:
    """Give the applications that wait for the applicant's answer, the oldest question first."""
    rows = Application.objects.filter(state=ApplicationState.ASKED, requests__closed_at=None).select_related("person")
    return rows.annotate(asked_at=F("requests__asked_at")).order_by("asked_at", "id")


def list_in_review() -> QuerySet[Application]:
    """Give the applications that wait for a decision, the most urgent first; each says whether its fee is `owed` again."""
    rows = Application.objects.filter(state=ApplicationState.IN_REVIEW).select_related("person")
    return rows.annotate(owed=billing.is_owed(purpose=PURPOSE, by=OuterRef("pk"))).order_by("decide_by", "id")


def list_fees_to_decide() -> QuerySet[Application]:
    """Give the applications that were withdrawn after the fee was paid, without a decision on the fee; and whether it is `owed` again."""
    rows = Application.objects.filter(refund_decide_by__isnull=False).select_related("person")
    return rows.annotate(owed=billing.is_owed(purpose=PURPOSE, by=OuterRef("pk"))).order_by("refund_decide_by", "id")


def count_answers() -> dict[str, dict[str, int]]:
    """Count the answers to the optional questions, over all applications that were sent; small groups are put together. A query for each.

    This is the only way to read them: no page shows them beside a person (rules.md, "Eligibility and admission").
    """
    rows = ApplicantAnswers.objects.filter(application__sent_at__isnull=False)
    counted: dict[str, dict[str, int]] = {}
    for name, labels in QUESTIONS.items():
        numbers = rows.exclude(**{name: ""}).values_list(name).annotate(number=Count("id"))
        counts: dict[str, int] = {}
        for value, number in numbers:
            words = labels.get(value, "Another answer")
            counts[words] = counts.get(words, 0) + number
        counted[name] = policy.fold_small(counts, least=LEAST_ANSWERS)
    return counted


def _employment(row: Employment) -> policy.EmploymentPeriod:
    return policy.EmploymentPeriod(
        library=row.library, began_on=row.began_on, ended_on=row.ended_on, hours_a_week=Fraction(row.hours_a_week), paid=row.paid
    )


def _task(page: str, name: str, done: bool, begun: set[str], note: str, *, optional: bool = False) -> Task:
    status = "In progress" if page in begun else "Completed" if done else "Not started"
    return Task(page=page, name=name, status=status, note=note, done=done and page not in begun, optional=optional, unsaved=page in begun)


def _diploma_note(application: Application) -> str:
    if application.diploma == DiplomaKind.NONE:
        return "The program asks for a diploma or its equivalent"
    return application.diploma_statement


def _graduate_note(application: Application) -> str:
    if application.is_graduate is None:
        return "Some colleges have an agreement with us. Their graduates can start without the hours"
    return f"{application.credential}, {application.college}" if application.is_graduate else "You said no"


def _member_note(application: Application, *, at: datetime) -> str:
    if application.is_member is None:
        return "Members pay less. You can apply without being one"
    dollars = money.dollars(get_fee_cents(application, at=at))
    standing = "You are a member" if application.is_member else "You said that you are not a member"
    return f"{standing}. Your fee is {dollars}."
