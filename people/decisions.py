"""What someone reads whose action is refused: the thing is no longer open, is their own, or an appeal sent it back."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from ledger import queries as ledger
from ledger import transitions
from ledger.states import NotPossible, NotYourDecision
from people.models import User
from people.states import Role
from people.templatetags.words import longdate

OWN = "This is about you. Someone else must decide on it. Nothing was changed."
NOTHING = "There is nothing to decide here now. Nothing was changed."
AGAIN = "You decided on this before, and an appeal sent it back. Another staff member must decide now."


@contextmanager
def show_refusal(to: HttpRequest | forms.BaseForm, field: str | None = None, only: type[NotPossible] = NotPossible) -> Iterator[None]:
    """Show a refusal from inside the block at the top of the next page (of a request), or in a form at `field`, and go on below the block.

    `only` is for what belongs to another field: `with show_refusal(form), show_refusal(form, "proof", documents.Refused):`.
    """
    try:
        yield
    except only as refusal:
        if isinstance(to, HttpRequest):
            messages.error(to, refusal.message)
        else:
            to.add_error(field, refusal.message)


@dataclass(frozen=True, kw_only=True)
class SentBack:
    """That an appeal sent a decision back: when, what the committee wrote, and why a reader can't decide again ("" where they can)."""

    at: datetime
    words: str
    why_not: str


def find_sent_back(row: Model, reader: User, *, decided: Collection[str] = ("refuse",), also: Collection[int] = ()) -> SentBack | None:
    """Give how an appeal sent a row back last, or None. One query where none did, else three at most.

    A reader can't decide anew who did before, while the office has someone else. `decided` are the transitions of the row by which
    they did; `also` are keys of more who had a part.
    """
    entry = ledger.find_entry(f"{_table(row)}.remand", subject=row)
    if entry is None:
        return None
    before = ledger.list_actors(subject=row, verbs=[f"{_table(row)}.{verb}" for verb in decided]) | set(also)
    staff = User.objects.filter(is_active=True, groups__name=Role.STAFF)
    others = staff.exclude(pk__in=before).exclude(pk=transitions.get_party(row))
    return SentBack(at=entry.at, words=entry.reason, why_not=AGAIN if reader.pk in before and others.exists() else "")


def check_not_again(row: Model, actor: User, **parts: Any) -> None:
    """Raise NotYourDecision where someone can't decide anew on what an appeal sent back. `parts` as above."""
    if (sent_back := find_sent_back(row, actor, **parts)) and sent_back.why_not:
        raise NotYourDecision(sent_back.why_not)


def _table(row: Model) -> str:
    return str(row.STATES.name)  # type: ignore[attr-defined]


def send_back(row: Model, *, reason: str, actor: User, at: datetime, person: User | None, details: dict[str, Any], **changes: Any) -> None:
    """Put a row that this transaction has locked before those who decide again, after an appeal: the audit alone keeps who decided.

    `changes` empty what else the decision wrote down, and give the day by which they decide. Raises what `transition` does.
    """
    about: dict[str, Any] = {"actor": actor, "at": at, "person": person, "reason": reason, "details": details}
    transitions.transition(row, "remand", **about, decided_at=None, decided_by=None, **changes)


def too_late(request: HttpRequest, row: Model, to: str, *args: Any, own: bool = False, why: str = "") -> HttpResponse:
    """Say who decided on `row` and when, or `why` it is not open, and lead to the page `to`, which shows how things stand."""
    messages.error(request, OWN if own else tell_too_late(row, why=why))
    return redirect(to, *(args or (row.pk,)))


def list_typed(form: forms.BaseForm) -> list[tuple[str, str]]:
    """Give the words that someone typed into a form that can't be used anymore, each with its label, so that none is lost."""
    fields = [form[name] for name, field in form.fields.items() if isinstance(field.widget, forms.Textarea)]
    return [(str(field.label), str(field.value())) for field in fields if str(field.value() or "").strip()]


def tell_too_late(row: Model, *, why: str = "") -> str:
    """Say `why` a row is not open, or who decided on it and when. One query at most."""
    return f"{why} Nothing was changed." if why else tell_decision(row)


def tell_decision(row: Model) -> str:
    """Say who decided on a row last, and on which day, for those who may know it. One query."""
    entry = ledger.get_decision(row)
    if entry is None:
        return NOTHING
    return f"This was decided on {longdate(entry.at)} by {entry.actor}. Nothing was changed."
