"""The evaluators' training: a list of its pages, each page with its questions, and what we say to the answers."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ledger import clock
from people.guards import PersonRequest, allowed
from portfolios import actions, lessons, permissions
from portfolios.lessons import TrainingPage
from portfolios.models import Evaluator
from programs import policy as dates
from programs import queries as programs


class QuestionsForm(forms.Form):
    """The questions of one page."""

    def __init__(self, *args: Any, page: TrainingPage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in page.questions:
            self.fields[question.key] = forms.ChoiceField(
                label=question.text,
                choices=[(choice.value, choice.label) for choice in question.choices],
                widget=forms.RadioSelect,
                error_messages={"required": "Choose an answer"},
            )


@allowed(permissions.can_rate)
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    """List the pages of the training, and how far the reader is."""
    row = get_object_or_404(Evaluator, person=request.user)
    pages = [{"page": page, "done": page.slug in row.training} for page in lessons.PAGES]
    following = next((page.slug for page in lessons.PAGES if page.slug not in row.training), None)
    context = {"evaluator": row, "pages": pages, "next": following, "minutes": lessons.total_minutes()}
    return render(request, "portfolios/training.html", context)


@allowed(permissions.can_rate)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: PersonRequest, slug: str) -> HttpResponse:
    """Show one page of the training; its button notes that it is done, or shows what we say to the answers."""
    row = get_object_or_404(Evaluator.objects.select_related("person"), person=request.user)
    try:
        shown = lessons.get_page(slug)
    except KeyError:
        raise Http404 from None
    form = QuestionsForm(request.POST if request.method == "POST" else None, page=shown, initial=row.answers)
    was_trained = row.trained_on is not None
    if request.method == "POST" and (form.is_valid() or not shown.questions):
        row = actions.do_training_page(row, slug=slug, answers=form.cleaned_data, actor=request.user, at=clock.now())
        if not was_trained and row.trained_on is not None:
            messages.success(request, "You finished the training. Thank you. Staff can ask you to rate portfolios now.")
            return redirect("portfolios:training")
        if slug not in row.training:
            messages.warning(request, "Not all answers are right yet. Read what we say to each, and choose again.")
        return redirect("portfolios:training_page", slug=slug) if shown.questions else _to_next(slug)
    context = {
        "page": shown,
        "template": f"portfolios/lessons/{slug}.html",
        "form": form,
        "rows": [
            {"question": question, "field": form[question.key], "said": question.get_choice(row.answers.get(question.key))}
            for question in shown.questions
        ],
        "done": slug in row.training,
        "number": lessons.PAGES.index(shown) + 1,
        "of": len(lessons.PAGES),
        "next": _next(slug),
        "terms": programs.get_terms(dates.today(clock.now())),
    }
    return render(request, "portfolios/training_page.html", context, status=422 if form.is_bound and form.errors else 200)


def _next(slug: str) -> str:
    """The page after this one, "" after the last."""
    slugs = [page.slug for page in lessons.PAGES]
    return (*slugs, "")[slugs.index(slug) + 1]


def _to_next(slug: str) -> HttpResponse:
    following = _next(slug)
    return redirect("portfolios:training_page", slug=following) if following else redirect("portfolios:training")
