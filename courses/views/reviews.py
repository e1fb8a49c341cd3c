"""The course evaluator's pages: what there is to review, and one page on which to review it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from courses import actions, queries
from courses.forms.decisions import DeclineReviewForm, ReviewForm
from courses.models import CourseReview
from courses.permissions import is_course_evaluator
from courses.states import CourseState, ReviewState
from ledger import clock
from ledger.states import NotPossible
from people import author_names, documents
from people import queries as people
from people.autosave import autosave, is_autosave
from people.decisions import show_refusal
from people.guards import PersonRequest, allowed
from people.states import Stale
from programs import policy as dates


@allowed(is_course_evaluator)
@require_safe
def reviews(request: PersonRequest) -> HttpResponse:
    """List the courses to review, then those that are done."""
    page = Paginator(queries.list_my_reviews(request.user), queries.PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "to_do": [row for row in page if row.state == ReviewState.INVITED],
        "done": [row for row in page if row.state == ReviewState.DONE],
        "today": dates.today(clock.now()),
    }
    return render(request, "courses/reviews.html", context)


def _get_or_404(request: PersonRequest, id: UUID) -> CourseReview:
    reviews = CourseReview.objects.visible_to(request.user).select_related("application__provider", "application__set", "evaluator__person")
    review: CourseReview = get_object_or_404(reviews, id=id)
    return review


@allowed(is_course_evaluator)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show a course with its map, and take a comment for each competency and a recommendation."""
    course_review = _get_or_404(request, id)
    content = queries.get_content(course_review.application, queries.get_seal(course_review.application))
    numbers = [row["number"] for row in content["map"]]
    is_open = course_review.state == ReviewState.INVITED and course_review.application.state == CourseState.IN_REVIEW
    form, stale = ReviewForm(numbers=numbers, initial=_initial(course_review)), ""
    if request.method == "POST":
        form = ReviewForm(request.POST, numbers=numbers)
        if is_autosave(request):
            return autosave(lambda: _keep(request, course_review, form))
        stale = _save(request, course_review, form)
        if not stale and not form.errors:
            messages.success(
                request, "Your recommendation is sent. Thank you." if "send" in request.POST else "Saved. You can continue later."
            )
            return redirect(
                "courses:reviews" if "send" in request.POST else "courses:review", *([] if "send" in request.POST else [course_review.id])
            )
    context = {
        "review": course_review,
        "content": content,
        "form": form,
        "rows": [(row, form[f"row_{row['number']}"]) for row in content["map"]],
        "is_open": is_open,
        "stale": stale,
        "resume_of": course_review.id,
    }
    return render(request, "courses/review.html", context, status=409 if stale else 422 if form.is_bound and form.errors else 200)


def _initial(review: CourseReview) -> dict[str, Any]:
    rows = {f"row_{number}": text for number, text in review.rows.items()}
    return {"version": review.version, "advice": review.advice, "comment": review.comment, **rows}


def _keep(request: PersonRequest, review: CourseReview, form: ReviewForm) -> Any:
    if not form.is_valid():
        raise NotPossible("Your text is too long. Shorten it to save it.")
    words = form.cleaned_data
    return actions.save_review(
        review, advice=words["advice"], comment=words["comment"], rows=form.rows(), version=form.seen, actor=request.user, at=clock.now()
    )


def _save(request: PersonRequest, review: CourseReview, form: ReviewForm) -> str:
    """Save, and send where that is the button; errors go into the form, what another tab did is returned."""
    version, stale = form.seen, ""
    try:
        version = _keep(request, review, form).version
        named = _list_names(review, form) if "send" in request.POST and not form.cleaned_data["named"] else []
        if named:
            form.add_error("named", f"This identifies you: {', '.join(named)}. Remove it, or choose to pass it on.")
        elif "send" in request.POST:
            actions.recommend(review, actor=request.user, at=clock.now())
    except Stale as conflict:
        version, stale = conflict.version, conflict.message
    except NotPossible as refusal:
        if not form.errors:
            form.add_error("advice" if "recommend" in refusal.message else "comment", refusal.message)
    form.show_version(version)
    return stale


def _list_names(review: CourseReview, form: ReviewForm) -> list[str]:
    """By what the comments name their evaluator. One query."""
    person = review.evaluator.person
    emails = [person.email, *people.list_confirmed_emails(person)]
    text = "\n".join([form.cleaned_data["comment"], *form.rows().values()])
    return author_names.find(text, name=person.name, emails=emails, employers=[review.evaluator.employer])


@allowed(is_course_evaluator)
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: PersonRequest, id: UUID) -> HttpResponse:
    """Ask why, then give a course back."""
    course_review = _get_or_404(request, id)
    if course_review.state != ReviewState.INVITED:
        return redirect("courses:review", id)
    form = DeclineReviewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with show_refusal(request):
            actions.decline_review(course_review, **form.cleaned_data, actor=request.user, at=clock.now())
            messages.success(request, "You declined. Staff will ask someone else.")
        return redirect("courses:reviews")
    return render(request, "courses/decline_review.html", {"review": course_review, "form": form})


@allowed(is_course_evaluator)
@require_safe
def resume(request: PersonRequest, id: UUID, instructor: UUID) -> HttpResponseBase:
    """Open an instructor's resume, by a link that is made now."""
    row = get_object_or_404(_get_or_404(request, id).application.instructors.select_related("resume"), id=instructor)
    return redirect(documents.link(row.resume, request.user))
