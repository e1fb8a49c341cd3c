"""The provider's pages: asking to speak for one, its courses, and what it is asked to confirm."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing import queries as charges
from courses import actions, notices, queries
from courses.actions.catalog import ENTRY
from courses.forms.applications import ContactForm, EntryForm, dollars_typed
from courses.models import Offering, Provider, ProviderContact
from courses.permissions import can_change_entry, is_staff
from courses.states import ContactState
from ledger import clock
from ledger.form_tokens import once
from people.decisions import show_refusal
from people.guards import PersonRequest, signed_in
from programs import policy as dates
from programs import queries as programs


@signed_in
@require_safe
def portal(request: PersonRequest) -> HttpResponse:
    """Show a contact's providers with their courses, or how to become a contact. The same number of queries for any number of courses."""
    at = clock.now()
    contacts = queries.list_contacts(request.user)
    confirmed = [provider_contact for provider_contact in contacts if provider_contact.state == ContactState.CONFIRMED]
    fees = {fee.kind: fee for fee in charges.list_fees(on=dates.today(at))}
    context = {
        "portals": queries.list_portals(confirmed, at=at) if confirmed else [],
        "waiting": next((provider_contact for provider_contact in contacts if provider_contact.state == ContactState.ASKED), None),
        "refused": contacts[-1] if contacts and contacts[-1].state == ContactState.REFUSED else None,
        "to_confirm": [(confirmation, notices.confirmation_path(confirmation)) for confirmation in queries.list_to_confirm(request.user)]
        if confirmed
        else [],
        "approval_fee": fees.get("course_approval"),
        "renewal_fee": fees.get("course_renewal"),
        "terms": programs.get_terms(dates.today(at)),
    }
    return render(request, "courses/portal.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@once
def ask(request: PersonRequest) -> HttpResponse:
    """Ask for whom someone wants to speak."""
    form = ContactForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with show_refusal(form):
            actions.ask_contact(request.user, **form.cleaned_data, actor=request.user, at=clock.now())
            messages.success(request, "We have your request. Staff will check it, and we will email you.")
            return redirect("courses:portal")
    return render(request, "courses/ask.html", {"form": form})


@signed_in
@require_POST
def withdraw_request(request: PersonRequest, id: UUID) -> HttpResponse:
    """Take a request back."""
    provider_contact = get_object_or_404(ProviderContact.objects.visible_to(request.user), id=id)
    with show_refusal(request):
        actions.withdraw_contact(provider_contact, actor=request.user, at=clock.now())
        messages.success(request, "You withdrew your request.")
    return redirect("courses:portal")


@signed_in
@require_POST
@once
def start(request: PersonRequest, id: UUID) -> HttpResponse:
    """Start the application of a new course of this provider."""
    provider = get_object_or_404(
        Provider.objects.filter(contacts__in=ProviderContact.objects.confirmed().filter(person=request.user)), id=id
    )
    with show_refusal(request):
        application = actions.start_course(provider, actor=request.user, at=clock.now())
        return redirect("courses:application", application.id)
    return redirect("courses:portal")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: PersonRequest, id: UUID) -> HttpResponse:
    """Keep what the catalog says of a course up to date; what was approved stays."""
    offering = get_object_or_404(Offering.objects.select_related("provider", "set"), id=id)
    if not can_change_entry(request.user, offering):
        raise Http404
    known = {name: getattr(offering, name) for name in ENTRY if name != "price_cents"} | {"price": dollars_typed(offering.price_cents)}
    form = EntryForm(
        request.POST if request.method == "POST" else None, initial=known, taught=offering.format, lenient=is_staff(request.user)
    )
    if request.method == "POST" and form.is_valid():
        values = form.values()
        values["price_cents"] = values.pop("price")
        with show_refusal(form):
            changed = actions.keep_entry(offering, values=values, actor=request.user, at=clock.now())
            messages.success(request, "The catalog shows it now." if changed else "You made no changes, so nothing was saved.")
            return redirect("courses:offering", id)
    return render(request, "courses/entry.html", {"form": form, "offering": offering})


@signed_in
@require_POST
def renew(request: PersonRequest, id: UUID) -> HttpResponse:
    """Start the renewal of a course's approval, or go on with it."""
    contacts = ProviderContact.objects.confirmed().filter(person=request.user)
    offering = get_object_or_404(Offering.objects.filter(provider__contacts__in=contacts), id=id)
    with show_refusal(request):
        application = actions.start_renewal(offering, actor=request.user, at=clock.now())
        return redirect("courses:application", application.id)
    return redirect("courses:portal")
