"""The demonstration's own pages: who can sign in, and every email as it would have gone out. There only where DEMO is set."""

from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from demo.cast import HINTS, PASSWORD
from ledger.models import Email
from lssc.views.emails import calendar_file
from people.guards import public

PAGE = 25


def _only_in_a_demonstration() -> None:
    if not settings.DEMO:
        raise Http404


@public
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Name the demo people, with what each can do."""
    _only_in_a_demonstration()
    return render(request, "demo/people.html", {"hints": HINTS, "password": PASSWORD})


@public
@require_safe
def emails(request: HttpRequest) -> HttpResponse:
    """List the emails, newest first; `to` narrows them to one address."""
    _only_in_a_demonstration()
    to = request.GET.get("to", "").strip()[:254]
    emails = Email.objects.order_by("-created_at", "-id").only("id", "to", "subject", "created_at", "state")
    page = Paginator(emails.filter(to__icontains=to) if to else emails, PAGE).get_page(request.GET.get("page"))
    return render(request, "demo/emails.html", {"page": page, "to": to})


@public
@require_safe
def email(request: HttpRequest, id: UUID) -> HttpResponse:
    """Show one email in its plain form, its link ready to follow."""
    _only_in_a_demonstration()
    return render(request, "demo/email.html", {"email": get_object_or_404(Email, id=id)})


@public
@require_safe
def email_calendar(request: HttpRequest, id: UUID) -> HttpResponse:
    """Hand out the file for the calendar that went along with an email."""
    _only_in_a_demonstration()
    return calendar_file(get_object_or_404(Email.objects.exclude(calendar=""), id=id).calendar)
