"""The staff's pages: programs to review and sign, agreements, colleges with their contacts, and graduates' claims."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agreements import actions, policy, queries
from agreements.forms import AgreedForm, CollegeForm, ContactForm, EndForm, WordsForm
from agreements.models import Agreement, College, CollegeContact, GraduateClaim
from agreements.states import AgreementState, ClaimState
from candidates import queries as candidates
from ledger import clock
from ledger.form_tokens import once
from ledger.transitions import is_own
from people import documents
from people import queries as people
from people.decisions import find_sent_back, show_refusal, too_late
from people.guards import PersonRequest, allowed
from people.pages import get_page
from people.permissions import can_see_office, is_staff
from people.search import Fold
from programs import policy as dates
from programs import queries as terms_of

ASK = {
    "label": "What do you need from the college?",
    "help_text": "The college will read this, change the program, and submit it again.",
}
REFUSE = {"label": "Why can’t you agree?", "help_text": "The college will read this."}
REFUSE_CLAIM = {
    "label": "What is missing, and what would help?",
    "help_text": "The person will read this in the email and on the page. For example, “The transcript does not name the degree.”",
}


@allowed(can_see_office)
@require_safe
def programs(request: PersonRequest) -> HttpResponse:
    """List the programs that wait for staff, the oldest first."""
    page = get_page(queries.list_submitted(), request.GET, counted=True)
    today = dates.today(clock.now())
    rows = [(row, (today - dates.today(row.submitted_at)).days) for row in page if row.submitted_at]
    return render(request, "agreements/submitted.html", {"page": page, "rows": rows})


@allowed(can_see_office)
@require_safe
def signed(request: PersonRequest) -> HttpResponse:
    """List all agreements, those that end first on top."""
    page = Paginator(queries.list_signed(), queries.PAGE_SIZE).get_page(request.GET.get("page"))
    today = dates.today(clock.now())
    rows = [(row, policy.standing(queries.get_days(row), on=today)) for row in page]
    return render(request, "agreements/signed.html", {"page": page, "rows": rows})


def _get_or_404(id: UUID) -> Agreement:
    agreements = Agreement.objects.exclude(state__in=[AgreementState.DRAFT, AgreementState.WITHDRAWN])
    agreement: Agreement = get_object_or_404(
        agreements.select_related("college", "terms", "submitted_by", "decided_by", "renews", "renewed_by"), id=id
    )
    return agreement


@allowed(can_see_office)
@require_safe
def review(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show one program or agreement with what can be decided about it."""
    return _review(request, _get_or_404(id))


def _agreed_form(rows: list[queries.SetInAgreement], typed: Any = None, **about: Any) -> AgreedForm:
    terms = terms_of.get_terms(dates.today(clock.now()))
    lasts: dict[str, Any] = {"months": terms.agreement_months, "months_before": terms.agreement_months_before}
    return AgreedForm(typed, rows=rows, **lasts, **about)


def _review(request: PersonRequest, agreement: Agreement, **forms: Any) -> HttpResponse:
    at = clock.now()
    rows = queries.list_rows(agreement)
    waits, stands = agreement.state == AgreementState.SUBMITTED, agreement.state == AgreementState.SIGNED
    why_not = queries.why_not_decide(agreement, request.user) if is_staff(request.user) else ""
    decides = is_staff(request.user) and not why_not
    listed = stands and agreement.submitted_at is None
    old = agreement.renews
    sent_back = find_sent_back(agreement, request.user) if waits else None
    context = {
        "agreement": agreement,
        "rows": rows,
        "standing": policy.standing(queries.get_days(agreement), on=dates.today(at)),
        "contacts": agreement.college.contacts.select_related("person").order_by("id"),
        "accepted": agreement.claims.filter(state=ClaimState.ACCEPTED).count(),
        "posted": agreement.graduates.count(),
        "newer": getattr(agreement, "renewed_by", None),
        "why_not": why_not,
        "sent_back": sent_back,
        "signs": waits and decides and not (sent_back and sent_back.why_not),
        "states": listed and decides,
        "ends": stands and decides,
        "agreed_form": _agreed_form(
            rows,
            sourced=listed,
            initial={
                "agreement_on": policy.renewal_day(old.ends_on, today=dates.today(at)) if old else agreement.agreement_on,
                "retroactive_to": agreement.retroactive_to,
                "ends_on": agreement.ends_on,
                "conditions": agreement.conditions,
                "program": agreement.program,
                "credential": agreement.credential,
            },
        ),
        "ask_form": WordsForm(prefix="ask", **ASK),
        "refuse_form": WordsForm(prefix="refuse", **REFUSE),
        "end_form": EndForm(prefix="end"),
        "form": next(iter(forms.values()), None),
        **forms,
    }
    signs = context["signs"]
    offered = {"agreed_form": signs or context["states"], "ask_form": signs, "refuse_form": signs, "end_form": context["ends"]}
    if not all(offered[name] for name in forms):
        return too_late(request, agreement, "agreements:review", why=why_not)
    return render(request, "agreements/review.html", context)


