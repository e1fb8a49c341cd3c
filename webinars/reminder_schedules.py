"""Who is reminded of a webinar: everyone who comes, on the day before and on the day."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.urls import reverse

from ledger.reminder_schedules import Due, ReminderContent, reminder_schedule
from webinars import notices
from webinars.models import Guest
from webinars.states import GuestState, WebinarState


@reminder_schedule(
    "webinars.soon",
    title="Webinar coming",
    counts_from="the day of the webinar",
    offsets=("-1 days", "0 days"),
    notice="webinars/soon",
)
def soon() -> Due:
    """The guests who come to a webinar that takes place."""
    rows = Guest.objects.filter(state=GuestState.COMING, webinar__state=WebinarState.PLANNED)
    return Due(rows, person="person", to="email", thing="id", due_date="webinar__begins_on", since="since")


@soon.content
def say(ids: Collection[UUID], *, today: date) -> dict[UUID, ReminderContent]:
    """Give title, hour and join address, until it begins. One query."""
    rows = Guest.objects.filter(id__in=ids).select_related("webinar")
    return {
        row.id: ReminderContent(
            path=reverse("webinars:webinar", args=[row.webinar_id]),
            context=notices.facts_of(row),
            why=notices.WHY,
            # The day of deadlines begins when that of Guam is nearly over.
            until=row.webinar.begins_at,
        )
        for row in rows
    }
