"""The pages of an application: the task list, a page for each question, the course map, checking and sending, where it stands."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing import queries as charges
from courses import actions, queries
from courses.actions.applications import Saved
from courses.forms.applications import (
    ChangedForm,
    ContentForm,
    CourseContactForm,
    CourseForm,
    FormatForm,
    InstructorForm,
    MapForm,
    MethodsForm,
    dollars_typed,
)
from courses.models import CourseApplication, CoursePage
from courses.queries.applications import PAGES, PURPOSE
from courses.states import WRITABLE, ApplicationKind, CourseState
from ledger import clock
from ledger.form_tokens import once
from ledger.states import NotPossible
from people import documents
from people.autosave import DraftForm, autosave, closed, is_autosave, submit
from people.decisions import show_refusal
from people.fields import keep_files
from people.guards import PersonRequest, signed_in
from programs import policy as dates
from programs import queries as programs

SAVED = "Saved. Here is what is left."


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question page: its form, and what it says above the form."""

    form: type[DraftForm]
    intro: str


QUESTIONS = {
    "changed": Question(form=ChangedForm, intro="A renewal keeps the same course approved. We ask evaluators only if much is new."),
    "course": Question(form=CourseForm, intro="One application is for one set. For a second set, send a second application."),
    "content": Question(form=ContentForm, intro="You can paste from what you have. Plain text is enough."),
    "methods": Question(form=MethodsForm, intro="In a few sentences each."),
    "format": Question(form=FormatForm, intro="The public catalog shows this."),
    "contact": Question(form=CourseContactForm, intro="The public catalog shows who to ask about the course."),
}


def _get_or_404(request: PersonRequest, id: UUID) -> CourseApplication:
    applications = CourseApplication.objects.visible_to(request.user).select_related("provider", "set", "offering", "terms", "person")
    course_application: CourseApplication = get_object_or_404(applications, id=id)
    return course_application


