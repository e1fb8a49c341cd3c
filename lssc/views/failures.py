"""What could not be delivered: staff read what happened, and decide; the email service tells us of bounces."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ledger import clock, email_failures
from ledger.form_tokens import once
from lssc.forms import GiveUpForm, SendAgainForm
from people import permissions
from people import queries as people
from people.decisions import show_refusal
from people.guards import PersonRequest, allowed, public


@allowed(permissions.is_staff)
@require_safe
def email(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show an email that could not be sent, and what can be done."""
    email = get_object_or_404(email_failures.find_failed().select_related("person").exclude(person=request.user), id=id)
    return _email_page(request, id, SendAgainForm(initial={"to": email.to}), GiveUpForm())


def _email_page(request: PersonRequest, id: UUID, again: SendAgainForm, give_up: GiveUpForm) -> HttpResponse:
    email = get_object_or_404(email_failures.find_failed().select_related("person").exclude(person=request.user), id=id)
    wrong = next((form for form in (again, give_up) if form.errors), None)
    context = {"email": email, "again": again, "give_up": give_up, "form": wrong, "now": email.person.email if email.person else ""}
    return render(request, "lssc/failed_email.html", context, status=422 if wrong else 200)


@allowed(permissions.is_staff)
@require_POST
def send_again(request: PersonRequest, id: UUID) -> HttpResponse:
    """Send it again; to another address, where there is no account that has one."""
    email = get_object_or_404(email_failures.find_failed().exclude(person=request.user), id=id)
    form = SendAgainForm({"to": request.POST.get("to") or email.to})
    if not form.is_valid():
        return _email_page(request, id, form, GiveUpForm())
    with show_refusal(request):
        sent = email_failures.send_again(id, to=form.cleaned_data["to"], actor=request.user, at=clock.now())
        messages.success(request, f"The email goes out again, to {sent.to}. If that fails, it is back in the inbox.")
    return redirect("office")


@allowed(permissions.is_staff)
@require_POST
def give_up(request: PersonRequest, id: UUID) -> HttpResponse:
    """Let it be, with the reason."""
    get_object_or_404(email_failures.find_failed().exclude(person=request.user), id=id)
    form = GiveUpForm(request.POST)
    if not form.is_valid():
        return _email_page(request, id, SendAgainForm(), form)
    with show_refusal(request):
        email_failures.give_up(id, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now())
        messages.success(request, "The email is canceled. The reason is in the record.")
    return redirect("office")


@allowed(permissions.is_staff)
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show an address that takes no email; it works again, or staff know it."""
    row = get_object_or_404(email_failures.find_marks(), id=id)
    if request.method == "POST":
        works = "works" in request.POST
        with show_refusal(request):
            email_failures.decide_address(id, works=works, actor=request.user, at=clock.now())
            messages.success(
                request, f"We will email {row.email} again." if works else f"We recorded that {row.email} can’t receive email."
            )
        return redirect("office")
    return render(request, "lssc/bad_address.html", {"row": row, "who": people.get_person_by_email(row.email)})


@allowed(permissions.is_staff)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def stuck_event(request: PersonRequest, thing: UUID) -> HttpResponse:
    """Show what is stuck between parts of the program, and try it again at once."""
    row = get_object_or_404(email_failures.find_stuck(), thing=thing)
    if request.method == "POST":
        with show_refusal(request):
            email_failures.try_again(thing, actor=request.user, at=clock.now())
            messages.success(request, "It is tried again now. If that fails, it stays in the inbox.")
        return redirect("office")
    return render(request, "lssc/stuck_event.html", {"row": row})


@public
@csrf_exempt
@require_POST
def events(request: HttpRequest) -> HttpResponseBase:
    """Take what the email service says of emails that it took; nothing, where no service and no secret is set."""
    if not settings.EMAIL_EVENTS_FROM or not settings.EMAIL_EVENTS_SECRET:
        raise Http404
    try:
        resolver_match = resolve(f"/{settings.EMAIL_EVENTS_FROM}/tracking/", urlconf="lssc.email_services")
    except Resolver404:
        raise Http404 from None
    answer: HttpResponseBase = resolver_match.func(request)
    return answer
