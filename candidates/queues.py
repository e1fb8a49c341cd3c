"""What waits for staff in this app."""

from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from candidates.queries.applications import list_fees_to_decide, list_in_review
from candidates.queries.candidacies import list_extension_requests, list_hours_to_check, list_reuse_to_decide
from candidates.states import PURPOSE
from ledger.queues import Link, WorkItemQuery, WorkItemRow, WorkItemText, day, queue


@queue("candidates.application", name="Applications")
def applications(*, at: datetime) -> WorkItemQuery:
    """Applications to decide."""
    return WorkItemQuery(
        list_in_review(),
        about="person_id",
        since=Coalesce("returned_on", "paid_on"),
        due_on="decide_by",
        needs_person=Q(owed=True),
        links=(Link("billing.Charge", "reference", "id", when={"purpose": PURPOSE}),),
        details={"name": "person__name", "returned_on": "returned_on", "owed": "owed"},
    )


@applications.text
def render_application(item: WorkItemRow) -> WorkItemText:
    """Say whether it is new, came back with answers, or is not paid after all."""
    answered = "The applicant replied to your question" if item.details["returned_on"] else "Application complete, fee paid"
    return WorkItemText(
        title=f"Admit or refuse: {item.details['name']}",
        detail="The fee is due again. Admit when it is paid" if item.details["owed"] else answered,
        url=reverse("candidates:review", args=[item.thing]),
    )


@queue("candidates.fee", name="Refunds")
def fees(*, at: datetime) -> WorkItemQuery:
    """Fees of applications that were withdrawn."""
    return WorkItemQuery(
        list_fees_to_decide(),
        about="person_id",
        since=day("withdrawn_at"),
        due_on="refund_decide_by",
        details={"name": "person__name", "owed": "owed"},
    )


@fees.text
def render_fee(item: WorkItemRow) -> WorkItemText:
    """Say whose fee."""
    return WorkItemText(
        title=f"Decide on the fee: {item.details['name']}",
        detail="Application withdrawn, and the money was never received"
        if item.details["owed"]
        else "Application withdrawn after the fee was paid",
        url=reverse("candidates:review", args=[item.thing]),
    )


@queue("candidates.hours", name="Hours")
def hours(*, at: datetime) -> WorkItemQuery:
    """Hours of provisional candidates."""
    return WorkItemQuery(
        list_hours_to_check(),
        about="candidacy__person_id",
        since="sent_on",
        due_on="decide_by",
        details={"name": "candidacy__person__name", "candidacy": "candidacy_id"},
    )


@hours.text
def render_hours(item: WorkItemRow) -> WorkItemText:
    """Say whose hours."""
    return WorkItemText(
        title=f"Check the hours: {item.details['name']}",
        detail="Admitted provisionally, hours sent",
        url=reverse("candidates:candidacy", args=[item.details["candidacy"]]),
    )


@queue("candidates.extension", name="Extensions")
def extensions(*, at: datetime) -> WorkItemQuery:
    """Requests for more time."""
    return WorkItemQuery(
        list_extension_requests(),
        about="candidacy__person_id",
        since="asked_on",
        due_on="decide_by",
        details={"name": "candidacy__person__name", "candidacy": "candidacy_id"},
    )


@extensions.text
def render_extension(item: WorkItemRow) -> WorkItemText:
    """Say who asks."""
    return WorkItemText(
        title=f"More time: {item.details['name']}",
        detail="The candidate is asking for the one extension",
        url=reverse("candidates:candidacy", args=[item.details["candidacy"]]),
    )


@queue("candidates.reuse", name="Sets from an earlier candidacy")
def reuses(*, at: datetime) -> WorkItemQuery:
    """Candidacies with sets of an earlier one."""
    return WorkItemQuery(
        list_reuse_to_decide(), about="person_id", since="admitted_on", due_on="reuse_by", details={"name": "person__name"}
    )


@reuses.text
def render_reuse(item: WorkItemRow) -> WorkItemText:
    """Say whose sets."""
    return WorkItemText(
        title=f"Which sets count again: {item.details['name']}",
        detail="Admitted again, with sets from an earlier candidacy",
        url=reverse("candidates:candidacy", args=[item.thing]),
    )
