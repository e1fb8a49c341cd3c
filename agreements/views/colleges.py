"""The pages of those who speak for a college: their programs and agreements, and the graduates whom they post."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agreements import actions, policy, queries
from agreements.forms import BeginForm, PostForm, ProgramForm
from agreements.models import Agreement, PostedGraduate
from agreements.states import PUBLIC, AgreementState
from ledger import clock
from ledger.form_tokens import once
from people.decisions import show_refusal
from people.guards import PersonRequest, allowed
from people.permissions import is_college_contact
from people.search import Fold
from programs import policy as dates
from programs import queries as programs


@allowed(is_college_contact)
@require_safe
def college(request: PersonRequest) -> HttpResponse:
    """Show a contact all programs and agreements of their colleges."""
    today = dates.today(clock.now())
    rows = [(row, policy.standing(queries.get_days(row), on=today)) for row in queries.list_own(request.user)]
    return render(request, "agreements/college.html", {"colleges": queries.list_colleges(request.user), "rows": rows})


@allowed(is_college_contact)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def begin(request: PersonRequest) -> HttpResponse:
    """Name the program, and begin its draft."""
    colleges = {str(college.id): college for college in queries.list_colleges(request.user)}
    form = BeginForm(request.POST if request.method == "POST" else None, colleges=[(key, row.name) for key, row in colleges.items()])
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data
        with show_refusal(form, "program"):
            agreement = actions.begin(
                colleges[words["college"]], program=words["program"], credential=words["credential"], actor=request.user, at=clock.now()
            )
            return redirect("agreements:program", agreement.id)
    return render(request, "agreements/begin.html", {"form": form, "colleges": list(colleges.values())})


def _own(request: PersonRequest, id: UUID) -> Agreement:
    agreements = Agreement.objects.visible_to(request.user).select_related("college", "renews", "renewed_by")
    agreement: Agreement = get_object_or_404(agreements, id=id)
    return agreement


@allowed(is_college_contact)
@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show one program: as a form while it is written, else as it stands; saved as far as it is."""
    agreement = _own(request, id)
    if agreement.state != AgreementState.DRAFT:
        if request.method == "POST":
            messages.error(request, "This program is no longer a draft. Nothing was changed.")
            return redirect("agreements:program", id)
        return _show(request, agreement)
    rows = queries.list_rows(agreement)
    initial = {"version": agreement.written_at.isoformat(), "requirements": agreement.requirements, "catalog_url": agreement.catalog_url}
    form = ProgramForm(request.POST if request.method == "POST" else None, rows=rows, initial=initial)
    if request.method == "POST" and form.is_valid():
        words, at = form.cleaned_data, clock.now()
        with show_refusal(form):
            actions.write(
                agreement,
                requirements=words["requirements"],
                catalog_url=words["catalog_url"],
                courses=form.courses(),
                version=words["version"],
                actor=request.user,
                at=at,
            )
            if "submit" in request.POST:
                actions.submit(agreement, actor=request.user, at=at)
                messages.success(request, "Staff have your program. They will compare it with the sets and email you.")
            else:
                messages.success(request, "Saved. No one sees it until you submit it.")
            return redirect("agreements:program", id)
        typed = request.POST.copy()
        typed["version"] = Agreement.objects.get(id=id).written_at.isoformat()
        form.data = typed
    return render(request, "agreements/draft.html", {"agreement": agreement, "form": form})


def _show(request: PersonRequest, agreement: Agreement, form: PostForm | None = None) -> HttpResponse:
    at = clock.now()
    graduates = agreement.graduates.order_by("-graduated_on", Fold("name"), "id")
    newer = getattr(agreement, "renewed_by", None)
    context = {
        "agreement": agreement,
        "standing": policy.standing(queries.get_days(agreement), on=dates.today(at)),
        "rows": queries.list_rows(agreement),
        "signed": agreement.state in PUBLIC,
        "newer": newer,
        "terms": programs.get_terms(dates.today(at)),
        "page": Paginator(graduates, queries.PAGE_SIZE).get_page(request.GET.get("page")),
        "window": queries.get_days(agreement).window,
        "form": form or PostForm(judge=partial(queries.judge, agreement, person=request.user, at=at)),
    }
    if agreement.state == AgreementState.REFUSED and agreement.decided_at and agreement.submitted_by_id == request.user.pk:
        on = dates.today(agreement.decided_at)
        context["remedy"] = programs.find_remedy(request.user, kind="agreement", reference=agreement.id, decided_on=on, at=at)
    return render(request, "agreements/program.html", context)


@allowed(is_college_contact)
@require_POST
def withdraw(request: PersonRequest, id: UUID) -> HttpResponse:
    """Take a program back."""
    agreement = _own(request, id)
    with show_refusal(request):
        actions.withdraw(agreement, actor=request.user, at=clock.now())
        messages.success(request, "You withdrew the program. You can start it again at any time.")
    return redirect("agreements:college")


@allowed(is_college_contact)
@require_POST
def renew(request: PersonRequest, id: UUID) -> HttpResponse:
    """Begin the next agreement on the same program."""
    agreement = _own(request, id)
    with show_refusal(request):
        renewal = actions.begin_renewal(agreement, actor=request.user, at=clock.now())
        return redirect("agreements:program", renewal.id)
    return redirect("agreements:program", id)


@allowed(is_college_contact)
@require_POST
@once
def post(request: PersonRequest, id: UUID) -> HttpResponse:
    """Post a graduate."""
    agreement = _own(request, id)
    if agreement.state not in PUBLIC:
        raise Http404
    at = clock.now()
    form = PostForm(request.POST, judge=partial(queries.judge, agreement, person=request.user, at=at))
    if form.is_valid():
        with show_refusal(form):
            graduate = actions.post(agreement, **form.cleaned_data, actor=request.user, at=at)
            messages.success(request, f"{graduate.name} is posted. We will email them about how the agreement helps.")
            return redirect("agreements:program", id)
    return _show(request, agreement, form)


@allowed(is_college_contact)
@require_POST
def unpost(request: PersonRequest, id: UUID) -> HttpResponse:
    """Withdraw a posting."""
    posted_graduate = get_object_or_404(PostedGraduate.objects.filter(agreement__in=Agreement.objects.visible_to(request.user)), id=id)
    actions.unpost(posted_graduate, actor=request.user, at=clock.now())
    messages.success(request, f"The posting of {posted_graduate.name} is withdrawn.")
    return redirect("agreements:program", posted_graduate.agreement_id)
