"""The evaluator's pages: what there is to rate, the invitation, one competency at a time, and sending the ratings."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ledger import clock
from people import author_names
from people import queries as people
from people.autosave import answer, is_autosave, keep
from people.decisions import show_refusal
from people.guards import PersonRequest, allowed
from people.pages import get_page
from people.templatetags.words import longdate
from portfolios import actions, permissions, policy, queries
from portfolios.actions.ratings import list_unfinished
from portfolios.forms import RatingForm
from portfolios.forms.evaluators import DeclineForm
from portfolios.models import Assignment, Evaluator, Rating
from portfolios.states import RATING, AssignmentState, State
from programs import policy as dates

PAGE = 25
SHORT = {"met": "Met", "partial": "Part", "not_met": "Not"}
GONE = "This portfolio is no longer assigned to you, so you can’t save anything to it."
LOOKS = {"met": "met", "partial": "part"}


@dataclass(frozen=True)
class Step:
    """One competency in the grid that shows the progress."""

    number: int
    word: str
    look: str


def _mine(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a view one of the reader's live assignments. One that was theirs answers what became of it, any other 404."""

    @wraps(view)
    def found(request: PersonRequest, id: UUID, **named: Any) -> HttpResponse:
        row = queries.get_assignment(request.user, id)
        if row is not None:
            return view(request, row, **named)
        former = get_object_or_404(Assignment.objects.of(request.user).select_related("portfolio__set"), id=id)
        if is_autosave(request):
            return JsonResponse({"error": GONE}, status=410)
        return render(request, "portfolios/link_used.html", {"assignment": former, "live": False}, status=410)

    return found


@allowed(permissions.can_rate)
@require_safe
def to_rate(request: PersonRequest) -> HttpResponse:
    """List the invitations, and the portfolios to rate."""
    counts = queries.count_to_rate(request.user)
    paginator = Paginator(queries.list_to_rate(request.user), PAGE)
    paginator.count = counts["invited_count"] + counts["accepted_count"]
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "page": page,
        "invited": [row for row in page if row.state == AssignmentState.INVITED],
        "accepted": [row for row in page if row.state == AssignmentState.ACCEPTED],
        **counts,
        "today": dates.today(clock.now()),
        "evaluator": Evaluator.objects.filter(person=request.user).first(),
    }
    return render(request, "portfolios/to_rate.html", context)


@allowed(permissions.can_rate)
@require_safe
def rated(request: PersonRequest) -> HttpResponse:
    """List the portfolios whose ratings the reader sent."""
    rows = queries.list_assignments(request.user).filter(state=AssignmentState.DONE).order_by("-finished_at", "-id")
    return render(request, "portfolios/rated.html", {"page": get_page(rows, request.GET)})


@allowed(permissions.can_rate)
@require_safe
@_mine
def invitation(request: PersonRequest, row: Assignment) -> HttpResponse:
    """Show one assignment: the invitation with an estimate, the portfolio's overview, or one's own ratings."""
    numbers = queries.list_numbers_to_rate(row.portfolio)
    context: dict[str, Any] = {"assignment": row, "portfolio": row.portfolio, "numbers": numbers}
    if row.state == AssignmentState.DONE:
        context["ratings"] = _sent(row)
        context["can_report"] = row.portfolio.state in {*RATING, State.ASKED}
        if decision := queries.get_decision(row.portfolio):
            context["verdict"] = decision.told(policy.Audience.OTHERS)
            context["rows"] = queries.explain_rows(row.portfolio, audience=policy.Audience.OTHERS)
        return render(request, "portfolios/assignment_done.html", context)
    sealed = queries.read_sealed(row.portfolio, viewer=request.user, numbers=numbers)
    context["words"] = sum(response.words for response in sealed)
    context["pieces"] = len({piece.id for response in sealed for piece in response.pieces})
    context["minutes"] = policy.minutes_left(len(numbers), words=context["words"])
    if row.state == AssignmentState.INVITED:
        return render(request, "portfolios/invitation.html", context)
    ratings = queries.list_ratings(row, round=queries.get_round(row.portfolio))
    context["steps"] = _steps(numbers, ratings)
    context["first"] = next((number for number in numbers if number not in ratings or not ratings[number].value), None)
    context["statement"] = queries.list_snapshots(row.portfolio)[0].content["statement"]
    return render(request, "portfolios/overview.html", context)


