"""The holder's pages: hours and tasks, an activity with its documents, checking, sending, and what was sent."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing import policy as money
from billing import queries as charges
from certificates import queries as certificates
from ledger import clock
from ledger.form_tokens import once
from ledger.states import NotPossible
from ledger.transitions import is_own
from people import autosave, documents
from people.decisions import show_refusal
from people.guards import PersonRequest, public, signed_in
from people.states import Stale
from programs import policy as calendar
from programs import queries as programs
from renewals import actions, policy, queries
from renewals.forms import ActivityForm, BeginForm, SendForm, answers
from renewals.models import Activity, Proof, Renewal, Sealed
from renewals.queries import WORTH
from renewals.states import EDITABLE, RenewalState

SENT_ALREADY = "You sent this renewal, so it can’t be changed now."


@signed_in
@require_safe
def renewal(request: PersonRequest) -> HttpResponse:
    """Show a holder's renewal: hours as a picture and in words, tasks, activities, dates, and who has it."""
    row = queries.get_renewal(request.user)
    if row is None:
        held = certificates.list_certificates(request.user)
        return render(request, "renewals/none.html", {"held": held})
    at = clock.now()
    account = queries.get_account(row, at=at)
    tasks = queries.list_tasks(row, account) if row.state in EDITABLE else []
    context = {
        "renewal": row,
        "account": account,
        "tasks": tasks,
        "done": sum(task.done for task in tasks),
        "next_ends_on": queries.plan_next_term(row).expires_on,
        "charge": charges.get_charge(purpose=queries.PURPOSE, reference=row.id) if row.sent_at else None,
        "copies": queries.list_copies(row) if row.sent_at else [],
        "earlier": [renewal for renewal in queries.list_renewals(request.user) if renewal.state == RenewalState.APPROVED],
        "worth": [(kind.label, WORTH[kind]) for kind in WORTH],
        "may_send": bool(tasks) and bool(tasks[-1].url),
    }
    if refused_on := queries.get_refusal_day(row):
        context["remedy"] = programs.find_remedy(request.user, kind="renewal", reference=row.id, decided_on=refused_on, at=at)
    return render(request, "renewals/renewal.html", context)


def _editable(request: PersonRequest) -> Renewal | None:
    """Fetch the holder's renewal where activities can be added; None where there is none."""
    row = queries.get_renewal(request.user)
    return row if row is not None and row.state in EDITABLE else None


def _no_draft(request: PersonRequest) -> HttpResponse:
    if autosave.is_autosave(request):
        return autosave.closed(SENT_ALREADY)
    if queries.has_renewal(request.user):
        messages.error(request, SENT_ALREADY)
    return redirect("renewals:renewal")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@once
