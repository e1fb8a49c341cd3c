"""A person's own account, and the documents that they may see."""

from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from ledger import clock
from people import actions, documents, permissions, policy, queries
from people.forms import PreferencesForm, zone_name
from people.guards import PersonRequest, signed_in
from people.models import Document
from people.states import Role


@signed_in
@require_safe
def account(request: PersonRequest) -> HttpResponse:
    """What we know about the reader's account, and where to change each part."""
    addresses = list(EmailAddress.objects.filter(user=request.user))
    facts = {
        "zone": zone_name(request.user.time_zone),
        "addresses": addresses,
        "unconfirmed": not all(address.verified for address in addresses),
        "second_step": queries.has_second_factor(request.user),
        "second_step_needed": permissions.needs_second_factor(request.user),
        "sessions": UserSession.objects.filter(user=request.user).count(),
        "roles": [role.label for role in Role if role in permissions.role_names(request.user)],
    }
    return render(request, "people/account.html", facts)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: PersonRequest) -> HttpResponse:
    """Change the two names and the time zone."""
    user = request.user
    form = PreferencesForm(request.POST or None, initial={"name": user.name, "called": user.called, "time_zone": user.time_zone})
    if request.method == "POST" and form.is_valid():
        actions.change_preferences(user, **form.cleaned_data, actor=user, at=clock.now())
        messages.success(request, "Your preferences are saved.")
        return redirect("people:account")
    return render(request, "people/preferences.html", {"form": form})


@signed_in
@require_safe
def document(request: PersonRequest, id: UUID) -> HttpResponseBase:
    """A file, for whom a room has made a link within the last 15 minutes; pictures can be shown in a page with `inline=1`."""
    wanted = get_object_or_404(Document, id=id)
    try:
        documents.check_link(wanted, request.user, request.GET.get("k", ""))
        content = documents.read(wanted)
    except documents.LinkWrong:
        raise Http404 from None
    except documents.LinkExpired:
        return render(request, "people/link_expired.html", status=410)
    except FileNotFoundError:
        return render(request, "people/document_lost.html", {"document": wanted}, status=404)
    shown = request.GET.get("inline") == "1" and wanted.content_type in policy.SHOWN
    response = FileResponse(content, content_type=wanted.content_type)
    response["Content-Disposition"] = content_disposition_header(not shown, wanted.name) or "attachment"
    response["Content-Length"] = wanted.size
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