@signed_in
@require_safe
def application(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show the task list of an application, or who has it and what was sent."""
    course_application = _get_or_404(request, id)
    if course_application.state in WRITABLE:
        tasks = queries.list_tasks(course_application)
        last = CoursePage.objects.filter(application=course_application).order_by("-saved_at").values_list("saved_at", flat=True).first()
        context = {
            "application": course_application,
            "tasks": tasks,
            "done": sum(task.done for task in tasks),
            "saved": last,
            "fee": _fee(course_application),
        }
        return render(request, "courses/tasks.html", context)
    seal = queries.get_seal(course_application)
    context = {
        "application": course_application,
        "charge": charges.get_charge(purpose=PURPOSE, reference=course_application.id),
        "content": queries.get_content(course_application, seal),
        "seal": seal,
    }
    if (
        course_application.state == CourseState.REFUSED
        and course_application.decided_at
        and course_application.person_id == request.user.pk
    ):
        on = dates.today(course_application.decided_at)
        context["remedy"] = programs.find_remedy(
            request.user, kind="course", reference=course_application.id, decided_on=on, at=clock.now()
        )
    return render(request, "courses/application.html", context)


def _fee(application: CourseApplication) -> str:
    """Give the fee in words, "" where staff have not set it or it is paid."""
    try:
        return queries.get_fee(application, at=clock.now()) if application.state == CourseState.DRAFT else ""
    except NotPossible:
        return ""


def _closed(request: PersonRequest, application: CourseApplication) -> HttpResponse:
    """Lead back to where the application stands."""
    words = "This page was sent, so it can’t be changed now."
    if is_autosave(request):
        return closed(words)
    if request.method == "POST":
        messages.error(request, words)
    return redirect("courses:application", application.id)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: PersonRequest, id: UUID, page: str) -> HttpResponse:
    """Ask one page's questions and save the answers."""
    course_application = _get_or_404(request, id)
    if page not in QUESTIONS:
        raise Http404
    if page not in queries.list_pages(course_application) or not queries.can_write(course_application, page):
        return _closed(request, course_application)
    stored, stale = queries.get_page(course_application, page), ""
    if request.method == "POST":
        form = _form(course_application, page, request.POST)
        if is_autosave(request):
            return autosave(lambda: _keep_typed(request, form, course_application, page))

        def save() -> None:
            about: dict[str, Any] = {"version": form.seen, "actor": request.user, "at": clock.now()}
            actions.save_page(course_application, page=page, values=_values(course_application, page, form), **about)

        saved, stale = submit(form, save=save, keep=lambda: _keep_typed(request, form, course_application, page))
        if saved:
            messages.success(request, SAVED)
            return redirect("courses:application", course_application.id)
    else:
        form = _form(course_application, page, None, {**_answers(course_application, page), **stored.typed, "version": stored.version})
    context = {
        "form": form,
        "application": course_application,
        "title": PAGES[page][0],
        "intro": _intro(course_application, page),
        "stale": stale,
        "saved": stored.saved_at if stored.typed else None,
    }
    return render(request, "courses/question.html", context, status=409 if stale else 200)


def _intro(draft: CourseApplication, page: str) -> str:
    """Say what a page is about; of a renewal, what stays as it was approved."""
    if page != "course" or draft.kind != ApplicationKind.RENEWAL:
        return QUESTIONS[page].intro
    parts = f" Its courses stay, too: {' and '.join(draft.offering.parts)}." if draft.offering and draft.offering.parts else ""
    return f"A renewal is for the same course and set.{parts} If more than the title changes, submit a new course instead."


def _form(draft: CourseApplication, page: str, typed: QueryDict | None, initial: dict[str, Any] | None = None) -> DraftForm:
    if page != "course":
        return QUESTIONS[page].form(typed, initial=initial)
    fixed = draft.kind == ApplicationKind.RENEWAL and draft.set is not None
    sets = [(draft.set.code, draft.set.name)] if fixed and draft.set else [(row.code, row.name) for row, _ in programs.list_sized_sets()]

    def judge(code: str, title: str, parts: list[str]) -> tuple[str, str]:
        all_parts = draft.offering.parts if fixed and draft.offering else parts
        return queries.why_not_named(draft, set_code=code, title=title, parts=all_parts)

    return CourseForm(typed, initial=initial, sets=sets, judge=judge, fixed=fixed)


def _answers(draft: CourseApplication, page: str) -> dict[str, Any]:
    """Give the answers that a page has now."""
    if page == "course":
        return {"title": draft.title, "set": draft.set.code if draft.set else "", "parts": "\n".join(draft.parts)}
    names = [name for name in QUESTIONS[page].form.base_fields if name != "version"]
    known = {name: getattr(draft, name) for name in names if name != "price"}
    if page == "format":
        known["price"] = dollars_typed(draft.price_cents)
    return known


def _values(draft: CourseApplication, page: str, form: DraftForm) -> dict[str, Any]:
    """Give the clean answers as the application keeps them; a renewal has the parts of the course that it renews."""
    values = form.values()
    if page == "course":
        values["set"] = programs.get_set(values["set"])
        if "parts" not in values and draft.offering is not None:
            values["parts"] = draft.offering.parts
    if page == "format":
        values["price_cents"] = values.pop("price")
    return values


def _keep_typed(request: PersonRequest, form: DraftForm, draft: CourseApplication, page: str) -> Saved:
    return actions.save_page(draft, page=page, version=form.seen, typed=form.typed(), actor=request.user, at=clock.now())


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def course_map(request: PersonRequest, id: UUID) -> HttpResponse:
    """Take the course map: for each competency of the set what covers it."""
    course_application = _get_or_404(request, id)
    if not queries.can_write(course_application, "map"):
        return _closed(request, course_application)
    if course_application.set is None:
        messages.error(request, "Choose the set first that the course covers. The map has a row for each of its competencies.")
        return redirect("courses:question", course_application.id, "course")
    rows, stored, stale = queries.list_map(course_application), queries.get_page(course_application, "map"), ""
    if request.method == "POST":
        form = MapForm(request.POST, rows=rows)

        def save() -> Saved:
            if not form.is_valid():
                raise NotPossible("Your text is too long. Each field holds 2,000 characters.")
            return actions.save_map(course_application, rows=form.texts(), version=form.seen, actor=request.user, at=clock.now())

        if is_autosave(request):
            return autosave(save)
        saved, stale = submit(form, save=save, keep=lambda: Saved(version=form.seen, at=clock.now()))
        if saved:
            messages.success(request, SAVED)
            return redirect("courses:application", course_application.id)
    else:
        form = MapForm(rows=rows, initial={"version": stored.version})
    context = {"form": form, "application": course_application, "stale": stale, "saved": stored.saved_at}
    return render(request, "courses/map.html", context, status=409 if stale else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@once
def instructors(request: PersonRequest, id: UUID) -> HttpResponse:
    """List the instructors, and add one with a resume."""
    course_application = _get_or_404(request, id)
    if not queries.can_write(course_application, "instructors"):
        return _closed(request, course_application)
    form = InstructorForm(request.POST, request.FILES) if request.method == "POST" else InstructorForm()
    if request.method == "POST" and form.is_valid():
        name, background, upload = (form.cleaned_data[field] for field in ("name", "background", "resume"))
        with show_refusal(form), show_refusal(form, "resume", documents.Refused):
            actions.add_instructor(course_application, name=name, background=background, upload=upload, actor=request.user, at=clock.now())
            messages.success(request, f"{name} is added.")
            return redirect("courses:instructors", course_application.id)
    if form.is_bound:
        keep_files(form, request.user, at=clock.now())
    added = list(course_application.instructors.select_related("resume").order_by("added_at", "id"))
    return render(request, "courses/instructors.html", {"form": form, "application": course_application, "instructors": added})


@signed_in
@require_POST
def remove_instructor(request: PersonRequest, id: UUID, instructor: UUID) -> HttpResponse:
    """Remove an instructor."""
    course_application = _get_or_404(request, id)
    row = get_object_or_404(course_application.instructors, id=instructor)
    with show_refusal(request):
        actions.remove_instructor(row, actor=request.user, at=clock.now())
        messages.success(request, f"{row.name} is removed.")
    return redirect("courses:instructors", course_application.id)


@signed_in
@require_safe
def open_resume(request: PersonRequest, id: UUID, instructor: UUID) -> HttpResponseBase:
    """Open an instructor's resume, by a link that is made now."""
    row = get_object_or_404(_get_or_404(request, id).instructors.select_related("resume"), id=instructor)
    return redirect(documents.link(row.resume, request.user))


@signed_in
@require_safe
def check(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show every answer with the way to change it, and the fee; or what is still missing."""
    course_application = _get_or_404(request, id)
    if course_application.state not in WRITABLE:
        return _closed(request, course_application)
    tasks = queries.list_tasks(course_application)
    context = {
        "application": course_application,
        "content": queries.snapshot(course_application),
        "tasks": [task for task in tasks if task.page != "check"],
        "missing": [task for task in tasks if not task.done and task.page != "check"],
        "fee": _fee(course_application),
    }
    return render(request, "courses/check.html", context)


@signed_in
@require_POST
def send(request: PersonRequest, id: UUID) -> HttpResponse:
    """Send the application, then go on to its fee."""
    course_application = _get_or_404(request, id)
    with show_refusal(request):
        charge = actions.send_course(course_application, actor=request.user, at=clock.now())
        if charge is None:
            messages.success(request, "Your changes are sent. The program will review them next.")
            return redirect("courses:application", course_application.id)
        messages.success(request, "Your application is sent. Next, pay the fee. The review begins when we receive it.")
        return redirect("billing:charge", charge.id)
    return redirect("courses:check" if course_application.state in WRITABLE else "courses:application", course_application.id)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: PersonRequest, id: UUID) -> HttpResponse:
    """Ask first, then withdraw the application."""
    course_application = _get_or_404(request, id)
    if request.method == "POST":
        with show_refusal(request):
            actions.withdraw_course(course_application, actor=request.user, at=clock.now())
            messages.success(request, f"{course_application} is withdrawn.")
        return redirect("courses:portal")
    return render(request, "courses/withdraw_course.html", {"application": course_application})
