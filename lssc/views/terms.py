"""The program's numbers by date, for the office: every Terms there ever were, and new ones from a coming day on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from ledger import clock
from people import permissions
from people.decisions import show_refusal
from people.guards import PersonRequest, allowed
from people.templatetags.words import longdate, shortdate
from programs import actions, queries
from programs import policy as dates
from programs.forms import GROUPS, TermsForm

if TYPE_CHECKING:
    from programs.models import Terms


@allowed(permissions.can_see_office)
@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: PersonRequest) -> HttpResponse:
    """Show the numbers of today beside those before and to come; staff set new ones, after a look at what changes."""
    at = clock.now()
    today, rows = dates.today(at), queries.list_terms()
    if request.method == "POST" and not permissions.is_staff(request.user):
        raise PermissionDenied
    # What counts on the first day that can be chosen: later Terms may be withdrawn, and hold for their own day only.
    tomorrow = next(row for row in rows if row.effective_on <= today + timedelta(days=1))
    form = TermsForm(request.POST if request.method == "POST" else None, known=tomorrow)
    if request.method == "POST" and "back" not in request.POST and form.is_valid():
        numbers = {name: value for name, value in form.cleaned_data.items() if name != "effective_on"}
        change: dict[str, Any] = {"effective_on": form.cleaned_data["effective_on"], "numbers": numbers, "actor": request.user, "at": at}
        with show_refusal(form):
            look = actions.look_at_terms(**change)
            if request.POST.get("seen") != str(look.before.pk):
                return _look(request, form, look, rows)
            terms = actions.add_terms(**change)
            messages.success(request, f"The new terms count from {longdate(terms.effective_on)} on. What was promised before stays.")
            return redirect("terms")
    now = next(row for row in rows if row.effective_on <= today)
    heads = ["Today" if row == now else f"From {shortdate(row.effective_on)}" for row in rows]
    context = {
        "rows": [(row, row.effective_on > today and row.frozen_at is None) for row in rows],
        "heads": heads,
        "now": [(title, [_line(name, label, heads, rows) for name, (label, _, _) in group.items()]) for title, group in GROUPS.items()],
        "form": form,
        "may_change": permissions.is_staff(request.user),
    }
    return render(request, "lssc/terms.html", context, status=422 if form.errors else 200)


def _look(request: PersonRequest, form: TermsForm, look: actions.Look, rows: list[Terms]) -> HttpResponse:
    """Show what would change, before it does; also once more where other terms were set since someone looked."""
    context = {
        "look": look,
        "lines": [
            (form.fields[name].label, *map(_shown, (getattr(look.before, name), getattr(look.after, name)))) for name in look.changed
        ],
        "next": min((row.effective_on for row in rows if row.effective_on > look.after.effective_on), default=None),
        "typed": [(name, value) for name, value in request.POST.items() if name not in {"csrfmiddlewaretoken", "seen"}],
        "again": "seen" in request.POST,
    }
    return render(request, "lssc/terms_look.html", context)


def _shown(value: int | bool) -> str:
    return str(value) if not isinstance(value, bool) else "Yes" if value else "No"


def _line(name: str, label: str, heads: list[str], rows: list[Terms]) -> tuple[str, list[tuple[str, int]]]:
    """One number in all Terms, each under its head."""
    return label, [(head, getattr(row, name)) for head, row in zip(heads, rows, strict=True)]


@allowed(permissions.is_staff)
@require_POST
def cancel_terms(request: PersonRequest, id: int) -> HttpResponse:
    """Take coming Terms back."""
    with show_refusal(request):
        actions.cancel_terms(get_object_or_404(queries.find_terms(), id=id), actor=request.user, at=clock.now())
        messages.success(request, "These terms are canceled. Nothing was promised under them.")
    return redirect("terms")
