"""The office's reports: a chart, the same as a table, and as a CSV file; and lists with names as files."""

from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ledger import clock
from lssc import reports
from lssc.lists import LISTS
from lssc.reports import ReportKind
from people import actions as people
from people import permissions
from people.fields import MemorableDateField
from people.guards import PersonRequest, allowed, fresh
from people.spreadsheets import csv_response, stream_csv
from programs import policy as dates

LONGEST_YEARS = 12


class SpanForm(forms.Form):
    """The days that a report is about, both included."""

    first_on = MemorableDateField(label="First day")
    last_on = MemorableDateField(label="Last day")

    def clean(self) -> dict[str, Any]:
        """Hold the last day against the first; a report of many years would say little."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first_on"), cleaned.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", "The last day can’t be before the first day")
        elif first and last and last > dates.add_months(first, 12 * LONGEST_YEARS):
            self.add_error("last_on", f"Choose {LONGEST_YEARS} years at most")
        return cleaned


@allowed(permissions.can_see_office)
@require_safe
def list_reports(request: HttpRequest) -> HttpResponse:
    """List the reports."""
    return render(request, "lssc/reports.html", {"kinds": reports.KINDS.values(), "lists": LISTS.values()})


@allowed(permissions.can_see_office)
@require_safe
def report(request: HttpRequest, code: str) -> HttpResponse:
    """Show one report for a span of days."""
    kind, form, span = _asked(request, code)
    context = {"kind": kind, "form": form, "report": kind.gather(*span) if span else None, "span": span, "query": request.GET.urlencode()}
    return render(request, "lssc/report.html", context, status=200 if span else 422)


@allowed(permissions.can_see_office)
@require_safe
def report_csv(request: HttpRequest, code: str) -> HttpResponse:
    """Give one report as a CSV file."""
    kind, _, span = _asked(request, code)
    if span is None:
        raise Http404
    shown = kind.gather(*span)
    return csv_response([shown.columns, *shown.rows], name=f"lssc-{kind.code}-{span[0]}-{span[1]}.csv")


@allowed(permissions.can_see_office)
@require_safe
@fresh
def list_csv(request: PersonRequest, code: str) -> HttpResponseBase:
    """Give one list with names as a CSV file; the audit says who took it."""
    staff_list = LISTS.get(code)
    if staff_list is None:
        raise Http404
    at = clock.now()
    people.note_list_download(staff_list.title, actor=request.user, at=at)
    return stream_csv(staff_list.rows(request.user), staff_list.columns, name=f"lssc-{code}-{dates.today(at)}.csv")


def _asked(request: HttpRequest, code: str) -> tuple[ReportKind, SpanForm, tuple[date, date] | None]:
    """The kind, the form, and the days that were asked for: the usual ones where nothing was; None where they are wrong."""
    kind = reports.KINDS.get(code)
    if kind is None:
        raise Http404
    usual = reports.usual_span(kind, today=dates.today(clock.now()))
    if not any(name.startswith(("first_on", "last_on")) for name in request.GET):
        return kind, SpanForm(initial={"first_on": usual[0], "last_on": usual[1]}), usual
    form = SpanForm(request.GET)
    return kind, form, (form.cleaned_data["first_on"], form.cleaned_data["last_on"]) if form.is_valid() else None
