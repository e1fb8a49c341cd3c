"""Fees by date, for the office: every row there ever was, and new ones from a coming day on."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from billing import actions, permissions, queries
from billing.forms import FeeForm, TermsForm
from billing.models import FeeAmount
from billing.states import FeeKind
from ledger import clock
from people.decisions import show_refusal
from people.guards import PersonRequest, allowed
from people.permissions import can_see_office


@allowed(can_see_office)
@require_safe
def fees(request: PersonRequest) -> HttpResponse:
    """Show every dated fee, and which of them counts today."""
    return _page(request)


def _page(request: PersonRequest, *, form: FeeForm | None = None, terms_form: TermsForm | None = None, status: int = 200) -> HttpResponse:
    today = queries.today(clock.now())
    rows = queries.list_fee_rows()
    now = {
        kind: max((row.effective_on for row in rows if row.kind == kind and row.effective_on <= today), default=None) for kind in FeeKind
    }
    terms = queries.list_invoice_terms()
    context: dict[str, Any] = {
        "rows": [(row, now[FeeKind(row.kind)] == row.effective_on, row.effective_on > today) for row in rows],
        "missing": [kind.label for kind in FeeKind if now[kind] is None],
        "terms": [
            (row, row == next((invoice_terms for invoice_terms in terms if invoice_terms.effective_on <= today), None)) for row in terms
        ],
        "outage": queries.get_outage(),
        "decides": permissions.can_decide(request.user),
        "form": form or FeeForm(),
        "terms_form": terms_form or TermsForm(),
    }
    return render(request, "billing/fees.html", context, status=status)


@allowed(permissions.can_decide)
@require_POST
def add_fee(request: PersonRequest) -> HttpResponse:
    """Set a fee from a coming day on."""
    form = FeeForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        with show_refusal(form):
            actions.add_fee(
                kind=data["kind"],
                standard_cents=data["standard"],
                member_cents=data["member"],
                effective_on=data["effective_on"],
                actor=request.user,
                at=clock.now(),
            )
            messages.success(request, "The fee is set. Until its day comes, nothing changes.")
            return redirect("billing:fees")
    return _page(request, form=form, status=422)


@allowed(permissions.can_decide)
@require_POST
def cancel_fee(request: PersonRequest, id: int) -> HttpResponse:
    """Remove a fee that does not count yet."""
    with show_refusal(request):
        actions.cancel_fee(get_object_or_404(FeeAmount, id=id), actor=request.user, at=clock.now())
        messages.success(request, "The upcoming fee is canceled.")
    return redirect("billing:fees")


@allowed(permissions.can_decide)
@require_POST
def add_terms(request: PersonRequest) -> HttpResponse:
    """Set how long institutions have to pay, from a coming day on."""
    form = TermsForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        with show_refusal(form):
            actions.add_terms(net_days=data["net_days"], effective_on=data["first_day"], actor=request.user, at=clock.now())
            messages.success(request, "The days to pay are set, for invoices dated from that day on.")
            return redirect("billing:fees")
    return _page(request, terms_form=form, status=422)
