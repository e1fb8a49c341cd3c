"""Who is reminded in this app: the contacts of a college whose agreement ends."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.urls import reverse

from agreements.models import Agreement
from agreements.notices import WHY_CONTACT
from agreements.states import AgreementState
from ledger.reminder_schedules import Due, ReminderContent, reminder_schedule
from people.templatetags.words import longdate, period
from programs import queries as programs


@reminder_schedule(
    "agreements.ends",
    title="Recognition agreement ends",
    counts_from="the agreement’s last day",
    offsets=("-12 months", "-6 months", "-3 months"),
    notice="agreements/ends",
)
def ends() -> Due:
    """The contacts of a college whose agreement ends, until the renewal is with staff or signed."""
    ending = Agreement.objects.filter(state=AgreementState.SIGNED, signed_on__isnull=False, college__contacts__isnull=False)
    ending = ending.exclude(renewed_by__state=AgreementState.SUBMITTED)
    return Due(ending, person="college__contacts__person", thing="id", due_date="ends_on", since="signed_on")


@ends.content
def render_ends(ids: Collection[UUID], *, today: date) -> dict[UUID, ReminderContent]:
    """Context of the emails. One query, and one for the Terms."""
    lasts = period(programs.get_terms(today).agreement_months)
    return {
        row.id: ReminderContent(
            path=reverse("agreements:program", args=[row.id]),
            context={"college": row.college.name, "program": row.title, "ends_on": longdate(row.ends_on), "lasts": lasts},
            calendar=(row.ends_on, f"Last day of the agreement on {row.title} (LSSC)") if row.ends_on else None,
            why=WHY_CONTACT,
        )
        for row in Agreement.objects.filter(id__in=ids).select_related("college")
    }