def _sent(row: Assignment) -> list[Rating]:
    """An evaluator's own ratings, as they were sent."""
    return list(row.ratings.filter(sent_at__isnull=False).select_related("competency").order_by("round", "competency__number"))


def _steps(numbers: list[int], ratings: dict[int, Rating]) -> list[Step]:
    values = {number: ratings[number].value if number in ratings else "" for number in numbers}
    return [Step(number, SHORT.get(value, "open"), LOOKS.get(value, "part" if value else "")) for number, value in values.items()]


@allowed(permissions.can_rate)
@require_POST
@_mine
def accept(request: PersonRequest, row: Assignment) -> HttpResponse:
    """Accept an invitation."""
    with show_refusal(request):
        accepted = actions.accept(row, actor=request.user, at=clock.now())
        messages.success(request, f"Thank you. Please send your ratings by {longdate(accepted.rate_by)}.")
    return redirect("portfolios:invitation", id=row.id)


@allowed(permissions.can_rate)
@require_http_methods(["GET", "HEAD", "POST"])
@_mine
def decline(request: PersonRequest, row: Assignment) -> HttpResponse:
    """Decline an invitation, give a portfolio back, or report a conflict of interest, also after the ratings were sent."""
    form = DeclineForm(request.POST if request.method == "POST" else None, initial={"why": request.GET.get("why", "")})
    if row.state == AssignmentState.DONE:
        form.fields["why"].choices = form.fields["why"].choices[1:]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        act = actions.report_conflict if form.cleaned_data["why"] == "conflict" else actions.decline
        with show_refusal(request):
            act(row, reason=form.cleaned_data["reason"], actor=request.user, at=clock.now())
            messages.success(request, "Thank you for telling us. Staff will ask someone else. You don’t need to do anything else.")
        return redirect("portfolios:to_rate")
    context = {"assignment": row, "portfolio": row.portfolio, "form": form}
    return render(request, "portfolios/decline.html", context, status=422 if form.is_bound else 200)


@allowed(permissions.can_rate)
@require_http_methods(["GET", "HEAD", "POST"])
@_mine
def rate(request: PersonRequest, row: Assignment, number: int) -> HttpResponse:
    """Rate one competency: the response, its evidence and the rating side by side."""
    numbers = queries.list_numbers_to_rate(row.portfolio)
    if number not in numbers:
        raise Http404
    if request.method != "POST" and row.state != AssignmentState.ACCEPTED:
        return redirect("portfolios:invitation", id=row.id)
    at, newer = clock.now(), None
    ratings = queries.list_ratings(row, round=queries.get_round(row.portfolio))
    if request.method == "POST":
        form = RatingForm(request.POST)
        outcome = keep(
            form,
            lambda data: actions.rate(
                row, number=number, value=data["value"], comment=data["comment"], version=form.seen, actor=request.user, at=at
            ),
        )
        if is_autosave(request):
            return answer(form, outcome, version=outcome.row.version if outcome.saved else 0, at=at)
        if outcome.saved:
            form.check_names(_namer(row)(outcome.row.comment), reader=row.portfolio.candidacy.person.get_short_name())
            if form.check_complete():
                return _to_next(row, numbers, number)
            form.show_version(outcome.row.version)
            ratings[number] = outcome.row
        newer = outcome.newer
    else:
        rating = ratings.get(number) or Rating()
        form = RatingForm(initial={"value": rating.value, "comment": rating.comment, "version": rating.version})
    return _rating_page(request, row, form, numbers=numbers, number=number, ratings=ratings, newer=newer)