def add(request: PersonRequest) -> HttpResponse:
    """Begin an activity: its name and kind."""
    row = _editable(request)
    if row is None:
        return _no_draft(request)
    form = BeginForm(request.POST) if request.method == "POST" else BeginForm(initial={"key": uuid4()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with show_refusal(form):
            activity = actions.add_activity(
                row, id=data["key"] or uuid4(), title=data["title"], kind=data["kind"], actor=request.user, at=clock.now()
            )
            return redirect("renewals:activity", activity.id)
    return render(request, "renewals/begin.html", {"form": form, "renewal": row}, status=422 if form.is_bound else 200)


def _own(request: PersonRequest, id: UUID) -> Activity:
    """Fetch one's own activity, with its renewal as pages need it."""
    rows = Activity.objects.filter(renewal__person=request.user).select_related("set").prefetch_related("proofs__document")
    activity: Activity = get_object_or_404(rows, id=id)
    activity.renewal = queries.find_renewal(activity.renewal_id).get()
    return activity


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def kind(request: PersonRequest, id: UUID) -> HttpResponse:
    """Change the name or the kind of an activity."""
    activity = _own(request, id)
    if queries.is_locked(activity, state=activity.renewal.state):
        return _no_draft(request)
    form = BeginForm(request.POST or None, initial={"title": activity.title, "kind": activity.kind})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with show_refusal(request):
            actions.rename(activity, title=data["title"], kind=data["kind"], actor=request.user, at=clock.now())
        return redirect("renewals:activity", activity.id)
    context = {"form": form, "activity": activity, "renewal": activity.renewal}
    return render(request, "renewals/begin.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@once
def activity(request: PersonRequest, id: UUID) -> HttpResponse:
    """Say the rest about an activity, and add its documents; it saves itself."""
    activity, at, stale = _own(request, id), clock.now(), ""
    if queries.is_locked(activity, state=activity.renewal.state):
        return _no_draft(request) if request.method == "POST" else _activity_page(request, activity, None, at=at)
    about: dict[str, Any] = {
        "activity": activity,
        "frame": queries.get_frame(activity.renewal, earned=queries.list_earned(activity.renewal), at=at),
        "today": queries.local_day(activity.renewal, at=at),
        "sets": programs.list_sets(),
    }
    if request.method != "POST":
        return _activity_page(request, activity, ActivityForm(initial=answers(activity), **about), at=at)
    form = ActivityForm(request.POST, request.FILES, **about)
    right = form.is_valid()
    try:
        saved = actions.save_activity(activity, values=form.values(), typed=form.typed(), version=form.seen, actor=request.user, at=at)
        if autosave.is_autosave(request):
            return autosave.saved(saved.version, at=at)
        if uploads := form.cleaned_data.get("proof"):
            actions.add_proofs(saved, uploads=uploads, actor=request.user, at=at)
            form.has_kept_files = True
        version = saved.version
    except NotPossible as refusal:
        if autosave.is_autosave(request):
            return autosave.refused(refusal)
        if isinstance(refusal, Stale):
            stale, version = refusal.message, refusal.version
        else:
            right, version = False, _own(request, id).version
            form.add_error("proof" if request.FILES else None, refusal.message)
    if right and not stale:
        return _after_saving(request, activity, at=at)
    form.show_version(version)
    return _activity_page(request, _own(request, id), form, at=at, stale=stale)


def _after_saving(request: PersonRequest, activity: Activity, *, at: datetime) -> HttpResponse:
    """Say what the activity is worth now, and go on."""
    account = queries.get_account(activity.renewal, at=at)
    line = next(line for line in account.lines if line.activity.pk == activity.pk)
    if line.judged.counts:
        text = f"“{activity.title}” is saved and counts: {line.typed} = {line.hours} hours. {account.hours.words}"
    else:
        text = f"“{activity.title}” is saved as a draft. {line.why_not}"
    messages.success(request, text)
    return redirect("renewals:activity", activity.id) if "stay" in request.POST else redirect("renewals:renewal")


def _activity_page(request: PersonRequest, row: Activity, form: ActivityForm | None, *, at: datetime, stale: str = "") -> HttpResponse:
    account = queries.get_account(row.renewal, at=at)
    line = next(line for line in account.lines if line.activity.pk == row.pk)
    context = {"activity": row, "line": line, "form": form, "account": account, "stale": stale, "worth": WORTH[cast(Any, row.kind)]}
    status = 409 if stale else 422 if form is not None and form.is_bound and form.errors else 200
    return render(request, "renewals/activity.html", context, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: PersonRequest, id: UUID) -> HttpResponse:
    """Ask first, then remove an activity."""
    activity = _own(request, id)
    if queries.is_locked(activity, state=activity.renewal.state):
        return _no_draft(request)
    if request.method == "POST":
        with show_refusal(request):
            actions.remove_activity(activity, actor=request.user, at=clock.now())
            messages.success(request, f"“{activity.title}” is removed.")
        return redirect("renewals:renewal")
    return render(request, "renewals/remove.html", {"activity": activity})


def _own_proof(request: PersonRequest, id: UUID) -> Proof:
    rows = Proof.objects.filter(activity__renewal__person=request.user).select_related("document", "activity__renewal__person")
    proof: Proof = get_object_or_404(rows, id=id)
    return proof


@signed_in
@require_safe
def open_proof(request: PersonRequest, id: UUID) -> HttpResponseBase:
    """Open one's own document, by a link that is made now."""
    return redirect(documents.link(_own_proof(request, id).document, request.user))


@signed_in
@require_POST
def remove_proof(request: PersonRequest, id: UUID) -> HttpResponse:
    """Remove a document from an activity."""
    proof = _own_proof(request, id)
    with show_refusal(request):
        actions.remove_proof(proof, actor=request.user, at=clock.now())
        messages.success(request, f"{proof.document.name} is removed.")
    return redirect("renewals:activity", proof.activity_id)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: PersonRequest) -> HttpResponse:
    """Show everything once more, and the fee where there is one; on POST, send it, or the answer."""
    row = _editable(request)
    if row is None:
        return _no_draft(request)
    at = clock.now()
    account = queries.get_account(row, at=at)
    paid = charges.is_settled(purpose=queries.PURPOSE, reference=row.id)
    fee = None if row.state == RenewalState.ASKED or paid else queries.get_fee(row, on=account.today)
    zero = fee is not None and not fee.standard_cents
    fee = None if zero else fee
    asks_member = not zero and not paid and row.state != RenewalState.ASKED
    late = row.state == RenewalState.DRAFT and account.stage == policy.Stage.LAPSED
    initial = {"late_reason": row.late_reason, "member_number": row.member_number}
    form = SendForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        late=late,
        fee=asks_member,
    )
    why_not = queries.why_not_send(row, account)
    if form.is_bound and why_not:
        form.add_error(None, f"{why_not} Nothing was sent.")
    if form.is_bound and form.is_valid() and (answer := _send(request, row, form, at=at)):
        return answer
    context = {
        "renewal": row,
        "account": account,
        "why_not": why_not,
        "form": form,
        "fee": fee,
        "paid": paid,
        "zero": zero,
        "late": late,
    }
    return render(request, "renewals/check.html", context, status=422 if form.is_bound else 200)


def _send(request: PersonRequest, row: Renewal, form: SendForm, *, at: datetime) -> HttpResponse | None:
    """Send it and go on; None with the refusal in the form, which keeps what was typed, while it can still be sent."""
    data = form.cleaned_data
    try:
        if row.state == RenewalState.ASKED:
            actions.answer(row, actor=request.user, at=at)
            messages.success(request, "Your answer is sealed, and our staff have it. We will email you when they decide.")
            return redirect("renewals:renewal")
        charge = actions.send(
            row, late_reason=data.get("late_reason", ""), member_number=data.get("member_number", ""), actor=request.user, at=at
        )
    except NotPossible as refusal:
        if _editable(request) is None:
            messages.error(request, refusal.message)
            return redirect("renewals:renewal")
        form.add_error(None, refusal.message)
        return None
    if charge is not None:
        messages.success(request, f"Your renewal is sealed and sent. Next, pay the fee of {money.dollars(charge.amount_cents)}.")
        return redirect("billing:charge", charge.id)
    messages.success(request, "Your renewal is sealed and sent. See the next steps below.")
    return redirect("renewals:renewal")


@signed_in
@require_POST
def withdraw(request: PersonRequest) -> HttpResponse:
    """Withdraw a renewal before its fee is paid."""
    return _turn(request, actions.withdraw, "You withdrew your renewal. You can change it and send it again.")


@signed_in
@require_POST
def resume(request: PersonRequest) -> HttpResponse:
    """Go on with a renewal that was refused."""
    return _turn(request, actions.resume, "You can change your activities now, and send the renewal again.")


def _turn(request: PersonRequest, action: Any, message: str) -> HttpResponse:
    row = queries.get_renewal(request.user)
    if row is None:
        raise Http404
    with show_refusal(request):
        action(row, actor=request.user, at=clock.now())
        messages.success(request, message)
    return redirect("renewals:renewal")


@signed_in
@require_safe
def copy(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show the sealed copy of what was sent: to the holder, and to the office."""
    seen = Renewal.objects.visible_to(request.user)
    sealed = get_object_or_404(Sealed.objects.filter(renewal__in=seen).select_related("renewal__person"), id=id)
    return render(request, "renewals/copy.html", {"copy": sealed, "own": is_own(sealed.renewal, request.user)})


@public
@require_safe
def sample(request: PersonRequest) -> HttpResponse:
    """Say how the sample of renewals is drawn, with the seeds of the years that are over, so that anyone can draw it again."""
    today = calendar.today(clock.now())
    rows = [
        {
            "year": seed.year,
            "fingerprint": policy.fingerprint(seed.seed),
            "seed": seed.seed if seed.year < today.year else "",
            "numbers": seed.last_number,
        }
        for seed in queries.list_seeds()
    ]
    terms = programs.get_terms(today)
    return render(request, "renewals/sample.html", {"rows": rows, "terms": terms, "today": today})
