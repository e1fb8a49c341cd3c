"""Pages that save themselves while a person types: their forms, how they are saved, and what their script is answered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast

from django import forms
from django.http import HttpRequest, JsonResponse, QueryDict

from ledger.states import NotPossible
from people.states import Stale
from people.templatetags.words import clock as hour

MOST_CHARACTERS = 20_000
MOST_PARTS = 50


class Saved(Protocol):
    """What an action returns that saved a draft."""

    @property
    def version(self) -> int:
        """The version that is saved now."""

    @property
    def at(self) -> datetime:
        """When it was saved."""


class DraftForm(forms.Form):
    """A form that saves itself. `version` is that of the page as it was shown, so that no other tab's save is overwritten."""

    version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    @property
    def seen(self) -> int:
        """The version that the person saw; -1 when the form did not say, which never matches."""
        text = str(self.data.get("version", ""))
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1

    def show_version(self, version: int) -> None:
        """Show the form again as over a newer version, so that saving it once more is meant."""
        typed = cast(QueryDict, self.data).copy()
        typed["version"] = str(version)
        self.data = typed

    def typed(self) -> dict[str, Any]:
        """What was typed, valid or not, in a shape that `initial` takes back and JSON can keep."""
        return self.typed_in(name for name in self.fields if name != "version")

    def typed_in(self, names: Any) -> dict[str, Any]:
        """What was typed into these fields, within bounds that no field reaches."""
        raw = {name: self.fields[name].widget.value_from_datadict(self.data, self.files, self.add_prefix(name)) for name in names}
        return {name: _shortened(value) for name, value in raw.items()}

    def values(self) -> dict[str, Any]:
        """The clean answers, without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


def _shortened(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "")[:MOST_CHARACTERS]
    return [_shortened(part) for part in value][:MOST_PARTS] if isinstance(value, list) else value


def is_autosave(request: HttpRequest) -> bool:
    """Whether the page saves itself, and waits for JSON."""
    return request.method == "POST" and "X-Autosave" in request.headers


def closed(reason: str, *, status: int = 410) -> JsonResponse:
    """Tell a page that saves itself that it can't any more."""
    return JsonResponse({"error": reason}, status=status)


def saved(version: int, *, at: datetime) -> JsonResponse:
    """Tell a page that saves itself when that was, and which version it has now."""
    return JsonResponse({"saved": hour(at), "version": version})


def refused(refusal: NotPossible) -> JsonResponse:
    """Tell a page that saves itself why it was not saved; 409 where another tab was faster."""
    if isinstance(refusal, Stale):
        return JsonResponse({"error": refusal.message, "version": refusal.version}, status=409)
    return JsonResponse({"error": refusal.message}, status=422)


def autosave(save: Callable[[], Saved]) -> JsonResponse:
    """Save, and answer as the page's script expects."""
    try:
        draft = save()
    except NotPossible as refusal:
        return refused(refusal)
    return saved(draft.version, at=draft.at)


def submit(form: DraftForm, *, save: Callable[[], object], keep: Callable[[], Saved]) -> tuple[bool, str]:
    """Save a valid form, or keep what was typed; return whether it was saved, and what to say about another tab."""
    stale, invalid, version = "", not form.is_valid(), form.seen
    try:
        if invalid:
            version = keep().version
        else:
            save()
            return True, ""
    except Stale as conflict:
        stale, version = conflict.message, conflict.version
    except NotPossible as refusal:
        form.add_error(None, refusal.message)
    form.show_version(version)
    return False, stale


@dataclass
class Outcome:
    """What became of a text that was posted: the saved row, or the newer one that another tab saved."""

    row: Any = None
    newer: Any = None

    @property
    def saved(self) -> bool:
        """Whether the text is saved now."""
        return self.row is not None


def keep(form: DraftForm, save: Callable[[dict[str, Any]], Any]) -> Outcome:
    """Save what a form says, or leave it in the form with the reason; nothing that was typed is lost."""
    outcome = Outcome()
    if not form.is_valid():
        return outcome
    try:
        outcome.row = save(form.cleaned_data)
    except Stale as stale:
        outcome.newer = stale.newer
        form.show_version(stale.version)
    except NotPossible as refusal:
        form.add_error(None, refusal.message)
    return outcome


def answer(form: DraftForm, outcome: Outcome, *, version: int, at: datetime) -> JsonResponse:
    """Tell a page that saves itself what `keep` did."""
    if outcome.saved:
        return saved(version, at=at)
    if outcome.newer is not None:
        return refused(Stale(int(form.data["version"])))
    return closed(" ".join(str(error) for errors in form.errors.values() for error in errors), status=422)
