"""Purchase orders: the payer's own pages, and the same for staff who enter one that came by mail."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing import actions, policy, queries
from billing.forms import OfficeOrderForm, OrderForm, PeopleForm, ReasonForm
from billing.models import Charge, CreditNote, Invoice, OrderLine, PurchaseOrder
from billing.states import ChargeState, OrderState
from ledger import clock
from ledger.form_tokens import once
from people import actions as people
from people import documents
from people import queries as directory
from people.decisions import show_refusal
from people.fields import keep_files
from people.guards import PersonRequest, signed_in
from people.models import User
from people.pages import get_page
from people.permissions import can_see_office, is_staff


@signed_in
@require_safe
def orders(request: PersonRequest) -> HttpResponse:
    """List the orders of one's institutions, or all of them for the office."""
    page = get_page(queries.list_orders(request.user), request.GET)
    context = {"page": page, "office": can_see_office(request.user), "today": queries.today(clock.now())}
    return render(request, "billing/orders.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@once
def new_order(request: PersonRequest) -> HttpResponse:
    """Start an order. Someone who comes from a fee of their own finds themselves in it."""
    at = clock.now()
    staff = is_staff(request.user)
    form = _order_form(request, staff=staff)
    if request.method == "POST" and form.is_valid():
        with show_refusal(form, "document"):
            contact = _contact(form, request.user, at=at) if staff else request.user
            order = actions.start_order(_details(form), contact=contact, document=form.cleaned_data["document"], actor=request.user, at=at)
            _add_oneself(request, order, at=at)
            return redirect("billing:order", id=order.id)
    if form.is_bound:
        keep_files(form, request.user, at=at)
    context = {"form": form, "order": None, "charge": _own_charge(request)}
    return render(request, "billing/order_form.html", context, status=422 if form.errors else 200)


def _order_form(request: PersonRequest, *, staff: bool) -> OrderForm:
    payer = None if staff else queries.get_payer(request.user)
    initial = {"payer": payer.name, "address": payer.address} if payer else {}
    kind = OfficeOrderForm if staff else OrderForm
    return kind(request.POST or None, request.FILES or None, initial=initial)


def _details(form: OrderForm) -> actions.Details:
    data = form.cleaned_data
    return actions.Details(payer=data["payer"], address=data["address"], number=data["number"], stated_cents=data["amount"])


def _contact(form: OrderForm, staff: User, *, at: Any) -> User:
    """The account of a contact whose order came by mail; where there is none, one is made, and they set its password themselves."""
    email, name = form.cleaned_data["contact_email"].lower(), form.cleaned_data["contact_name"]
    known = directory.get_person_by_email(email)
    return known or people.add_person(email=email, name=name, called=name.split()[0][:60], actor=staff, at=at)


def _own_charge(request: PersonRequest) -> Charge | None:
    """The open fee that someone came from."""
    try:
        id = UUID(request.GET.get("charge", ""))
    except ValueError:
        return None
    return Charge.objects.filter(person=request.user, state=ChargeState.OPEN, id=id).select_related("fee").first()


def _add_oneself(request: PersonRequest, order: PurchaseOrder, *, at: Any) -> None:
    charge = _own_charge(request)
    if charge is not None:
        named = [(request.user.name, request.user.email)]
        actions.add_people(order, named, kind=charge.fee.kind, member=charge.member, actor=request.user, at=at)


@signed_in
@require_safe
def order(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show one order: to write, to wait for, or with its invoice and who is *paid* and *enrolled*."""
    return _order_page(request, _seen(request, id))


def _seen(request: PersonRequest, id: UUID) -> PurchaseOrder:
    rows = PurchaseOrder.objects.visible_to(request.user).select_related("payer", "contact", "document", "invoice")
    return get_object_or_404(rows, id=id)


def _order_page(
    request: PersonRequest, row: PurchaseOrder, *, people_form: PeopleForm | None = None, form: ReasonForm | None = None, status: int = 200
) -> HttpResponse:
    today = queries.today(clock.now())
    places = queries.list_places(row, on=today)
    invoice = getattr(row, "invoice", None)
    together = queries.price_order_lines(places)
    writes = _may_write(request, row)
    context = {
        "order": row,
        "invoice": invoice,
        "places": places,
        "together": together,
        "short": row.stated_cents != together,
        "before": queries.count_same_number(row) if row.state == OrderState.SENT else 0,
        "notes": list(invoice.credit_notes.order_by("serial")) if invoice else [],
        "payments": queries.list_invoice_payments(invoice) if invoice else [],
        "writes": writes,
        "draft": row.state == OrderState.DRAFT,
        "decides": is_staff(request.user) and row.state == OrderState.SENT,
        "office": can_see_office(request.user),
        "due_on": policy.pay_by(today, net_days=queries.get_invoice_terms(on=today).net_days),
        "people_form": people_form or PeopleForm(fees=queries.list_fees(on=today), initial={"kind": "application"}),
        "form": form or ReasonForm(),
        "today": today,
    }
    return render(request, "billing/order.html", context, status=status)


def _may_write(request: PersonRequest, row: PurchaseOrder) -> bool:
    """The institution's contacts write their orders, and staff for them; an auditor looks on."""
    return is_staff(request.user) or queries.is_contact(request.user, row.payer)


def _written(request: PersonRequest, id: UUID) -> PurchaseOrder:
    row = _seen(request, id)
    if not _may_write(request, row):
        raise Http404
    return row


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@once
def change_order(request: PersonRequest, id: UUID) -> HttpResponse:
    """Change what a draft says beside its people."""
    row = _written(request, id)
    initial = {
        "payer": row.payer.name,
        "address": row.payer.address,
        "number": row.number,
        "amount": policy.dollars(row.stated_cents).lstrip("$"),
    }
    form = OrderForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with show_refusal(form):
            actions.change_order(row, _details(form), document=form.cleaned_data["document"], actor=request.user, at=clock.now())
            return redirect("billing:order", id=row.id)
    if form.is_bound:
        keep_files(form, request.user, at=clock.now())
    return render(request, "billing/order_form.html", {"form": form, "order": row}, status=422 if form.errors else 200)


@signed_in
@require_POST
@once
def add_people(request: PersonRequest, id: UUID) -> HttpResponse:
    """Add people to a draft."""
    row = _written(request, id)
    at = clock.now()
    form = PeopleForm(request.POST, fees=queries.list_fees(on=queries.today(at)))
    if form.is_valid():
        data = form.cleaned_data
        with show_refusal(form, "people"):
            actions.add_people(row, data["people"], kind=data["kind"], member=data["member"], actor=request.user, at=at)
            return redirect("billing:order", id=row.id)
    return _order_page(request, row, people_form=form, status=422)


@signed_in
@require_POST
def remove_person(request: PersonRequest, id: UUID, order_line: UUID) -> HttpResponse:
    """Take someone off a draft."""
    row = _written(request, id)
    with show_refusal(request):
        actions.remove_person(get_object_or_404(OrderLine, id=order_line, order=row), actor=request.user, at=clock.now())
    return redirect("billing:order", id=row.id)


@signed_in
@require_POST
def send_order(request: PersonRequest, id: UUID) -> HttpResponse:
    """Send an order to staff."""
    row = _written(request, id)
    with show_refusal(request):
        actions.send_order(row, actor=request.user, at=clock.now())
        messages.success(request, "Our staff have the order. We will email the invoice.")
    return redirect("billing:order", id=row.id)


@signed_in
@require_POST
def withdraw_order(request: PersonRequest, id: UUID) -> HttpResponse:
    """Give an order up before it is invoiced."""
    row = _written(request, id)
    with show_refusal(request):
        actions.withdraw_order(row, actor=request.user, at=clock.now())
        messages.success(request, "The order is withdrawn. No payment is due.")
    return redirect("billing:order", id=row.id)


@signed_in
@require_safe
def open_document(request: PersonRequest, id: UUID) -> HttpResponse:
    """Lead to the document of an order."""
    row = _seen(request, id)
    if row.document is None:
        raise Http404
    return redirect(documents.link(row.document, request.user))


@signed_in
@require_safe
def invoice_pdf(request: PersonRequest, id: UUID) -> HttpResponseBase:
    """Hand out an invoice."""
    return _file(get_object_or_404(Invoice.objects.visible_to(request.user).exclude(stored=""), id=id))


@signed_in
@require_safe
def credit_note_pdf(request: PersonRequest, id: UUID) -> HttpResponseBase:
    """Hand out a credit note."""
    seen = CreditNote.objects.filter(invoice__in=Invoice.objects.visible_to(request.user)).exclude(stored="")
    return _file(get_object_or_404(seen, id=id))


def _file(row: Invoice | CreditNote) -> HttpResponseBase:
    try:
        content = default_storage.open(row.stored)
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(content, as_attachment=True, filename=f"{row.number}.pdf", content_type="application/pdf")