@allowed(is_staff)
@require_POST
def sign(request: PersonRequest, id: UUID) -> HttpResponse:
    """Sign the agreement."""
    agreement = _get_or_404(id)
    form = _agreed_form(queries.list_rows(agreement), request.POST)
    if form.is_valid():
        with show_refusal(form):
            actions.sign(agreement, agreed=form.agreed(), actor=request.user, at=clock.now())
            messages.success(
                request, f"The agreement with {agreement.college} is signed. The contacts get an email. The public list shows it."
            )
            return redirect("agreements:review", id)
    return _review(request, agreement, agreed_form=form)


@allowed(is_staff)
@require_POST
@once
def state(request: PersonRequest, id: UUID) -> HttpResponse:
    """Enter what a listed agreement says."""
    agreement = _get_or_404(id)
    form = _agreed_form(queries.list_rows(agreement), request.POST, sourced=True)
    if form.is_valid():
        with show_refusal(form):
            words = {name: form.cleaned_data[name] for name in ("reason", "program", "credential")}
            actions.state(agreement, agreed=form.agreed(), **words, actor=request.user, at=clock.now())
            messages.success(request, "The public page shows it now. Graduates can use this agreement.")
            return redirect("agreements:review", id)
    return _review(request, agreement, agreed_form=form)


@allowed(is_staff)
@require_POST
def ask(request: PersonRequest, id: UUID) -> HttpResponse:
    """Ask the college for changes."""
    agreement = _get_or_404(id)
    form = WordsForm(request.POST, prefix="ask", **ASK)
    if not form.is_valid():
        return _review(request, agreement, ask_form=form)
    with show_refusal(request):
        actions.ask(agreement, words=form.cleaned_data["words"], actor=request.user, at=clock.now())
        messages.success(request, f"{agreement.college} has the program again, with what you need. Its contacts get an email.")
    return redirect("agreements:submitted")


@allowed(is_staff)
@require_POST
def refuse(request: PersonRequest, id: UUID) -> HttpResponse:
    """Refuse the program with a reason."""
    agreement = _get_or_404(id)
    form = WordsForm(request.POST, prefix="refuse", **REFUSE)
    if not form.is_valid():
        return _review(request, agreement, refuse_form=form)
    with show_refusal(request):
        actions.refuse(agreement, reason=form.cleaned_data["words"], actor=request.user, at=clock.now())
        messages.success(request, f"The program of {agreement.college} is refused. Its contacts get an email with your reason.")
    return redirect("agreements:submitted")


@allowed(is_staff)
@require_POST
def end(request: PersonRequest, id: UUID) -> HttpResponse:
    """End an agreement early."""
    agreement = _get_or_404(id)
    form = EndForm(request.POST, prefix="end")
    if form.is_valid():
        with show_refusal(form, "last_day"):
            actions.end(agreement, **form.cleaned_data, actor=request.user, at=clock.now())
            messages.success(request, "The agreement ends early. The public page shows it, and the contacts get an email.")
            return redirect("agreements:review", id)
    return _review(request, agreement, end_form=form)


@allowed(can_see_office)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def colleges(request: PersonRequest) -> HttpResponse:
    """List the colleges with the number of their contacts; staff list another one."""
    staff = is_staff(request.user)
    if request.method == "POST" and not staff:
        raise PermissionDenied
    form = CollegeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        college = actions.add_college(**form.cleaned_data, actor=request.user, at=clock.now())
        messages.success(request, f"{college.name} is listed. Add who represents it next.")
        return redirect("agreements:contacts", college.id)
    colleges = College.objects.order_by(Fold("name"), "id").prefetch_related("contacts__person")
    page = Paginator(colleges, queries.PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "agreements/colleges.html", {"page": page, "form": form, "staff": staff})


