"""The page for those who wonder whether they may apply: no account is needed, and nothing that they type is kept."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from candidates import policy, queries
from candidates.forms import CanIApplyForm
from candidates.models import Employment
from candidates.views.hour_totals import lay_out
from ledger import clock
from people.guards import public
from programs import policy as dates
from programs import queries as programs

MOST_ROWS = 12
# We don't know where a visitor is. Here a day begins first, so no one is ahead of it.
FIRST_ZONE = ZoneInfo("Pacific/Kiritimati")


@public
@require_http_methods(["GET", "HEAD", "POST"])
def can_i_apply(request: HttpRequest) -> HttpResponse:
    """Count the hours that a visitor types, and say whether that is enough, or from when it will be."""
    at = clock.now()
    terms = programs.get_terms(dates.today(at))
    form, is_answered = _read(request, at=at)
    employments = [
        Employment(library=row["library"], began_on=row["began_on"], ended_on=row["ended_on"], hours_a_week=row["hours_a_week"], paid=True)
        for row in form.employments
    ]
    count = queries.count_employments(employments, terms=terms, on=dates.today(at))
    shown = form
    if form.is_bound and not is_answered:
        shown = _other_rows(request, form)
    answer = policy.can_apply(count, has_diploma=form.cleaned_data["diploma"] == "yes") if is_answered and form.is_valid() else None
    context = {
        "form": shown,
        "terms": terms,
        "working": lay_out(employments, count),
        "answer": answer,
        "most": MOST_ROWS,
        "cut": any(employment.hours_a_week > Decimal(terms.hours_week_cap) for employment in employments),
    }
    return render(request, "candidates/can_i_apply.html", context)


def _read(request: HttpRequest, *, at: datetime) -> tuple[CanIApplyForm, bool]:
    """Give the form as it came, and whether the answer is asked for rather than a row more or less."""
    today: date = at.astimezone(FIRST_ZONE).date()
    if request.method != "POST":
        return CanIApplyForm(rows=1, today=today), False
    rows = _number(request.POST.get("rows", ""), most=MOST_ROWS)
    return CanIApplyForm(request.POST, rows=max(rows, 1), today=today), not {"add", "remove"} & set(request.POST)


def _other_rows(request: HttpRequest, form: CanIApplyForm) -> CanIApplyForm:
    """Give the form with a row more or less, and everything that was typed."""
    if "add" in request.POST:
        return CanIApplyForm(initial=form.typed(), rows=min(form.rows + 1, MOST_ROWS), today=form.today)
    row = _number(request.POST.get("remove", ""), most=form.rows) - 1
    rows = max(form.rows - (0 <= row < form.rows), 1)
    return CanIApplyForm(initial=form.without(row), rows=rows, today=form.today)


def _number(text: str, *, most: int) -> int:
    return min(int(text), most) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
