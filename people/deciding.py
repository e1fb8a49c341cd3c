"""What somebody reads who decides on a thing that is no longer open, or that is their own."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from ledger import queries as ledger
from people.templatetags.words import longdate

OWN = "This is about yourself. Somebody else decides on it. Nothing was changed."
NOTHING = "There is nothing to decide here now. Nothing was changed."


def too_late(request: HttpRequest, row: Model, to: str, *args: Any, own: bool = False, why: str = "") -> HttpResponse:
    """Say who decided on `row` and when, or `why` it is not open, and lead to the page `to`, which shows how things stand."""
    messages.error(request, OWN if own else tell_too_late(row, why=why))
    return redirect(to, *(args or (row.pk,)))


def list_typed(form: forms.BaseForm) -> list[tuple[str, str]]:
    """Give the words that somebody typed into a form that can't be used anymore, each with its label, so that none is lost."""
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