def _namer(row: Assignment) -> Callable[[str], list[str]]:
    """What says of a comment by what it names its evaluator: by nothing where the terms name evaluators anyway. One query."""
    if row.portfolio.terms is not None and row.portfolio.terms.evaluators_named:
        return lambda comment: []
    person = row.evaluator.person
    return partial(
        author_names.find, name=person.name, emails=[person.email, *people.list_confirmed_emails(person)], employers=row.evaluator.employers
    )


def _to_next(row: Assignment, numbers: list[int], number: int) -> HttpResponse:
    later = [following for following in numbers if following > number]
    return redirect("portfolios:rate", id=row.id, number=later[0]) if later else redirect("portfolios:finish", id=row.id)


def _rating_page(
    request: PersonRequest, row: Assignment, form: RatingForm, *, numbers: list[int], number: int, ratings: dict[int, Rating], newer: Any
) -> HttpResponse:
    responses = queries.read_sealed(row.portfolio, viewer=request.user, numbers=numbers, evidence_for=number)
    sealed = {response.number: response for response in responses}
    unrated = [unrated_number for unrated_number in numbers if unrated_number not in ratings or not ratings[unrated_number].value]
    place = numbers.index(number)
    called = row.portfolio.candidacy.person.get_short_name()
    form.fields["comment"].label = f"Comment for {called}"
    context = {
        "assignment": row,
        "portfolio": row.portfolio,
        "sealed": queries.with_texts(sealed[number]),
        "form": form,
        "newer": newer,
        "newer_texts": [("Rating", newer.get_value_display()), ("Comment", newer.comment)] if newer else [],
        "saved": ratings[number].saved_at if number in ratings else None,
        "steps": _steps(numbers, ratings),
        "number": number,
        "before": numbers[place - 1] if place else None,
        "after": numbers[place + 1] if place + 1 < len(numbers) else None,
        "done": len(numbers) - len(unrated),
        "minutes": policy.minutes_left(len(unrated), words=sum(sealed[unrated_number].words for unrated_number in unrated)),
        "earlier": queries.list_ratings(row, round=1).get(number) if row.portfolio.state == State.ROUND_TWO else None,
        "called": called,
    }
    return render(request, "portfolios/rate.html", context, status=409 if newer else 422 if form.errors else 200)


@allowed(permissions.can_rate)
@require_http_methods(["GET", "HEAD", "POST"])
@_mine
def finish(request: PersonRequest, row: Assignment) -> HttpResponse:
    """Show all ratings once more, and send them; where a comment names its evaluator, only once that is confirmed."""
    ratings = queries.list_ratings(row, round=queries.get_round(row.portfolio))
    find = _namer(row)
    named = {number: names for number, rating in ratings.items() if (names := find(rating.comment))}
    if request.method == "POST" and (not named or request.POST.get("named") or row.state != AssignmentState.ACCEPTED):
        with show_refusal(request):
            actions.finish_ratings(row, actor=request.user, at=clock.now())
            messages.success(request, "Your ratings are sent. Thank you for your time and care.")
            return redirect("portfolios:rated")
        return redirect("portfolios:finish" if row.state == AssignmentState.ACCEPTED else "portfolios:invitation", id=row.id)
    if row.state != AssignmentState.ACCEPTED:
        return redirect("portfolios:invitation", id=row.id)
    numbers = queries.list_numbers_to_rate(row.portfolio)
    texts = {response.competency.number: response.competency.text for response in queries.list_responses(row.portfolio)}
    context = {
        "assignment": row,
        "portfolio": row.portfolio,
        "rows": [
            {"number": number, "text": texts[number], "rating": ratings.get(number), "names": named.get(number)} for number in numbers
        ],
        "missing": list_unfinished(row),
        "named": named,
    }
    return render(request, "portfolios/finish.html", context, status=422 if request.method == "POST" else 200)
