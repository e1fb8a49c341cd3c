"""A person's own emails and which reminders they want; for staff, how far ahead each reminder goes out."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ledger import clock, reminders
from ledger import queries as ledger
from ledger.reminder_schedules import REMINDER_SCHEDULES, ReminderSchedule, parse_offsets
from people import permissions
from people.fields import TextField
from people.guards import PersonRequest, allowed, signed_in
from people.pages import get_page

MOST_OFFSETS = 12


class OffsetsForm(forms.Form):
    """The steps of one reminder, one on each line."""

    offsets = TextField(
        label="When does it go out?",
        help_text="One per line: “-3 months” is three months before, “0 days” on the day, “30 days” after. "
        "Write days, weeks or months. Leave it blank to send none.",
        max_length=400,
        required=False,
        widget=forms.Textarea({"rows": 8, "spellcheck": "false"}),
    )

    def clean_offsets(self) -> list[str]:
        """Read every line; the first one that is no step is told."""
        lines = [line for line in self.cleaned_data["offsets"].replace("\u2212", "-").splitlines() if line.strip()]
        if len(lines) > MOST_OFFSETS:
            raise forms.ValidationError(f"Write {MOST_OFFSETS} reminders at most. People would not read more email")
        try:
            return [str(offset) for offset in parse_offsets(lines)]
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from None


@signed_in
@require_safe
def my_emails(request: PersonRequest) -> HttpResponse:
    """List every email that we wrote to the reader, newest first."""
    page = get_page(ledger.find_emails(request.user), request.GET)
    return render(request, "lssc/my_emails.html", {"page": page})


@signed_in
@require_safe
def my_email(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show one of the reader's emails as it was written."""
    return render(request, "lssc/my_email.html", {"email": get_object_or_404(ledger.find_emails(request.user), id=id)})


@signed_in
@require_safe
def my_email_calendar(request: PersonRequest, id: UUID) -> HttpResponse:
    """Hand out the file for the calendar that went along with one of the reader's emails."""
    return calendar_file(get_object_or_404(ledger.find_emails(request.user).exclude(calendar=""), id=id).calendar)


def calendar_file(text: str) -> HttpResponse:
    """Answer with a file that a calendar opens."""
    headers = {"Content-Disposition": 'attachment; filename="date.ics"'}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def my_reminders(request: PersonRequest) -> HttpResponse:
    """Let the reader say which of the reminders that they know they want."""
    known = reminders.list_opt_outs(request.user)
    if request.method == "POST":
        names = set(request.POST.getlist("wanted"))
        # A kind that first wrote while the page was open was not on it: no one chose about it.
        chosen = names.union(request.POST.getlist("shown"))
        without = {schedule.name for schedule, comes in known if (schedule.name not in names if schedule.name in chosen else not comes)}
        reminders.set_opt_outs(request.user, without=without)
        messages.success(request, "Your choice is saved. We always send emails about decisions.")
        return redirect("people:account")
    return render(request, "lssc/my_reminders.html", {"known": known})


@allowed(permissions.can_see_office)
@require_safe
def reminder_schedules(request: PersonRequest) -> HttpResponse:
    """List every kind of reminder with its steps."""
    offsets = reminders.list_offsets()
    rows = [
        (schedule, [str(offset) for offset in offsets[schedule.name]])
        for schedule in sorted(REMINDER_SCHEDULES.values(), key=lambda schedule: schedule.name)
    ]
    return render(request, "lssc/reminders.html", {"rows": rows, "may_change": permissions.is_staff(request.user)})


@allowed(permissions.is_staff)
@require_http_methods(["GET", "HEAD", "POST"])
def reminder(request: PersonRequest, name: str) -> HttpResponse:
    """Change the steps of one kind of reminder."""
    schedule: ReminderSchedule | None = REMINDER_SCHEDULES.get(name)
    if schedule is None:
        raise Http404
    form = OffsetsForm(request.POST or None, initial={"offsets": "\n".join(str(offset) for offset in reminders.list_offsets()[name])})
    if request.method == "POST" and form.is_valid():
        reminders.change_offsets(schedule, form.cleaned_data["offsets"], actor=request.user, at=clock.now())
        messages.success(request, f"“{schedule.title}” is saved. What was already sent stays as it is. The new schedule starts today.")
        return redirect("reminders")
    context = {"schedule": schedule, "form": form, "first": [str(offset) for offset in schedule.first_offsets]}
    return render(request, "lssc/reminder.html", context, status=422 if form.errors else 200)
