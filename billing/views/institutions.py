"""What staff do about institutions: invoice an order, record money, take order lines back, use credit and pay it out."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing import actions, permissions, policy, queries
from billing.forms import ContactForm, InvoicePaymentForm, PayOutForm, ReasonForm
from billing.models import Invoice, InvoicePayment, OrderLine, Payer, PurchaseOrder
from billing.states import InvoiceState, OrderLineState
from billing.views.orders import _order_page
from ledger import clock
from ledger.form_tokens import once
from people import actions as people
from people import queries as directory
from people.decisions import show_refusal, too_late
from people.guards import PersonRequest, allowed
from people.permissions import can_see_office

PAGE = 25


@allowed(permissions.can_decide)
@require_POST
def invoice_order(request: PersonRequest, id: UUID) -> HttpResponse:
    """Invoice an order that was checked."""
    row = get_object_or_404(PurchaseOrder, id=id)
    with show_refusal(request):
        invoice = actions.invoice(row, actor=request.user, at=clock.now())
        messages.success(request, f"{invoice.number} is dated today. It is being prepared. Then {row.contact} will get it by email.")
        return redirect("billing:invoice", id=invoice.id)
    return redirect("billing:order", id=row.id)


@allowed(permissions.can_decide)
@require_POST
def send_back(request: PersonRequest, id: UUID) -> HttpResponse:
    """Give an order back with a reason."""
    row = get_object_or_404(PurchaseOrder.objects.select_related("payer", "contact", "document"), id=id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _order_page(request, row, form=form, status=422)
    with show_refusal(request):
        actions.send_back(row, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now())
        messages.success(request, f"The order went back to {row.contact}, with your reason.")
    return redirect("billing:order", id=row.id)


@allowed(can_see_office)
@require_safe
def invoice(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show staff one invoice: its order lines, what came in, and what can be done."""
    return _invoice_page(request, _invoice(id))


def _invoice(id: UUID) -> Invoice:
    return get_object_or_404(Invoice.objects.select_related("order__payer", "order__contact", "terms"), id=id)


