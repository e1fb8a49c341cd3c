"""What every page with a text that saves itself has in common."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, JsonResponse

from ledger.states import NotPossible
from people.templatetags.words import clock as hour
from portfolios.forms import Draft
from portfolios.states import Stale

TOO_OLD = "This was changed in another tab or window. Nothing was overwritten."


@dataclass
class Kept:
    """What became of a text that was posted: the saved row, or the newer one that another tab saved."""

    row: Any = None
    newer: Any = None

    @property
    def saved(self) -> bool:
        """Whether the text is saved now."""
        return self.row is not None


def is_autosave(request: HttpRequest) -> bool:
    """Whether the page saves itself, and waits for JSON."""
    return "X-Autosave" in request.headers


def keep(form: Draft, save: Callable[[dict[str, Any]], Any]) -> Kept:
    """Save what a form says, or leave it in the form with the reason; nothing that was typed is lost."""
    kept = Kept()
    if not form.is_valid():
        return kept
    try:
        kept.row = save(form.cleaned_data)
    except Stale as stale:
        kept.newer = stale.row
        form.show_version(stale.version)
    except NotPossible as refusal:
        form.add_error(None, refusal.message)
    return kept


def answer(form: Draft, kept: Kept, *, version: int, at: datetime) -> JsonResponse:
    """Tell a page that saves itself: saved, changed in another tab, or not possible and why."""
    if kept.saved:
        return JsonResponse({"saved": hour(at), "version": version})
    if kept.newer is not None:
        return JsonResponse({"error": TOO_OLD, "version": int(form.data["version"])}, status=409)
    reasons = [str(error) for errors in form.errors.values() for error in errors]
    return JsonResponse({"error": " ".join(reasons)}, status=422)