@allowed(can_see_office)
@require_http_methods(["GET", "HEAD", "POST"])
def contacts(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show who speaks for a college; staff add someone who has an account."""
    college = get_object_or_404(College, id=id)
    staff = is_staff(request.user)
    if request.method == "POST" and not staff:
        raise PermissionDenied
    form = ContactForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        person = people.get_person_by_email(form.cleaned_data["email"])
        if person is None:
            form.add_error("email", "No account uses this address. Ask them to make one first, then add them here.")
        else:
            actions.add_contact(college, person, actor=request.user, at=clock.now())
            messages.success(request, f"{person} represents {college} now and can find “My college” in the menu.")
            return redirect("agreements:contacts", id)
    context = {
        "college": college,
        "contacts": college.contacts.select_related("person").order_by("id"),
        "agreements": college.agreements.exclude(state__in=[AgreementState.DRAFT, AgreementState.WITHDRAWN]).order_by("-written_at"),
        "form": form,
        "staff": staff,
    }
    return render(request, "agreements/contacts.html", context)


@allowed(is_staff)
@require_POST
def remove_contact(request: PersonRequest, id: UUID) -> HttpResponse:
    """End that someone speaks for a college; who is named is in the form."""
    college = get_object_or_404(College, id=id)
    named = request.POST.get("contact", "")
    contact = get_object_or_404(CollegeContact.objects.select_related("person"), college=college, id=named if named.isdecimal() else 0)
    with show_refusal(request):
        actions.remove_contact(college, contact.person, actor=request.user, at=clock.now())
        messages.success(request, f"{contact.person} no longer represents {college}.")
    return redirect("agreements:contacts", id)


@allowed(can_see_office)
@require_safe
def claims(request: PersonRequest) -> HttpResponse:
    """List the graduates' claims that wait for a decision, the oldest first."""
    page = get_page(queries.list_claims_to_decide(), request.GET, counted=True)
    today = dates.today(clock.now())
    rows = [(row, (today - dates.today(row.claimed_at)).days) for row in page]
    return render(request, "agreements/graduates.html", {"page": page, "rows": rows})


def _claim(id: UUID) -> GraduateClaim:
    graduate_claim: GraduateClaim = get_object_or_404(
        GraduateClaim.objects.select_related("person", "agreement__college", "transcript", "decided_by"), id=id
    )
    return graduate_claim


@allowed(can_see_office)
@require_safe
def claim(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show one claim: the transcript, the checks that explain themselves, and what each decision would do."""
    return _claim_page(request, _claim(id))


def _claim_page(request: PersonRequest, claim: GraduateClaim, form: WordsForm | None = None) -> HttpResponse:
    at = clock.now()
    waits = claim.state == ClaimState.CLAIMED
    candidacy = candidates.get_candidacy(claim.person)
    in_time = candidacy is not None and dates.in_time(candidacy.ends_on, at=claim.claimed_at)
    achieved = {achieved_set.code for achieved_set in candidates.list_achievements(candidacy)} if candidacy and waits else set()
    rows = queries.list_rows(claim.agreement)
    covered = [row for row in rows if row.covered]
    own = is_own(claim, request.user)
    sent_back = find_sent_back(claim, request.user) if waits else None
    verdict = queries.judge(claim.agreement, claim.graduated_on, person=claim.person, at=at)
    context = {
        "claim": claim,
        "candidacy": candidacy if in_time else None,
        "application": candidates.get_application(claim.person) if not in_time else None,
        "verdict": verdict,
        "posted": queries.was_posted(claim.agreement, claim.person.email),
        "will": [row.set for row in covered if row.set.code not in achieved],
        "before": [row.set for row in covered if row.set.code in achieved],
        "conditional": [row for row in rows if row.condition and row.set.code not in achieved],
        "known": bool(covered),
        "own": own and is_staff(request.user),
        "sent_back": sent_back,
        "decides": waits and is_staff(request.user) and not own and not (sent_back and sent_back.why_not),
        "accepts": verdict.counts and bool(covered) and in_time,
        "today": dates.today(at),
        "form": form or WordsForm(**REFUSE_CLAIM),
    }
    if form and not context["decides"]:
        return too_late(request, claim, "agreements:graduate", own=own)
    return render(request, "agreements/graduate.html", context)


@allowed(can_see_office)
@require_safe
def review_transcript(request: PersonRequest, id: UUID) -> HttpResponseBase:
    """Open the transcript of a claim, by a link that is made now."""
    return redirect(documents.link(_claim(id).transcript, request.user))


@allowed(is_staff)
@require_POST
def accept_claim(request: PersonRequest, id: UUID) -> HttpResponse:
    """Accept the claim."""
    graduate_claim = _claim(id)
    with show_refusal(request):
        actions.accept_claim(graduate_claim, actor=request.user, at=clock.now())
        messages.success(request, f"{graduate_claim.person} achieved what the agreement covers. We are sending one email.")
        return redirect("agreements:graduates")
    return redirect("agreements:graduate", id)


@allowed(is_staff)
@require_POST
def refuse_claim(request: PersonRequest, id: UUID) -> HttpResponse:
    """Refuse the claim with a reason."""
    graduate_claim = _claim(id)
    form = WordsForm(request.POST, **REFUSE_CLAIM)
    if not form.is_valid():
        return _claim_page(request, graduate_claim, form)
    with show_refusal(request):
        actions.refuse_claim(graduate_claim, reason=form.cleaned_data["words"], actor=request.user, at=clock.now())
        messages.success(request, f"The claim of {graduate_claim.person} is refused. The email with your reason is on its way.")
        return redirect("agreements:graduates")
    return redirect("agreements:graduate", id)