def _invoice_page(
    request: PersonRequest,
    row: Invoice,
    *,
    form: InvoicePaymentForm | None = None,
    reason_form: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    today = queries.today(clock.now())
    places = queries.list_places(row.order, on=today)
    context = {
        "invoice": row,
        "order": row.order,
        "places": places,
        "payments": queries.list_invoice_payments(row),
        "notes": list(row.credit_notes.order_by("serial")),
        "credit": queries.get_credit(row.order.payer),
        "version": queries.get_payer_version(row.order.payer),
        "overdue": row.state == InvoiceState.OPEN and row.due_on < today,
        "puzzle": next(
            (place.order_line for place in places if place.order_line.trouble and place.order_line.state == OrderLineState.COVERED), None
        ),
        "reason_form": reason_form or ReasonForm(),
        "free": any(place.order_line.state in queries.LIVE_ORDER_LINES for place in places),
        "decides": permissions.can_decide(request.user),
        "can_reverse": permissions.can_decide(request.user),
        "form": form
        or InvoicePaymentForm(today=timezone.localdate(clock.now()), initial={"amount": policy.dollars(row.balance_cents).lstrip("$")}),
    }
    return render(request, "billing/invoice.html", context, status=status)


@allowed(permissions.can_decide)
@require_POST
@once
def record_payment(request: PersonRequest, id: UUID) -> HttpResponse:
    """Record a check or a transfer for an invoice."""
    row = _invoice(id)
    at = clock.now()
    form = InvoicePaymentForm(request.POST, today=timezone.localdate(at))
    if form.is_valid():
        data = form.cleaned_data
        with show_refusal(form):
            actions.record_payment(
                row,
                method=data["method"],
                number=data["number"],
                received_on=data["received_on"],
                cents=data["amount"],
                actor=request.user,
                at=at,
            )
            messages.success(request, f"{policy.dollars(data['amount'])} is recorded. It pays for people top to bottom.")
            return redirect("billing:invoice", id=row.id)
    return _invoice_page(request, row, form=form, status=422)


@allowed(permissions.can_decide)
@require_http_methods(["GET", "HEAD", "POST"])
def reverse_payment(request: PersonRequest, id: UUID) -> HttpResponse:
    """Say what is gone when a payment of an invoice is reversed; on POST, reverse it with a reason."""
    rows = InvoicePayment.objects.select_related("invoice__order__payer", "invoice__order__contact")
    payment = get_object_or_404(rows, id=id)
    row = payment.invoice
    if not payment.STATES.allows(payment.state, "bounce"):
        return too_late(request, payment, "billing:invoice", row.id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        decision = {"reason": form.cleaned_data["reason"], "version": request.POST.get("version", "")}
        with show_refusal(form):
            actions.reverse_payment(payment, **decision, actor=request.user, at=clock.now())
            messages.success(request, f"The payment is reversed, and we emailed {row.order.contact}.")
            return redirect("billing:invoice", id=row.id)
    context = {"payment": payment, "invoice": row, "order": row.order, "form": form, "plan": queries.plan_taking_back(payment)}
    context["version"] = queries.get_invoice_version(row)
    return render(request, "billing/reverse_payment.html", context, status=422 if form.errors else 200)


@allowed(permissions.can_decide)
@require_POST
def use_credit(request: PersonRequest, id: UUID) -> HttpResponse:
    """Pay an invoice from the payer's credit."""
    row = _invoice(id)
    with show_refusal(request):
        actions.use_credit(row, version=request.POST.get("version", ""), actor=request.user, at=clock.now())
        messages.success(request, "The credit is used for this invoice.")
    return redirect("billing:invoice", id=row.id)


@allowed(permissions.can_decide)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def credit_note(request: PersonRequest, id: UUID) -> HttpResponse:
    """Take order lines off an invoice, or all of them, which cancels it."""
    row = _invoice(id)
    places = [place for place in queries.list_places(row.order, on=row.dated_on) if place.order_line.state in queries.LIVE_ORDER_LINES]
    form = ReasonForm(request.POST or None)
    picked = request.POST.getlist("order_line")
    if request.method == "POST" and form.is_valid():
        order_lines = [place.order_line.id for place in places if str(place.order_line.id) in picked]
        with show_refusal(form):
            note = actions.credit_note(row, order_lines=order_lines, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now())
            messages.success(request, f"{note.number} is written. {row.order.contact} will get it by email.")
            return redirect("billing:invoice", id=row.id)
    context = {"invoice": row, "order": row.order, "places": places, "picked": picked, "form": form}
    return render(request, "billing/credit_note.html", context, status=422 if form.errors else 200)


@allowed(permissions.can_decide)
@require_POST
def accept_order_line(request: PersonRequest, id: UUID) -> HttpResponse:
    """Take what an order line paid as its person's fee."""
    order_line = get_object_or_404(OrderLine.objects.filter(state=OrderLineState.COVERED, charge__isnull=False).exclude(trouble=""), id=id)
    row = _invoice(order_line.order.invoice.id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _invoice_page(request, row, reason_form=form, status=422)
    with show_refusal(request):
        actions.accept_order_line(order_line, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now())
        messages.success(request, "This payment now covers the person’s fee.")
    return redirect("billing:invoice", id=row.id)


@allowed(can_see_office)
@require_safe
def payer(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show staff one institution: its contacts and its credit."""
    return _payer_page(request, get_object_or_404(Payer, id=id))


def _payer_page(
    request: PersonRequest, row: Payer, *, form: PayOutForm | None = None, contact_form: ContactForm | None = None, status: int = 200
) -> HttpResponse:
    page = Paginator(queries.list_credits(row), PAGE).get_page(request.GET.get("page"))
    context = {
        "payer": row,
        "contacts": list(row.contacts.select_related("person").order_by("added_at")),
        "page": page,
        "credit": queries.get_credit(row),
        "decides": permissions.can_decide(request.user),
        "version": queries.get_payer_version(row),
        "form": form or PayOutForm(today=timezone.localdate(clock.now())),
        "contact_form": contact_form or ContactForm(),
    }
    return render(request, "billing/payer.html", context, status=status)


@allowed(permissions.can_decide)
@require_POST
def pay_out(request: PersonRequest, id: UUID) -> HttpResponse:
    """Record a check by which credit went back."""
    row = get_object_or_404(Payer, id=id)
    at = clock.now()
    if queries.get_credit(row) <= 0:
        return too_late(request, row, "billing:payer", why=f"{row} has no credit.")
    form = PayOutForm(request.POST, today=timezone.localdate(at))
    if form.is_valid():
        data = form.cleaned_data
        with show_refusal(form, "amount"), show_refusal(form, None, queries.Changed):
            sent = {"number": data["number"], "sent_on": data["sent_on"], "cents": data["amount"]}
            actions.pay_out(row, **sent, actor=request.user, at=at, version=request.POST.get("version", ""))
            messages.success(request, f"{policy.dollars(data['amount'])} went back to {row}.")
            return redirect("billing:payer", id=row.id)
    return _payer_page(request, row, form=form, status=422)


@allowed(permissions.can_decide)
@require_POST
def add_contact(request: PersonRequest, id: UUID) -> HttpResponse:
    """Let one more person act for an institution."""
    row = get_object_or_404(Payer, id=id)
    at = clock.now()
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _payer_page(request, row, contact_form=form, status=422)
    email, name = form.cleaned_data["email"].lower(), form.cleaned_data["name"]
    person = directory.get_person_by_email(email) or people.add_person(
        email=email, name=name, called=name.split()[0][:60], actor=request.user, at=at
    )
    actions.add_contact(row, person, actor=request.user, at=at)
    messages.success(request, f"{person} now acts for {row}.")
    return redirect("billing:payer", id=row.id)
