"""The public pages of webinars, and those on which staff plan them and see who comes."""

from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from ledger import clock
from ledger.form_tokens import once
from people import permissions
from people.decisions import show_refusal
from people.guards import PersonRequest, allowed, public
from people.models import User
from people.signed_links import LinkExpired
from people.spreadsheets import csv_response
from webinars import actions, notices, policy, queries
from webinars.forms import ReasonForm, SignUpForm, WebinarForm
from webinars.models import Guest, Webinar
from webinars.policy import WebinarStatus
from webinars.states import GuestState

PAGE = 25
TOO_OFTEN = (
    "Many people on your network signed up in a short time. You are not signed up yet. Keep this page open, and try again in an hour."
)


@public
@require_safe
def webinars(request: HttpRequest) -> HttpResponse:
    """List the webinars that come."""
    at = clock.now()
    page = Paginator(queries.list_coming(at=at), PAGE).get_page(request.GET.get("page"))
    lines = [(row, notices.when(row), standing) for row in page if (standing := _stand(row)) != WebinarStatus.PAST]
    return render(request, "webinars/webinars.html", {"page": page, "lines": lines})


@public
@require_http_methods(["GET", "HEAD", "POST"])
def webinar(request: HttpRequest, id: UUID) -> HttpResponse:
    """Show one webinar; on POST, sign up: by name and email, or by a press for who is signed in."""
    row = _get_or_404(id)
    person = request.user if isinstance(request.user, User) else None
    form = SignUpForm(request.POST if request.method == "POST" and person is None else None)
    status = 200
    if request.method == "POST":
        if person is None and not form.is_valid():
            status = 422
        elif (answer := _sign_up(request, row, form, person)) is not None:
            return answer
        else:
            status = 409
    mine = queries.get_place(row, person) if person else None
    context = {"webinar": row, "when": notices.when(row), "standing": _stand(row), "form": form, "mine": mine}
    context["leave_key"] = queries.LEAVE.sign(mine.id) if mine else ""
    return render(request, "webinars/webinar.html", context, status=status)


def _sign_up(request: HttpRequest, row: Webinar, form: SignUpForm, person: User | None) -> HttpResponse | None:
    """Sign someone up and lead back; None where a message says why not."""
    name, email = (person.name, person.email) if person else (form.cleaned_data["name"], form.cleaned_data["email"])
    if not ratelimit.consume(request, action="webinar", key=email.lower()):
        messages.error(request, TOO_OFTEN)
        return None
    with show_refusal(request):
        actions.sign_up(row, name=name, email=email, person=person, at=clock.now())
        # The same words for someone who had signed up before: no one learns here who comes.
        messages.success(request, f"You have a spot. We wrote to {email}. The email has the link to join and a link to cancel.")
        return redirect("webinars:webinar", row.id)
    return None


@public
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, key: str) -> HttpResponse:
    """Ask if a guest really cancels; on POST, give the place up. Opening the link changes nothing."""
    try:
        id = queries.LEAVE.read(key)
    except LinkExpired:
        return render(request, "webinars/link_expired.html", status=410)
    guest = get_object_or_404(Guest.objects.select_related("webinar", "person"), id=id)
    if policy.is_link_over(begins_at=guest.webinar.begins_at, minutes=guest.webinar.minutes, at=clock.now()):
        return render(request, "webinars/link_expired.html", {"webinar": guest.webinar, "when": notices.when(guest.webinar)}, status=410)
    if request.method == "POST":
        with show_refusal(request):
            actions.leave(guest, at=clock.now())
            messages.success(request, "Your spot is open again. Thank you for telling us.")
            return redirect("webinars:webinar", guest.webinar_id)
        return redirect("webinars:leave", key)
    over = guest.state != GuestState.COMING or guest.webinar.begins_at <= clock.now()
    return render(request, "webinars/leave.html", {"guest": guest, "when": notices.when(guest.webinar), "over": over})


