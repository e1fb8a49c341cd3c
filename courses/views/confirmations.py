"""The page behind a link that a provider's contact got by email: a GET changes nothing, an answer is taken once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from courses import actions
from courses.actions.confirmations import LinkOver, LinkUsed, check_open
from courses.forms.decisions import ConfirmationForm
from courses.models import Confirmation
from courses.notices import CONFIRMATION
from ledger import clock
from people.decisions import show_refusal
from people.guards import public
from people.signed_links import LinkExpired


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show who says to have finished which course, and take the provider's yes or no."""
    try:
        id = CONFIRMATION.read(token)
    except LinkExpired:
        return render(request, "courses/confirm_over.html", {"is_late": True}, status=410)
    about = ("completion__person", "completion__offering__provider", "completion__set", "contact__person", "contact__provider")
    confirmation = get_object_or_404(Confirmation.objects.select_related(*about), id=id)
    at, form = clock.now(), ConfirmationForm(request.POST if request.method == "POST" else None)
    context = {"asked": confirmation, "completion": confirmation.completion, "form": form}
    with show_refusal(form, "words"):
        try:
            check_open(confirmation, confirmation.completion, at=at)
            if request.method == "POST" and form.is_valid() and request.POST.get("answer") not in ("yes", "no"):
                form.add_error(None, "Choose “Yes, I confirm it” or “No, I can’t confirm it”.")
            elif form.is_bound and form.is_valid():
                yes = request.POST["answer"] == "yes"
                actions.answer_confirmation(confirmation, is_confirmed=yes, words=form.cleaned_data["words"] if not yes else "", at=at)
                return render(request, "courses/confirmed.html", {**context, "yes": yes})
        except LinkUsed as refusal:
            return render(request, "courses/confirm_over.html", {**context, "why": refusal.message}, status=410)
        except LinkOver:
            return render(request, "courses/confirm_over.html", {**context, "is_late": True}, status=410)
    return render(request, "courses/confirm.html", context, status=422 if form.is_bound and form.errors else 200)
