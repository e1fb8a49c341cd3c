"""What waits for staff in this app."""

from datetime import datetime, timedelta

from django.db.models import Case, DateField, F, Q, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from ledger.queues import WorkItemQuery, WorkItemRow, WorkItemText, begin, queue
from people.templatetags.words import longdate
from programs import policy as calendar
from renewals import queries
from renewals.states import RenewalState


@queue("renewals.renewal", name="Renewals")
def renewals(*, at: datetime) -> WorkItemQuery:
    """Renewals to decide, and those whose answer did not come on time."""
    silent = Q(state=RenewalState.ASKED)
    return WorkItemQuery(
        queries.list_undecided(),
        about="person_id",
        since=Coalesce("sent_on", "opened_on"),
        due_on=Case(When(silent, then=F("answer_by")), default=F("decide_by")),
        needs_person=silent,
        visible_from=begin(Case(When(silent, then=F("answer_by") + timedelta(days=1)), output_field=DateField())),
        details={
            "state": "state",
            "name": "person__name",
            "sent_on": "sent_on",
            "grace_ends_on": "grace_ends_on",
            "asked_on": "asked_on",
            "answer_by": "answer_by",
            "number": "certificate__number",
            "sampled": "sampled",
        },
    )


@queue("renewals.fee", name="Fee not set", live=True)
def unset_fee(*, at: datetime) -> WorkItemQuery:
    """The fee that is missing when renewals open, or are sent already."""
    return WorkItemQuery(
        queries.find_first_without_fee(on=calendar.today(at)),
        since="opened_on",
        due_on="opens_on",
        needs_person=True,
        details={"opens_on": "opens_on", "state": "state"},
    )


@unset_fee.text
def render_unset_fee(item: WorkItemRow) -> WorkItemText:
    """Say what waits for it."""
    sent = item.details["state"] == RenewalState.AWAITING_PAYMENT
    return WorkItemText(
        title="Set the fee for the renewal of a certificate",
        detail="Renewals that were sent are waiting for it"
        if sent
        else f"The next renewal can be sent from {longdate(item.day('opens_on'))}",
        url=reverse("billing:fees"),
    )


@renewals.text
def render_renewal(item: WorkItemRow) -> WorkItemText:
    """Say what is to be decided on whose certificate."""
    silent = item.details["state"] == RenewalState.ASKED
    is_late = item.details["sent_on"] is not None and item.day("sent_on") > item.day("grace_ends_on")
    title = "No answer" if silent else "Reinstate or refuse" if is_late else "Decide the renewal"
    detail = (
        f"Asked on {longdate(item.day('asked_on'))}, answer due {longdate(item.day('answer_by'))}"
        if silent
        else f"Certificate {item.details['number']}"
    )
    return WorkItemText(
        title=f"{title}: {item.details['name']}",
        detail=f"{detail}, chosen for the sample" if item.details["sampled"] else detail,
        url=reverse("renewals:review", args=[item.thing]),
    )