@allowed(permissions.can_see_office)
@require_safe
def office(request: PersonRequest) -> HttpResponse:
    """List all webinars for staff, the newest first."""
    page = Paginator(queries.list_all(), PAGE).get_page(request.GET.get("page"))
    lines = [(row, notices.when(row), _stand(row)) for row in page]
    return render(request, "webinars/office.html", {"page": page, "lines": lines, "may": permissions.is_staff(request.user)})


@allowed(permissions.is_staff)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def add(request: PersonRequest) -> HttpResponse:
    """Plan a webinar."""
    form = WebinarForm(request.POST or None, initial={"zone": request.user.time_zone, "minutes": 60})
    if request.method == "POST" and form.is_valid():
        with show_refusal(form, "day"):
            webinar = actions.plan(form.read(), actor=request.user, at=clock.now())
            messages.success(request, "The webinar is on the public list. People can sign up.")
            return redirect("webinars:guests", webinar.id)
    return render(request, "webinars/form.html", {"form": form}, status=422 if request.method == "POST" else 200)


@allowed(permissions.is_staff)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def change(request: PersonRequest, id: UUID) -> HttpResponse:
    """Change a webinar that has not begun."""
    row = _get_or_404(id)
    form = WebinarForm(request.POST or None, initial=WebinarForm.write(row))
    if request.method == "POST" and form.is_valid():
        with show_refusal(form):
            actions.change(row, form.read(), actor=request.user, at=clock.now())
            messages.success(
                request, "The webinar is changed. If the time or the link to join changed, everyone who signed up gets an email."
            )
            return redirect("webinars:guests", row.id)
    return render(request, "webinars/form.html", {"form": form, "webinar": row}, status=422 if request.method == "POST" else 200)


@allowed(permissions.can_see_office)
@require_safe
def guests(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show staff one webinar and who signed up."""
    return _guests(request, _get_or_404(id))


@allowed(permissions.is_staff)
@require_http_methods(["POST"])
def cancel(request: PersonRequest, id: UUID) -> HttpResponse:
    """Cancel a webinar, with an email to everyone who comes."""
    row, form = _get_or_404(id), ReasonForm(request.POST)
    if not form.is_valid():
        return _guests(request, row, form=form, status=422)
    with show_refusal(request):
        actions.cancel(row, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now())
        messages.success(request, "The webinar is canceled. Everyone who signed up gets an email.")
    return redirect("webinars:guests", row.id)


@allowed(permissions.can_see_office)
@require_safe
def guests_csv(request: PersonRequest, id: UUID) -> HttpResponse:
    """Give who comes as a file for a spreadsheet."""
    row = _get_or_404(id)
    guests = [
        (guest.name, guest.email, timezone.localdate(guest.signed_up_at), guest.get_state_display()) for guest in queries.list_guests(row)
    ]
    return csv_response([("Name", "Email address", "Signed up", "Comes"), *guests], name=f"webinar-{row.begins_on}.csv")


def _guests(request: PersonRequest, row: Webinar, *, form: ReasonForm | None = None, status: int = 200) -> HttpResponse:
    standing = _stand(row)
    context = {
        "webinar": row,
        "when": notices.when(row),
        "standing": standing,
        "page": Paginator(queries.list_guests(row), PAGE).get_page(request.GET.get("page")),
        "form": form or ReasonForm(),
        "may": permissions.is_staff(request.user) and standing in (WebinarStatus.OPEN, WebinarStatus.FULL),
    }
    return render(request, "webinars/guests.html", context, status=status)


def _get_or_404(id: UUID) -> Webinar:
    webinar = queries.find(id)
    if webinar is None:
        raise Http404
    return webinar


def _stand(row: Webinar) -> WebinarStatus:
    """Where a webinar that was counted stands now."""
    return queries.stand(row, coming=int(getattr(row, "coming", 0)), at=clock.now())
