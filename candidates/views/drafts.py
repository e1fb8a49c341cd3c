"""How a page of an application is opened, saved while it is typed, and saved for good."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect

from candidates import actions, queries
from candidates.actions.applications import Saved
from candidates.forms import QuestionPageForm
from candidates.models import Application
from candidates.states import ApplicationState
from ledger import clock
from people import autosave
from people.decisions import show_refusal
from people.guards import PersonRequest

SAVED = "Saved. Here is what is left."
THROWN_AWAY = "What you typed there was discarded. What you saved before stays."
SENT_ALREADY = "You sent this application, so it can no longer be changed."
NOT_ASKED = "Staff did not ask about this part, so it stays as you sent it."


def get_draft(request: PersonRequest) -> Application | None:
    """Fetch the reader's draft; None where there is none, or it was sent."""
    application: Application | None = (
        Application.objects.visible_to(request.user)
        .filter(state=ApplicationState.DRAFT)
        .select_related("person", "resume", "transcript")
        .first()
    )
    return application


def get_open(request: PersonRequest, section: str) -> Application | None:
    """Fetch the reader's application where this page may be changed: a draft, or one of which staff opened this part."""
    application: Application | None = (
        Application.objects.visible_to(request.user)
        .filter(state__in=(ApplicationState.DRAFT, ApplicationState.ASKED))
        .select_related("person", "resume", "transcript")
        .first()
    )
    if application is not None and application.state == ApplicationState.ASKED and section not in queries.list_asked(application):
        return None
    return application


def lead_back(request: PersonRequest) -> HttpResponse:
    """Lead back to where the application stands."""
    live = Application.objects.visible_to(request.user).sent().live().first()
    words = NOT_ASKED if live is not None and live.state == ApplicationState.ASKED else SENT_ALREADY
    if autosave.is_autosave(request):
        return autosave.closed(words)
    if live is not None:
        messages.error(request, words)
    return redirect("candidates:application")


def keep_itself(request: PersonRequest, form: QuestionPageForm, *, draft: Application, section: str) -> JsonResponse:
    """Keep what was typed so far, and answer as the page's script expects."""
    return autosave.autosave(lambda: _keep_typed(request, form, draft=draft, section=section))


def _keep_typed(request: PersonRequest, form: QuestionPageForm, *, draft: Application, section: str) -> Saved:
    typed = form.typed() if form.differs else {}
    return actions.save_section(draft, section=section, version=form.seen, typed=typed, actor=request.user, at=clock.now())


def throw_away(request: PersonRequest, form: QuestionPageForm, *, draft: Application, section: str) -> None:
    """Throw away what was typed and not saved, because the person asks for it."""
    with show_refusal(request):
        actions.save_section(draft, section=section, version=form.seen, typed={}, actor=request.user, at=clock.now())
        messages.success(request, THROWN_AWAY)


def submit(
    request: PersonRequest, form: QuestionPageForm, *, draft: Application, section: str, save: Callable[[], object]
) -> tuple[bool, str]:
    """Save a valid form, or keep what was typed; return whether it was saved, and what to say about another tab."""
    return autosave.submit(form, save=save, keep=lambda: _keep_typed(request, form, draft=draft, section=section))
