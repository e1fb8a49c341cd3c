"""Who is reminded of what in this app: the end of the time for six sets, and a candidacy in which nothing goes on."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.urls import reverse

from candidates import queries
from candidates.notices import LAST_DAY
from ledger.reminder_schedules import Due, ReminderContent, reminder_schedule
from people.templatetags.words import longdate, spelled


@reminder_schedule(
    "candidates.end",
    title="End of the time for six sets",
    counts_from="the last day of the candidacy",
    offsets=("-24 months", "-12 months", "-6 months", "-3 months", "-1 months", "-2 weeks"),
    notice="candidates/ending",
)
def ending() -> Due:
    """Those whose time runs, by its last day; it was promised at the admission, or with the extension."""
    return Due(queries.list_running(), person="person", thing="id", due_date="ends_on", since="promised_on")


@reminder_schedule(
    "candidates.quiet",
    title="No activity for a while",
    counts_from="the candidate’s last day of activity",
    offsets=("90 days",),
    notice="candidates/quiet",
)
def quiet() -> Due:
    """Those whose time runs, by the last day on which they did something."""
    return Due(queries.list_running(), person="person", thing="id", due_date="active_on", since="active_on")


@ending.content
@quiet.content
def say(ids: Collection[UUID], *, today: date) -> dict[UUID, ReminderContent]:
    """Until when, how many sets are left, and whether more time can still be asked for. Two queries."""
    counts = queries.count_left(ids)
    return {
        row.id: ReminderContent(
            path=reverse("my"),
            context={
                "ends_on": longdate(row.ends_on),
                "left_words": f"{spelled(counts[row.id]).capitalize()} {'set is' if counts[row.id] == 1 else 'sets are'} still to do.",
                "can_extend": row.extended_on is None,
            },
            calendar=(row.ends_on, LAST_DAY),
            about=row.id,
        )
        # After a gap, a last day may be over before the sweep has ended what ran until then.
        for row in queries.list_running().filter(id__in=ids, ends_on__gte=today)
    }
