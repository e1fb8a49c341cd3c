"""What waits for a committee or for staff in this app."""

from datetime import datetime

from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from appeals import queries
from appeals.states import AppealState, DecisionKind
from ledger.queues import WorkItemQuery, WorkItemRow, WorkItemText, queue


@queue("appeals.appeal", name="Appeals")
def appeals(*, at: datetime) -> WorkItemQuery:
    """Appeals that are open."""
    answer, decide = Q(state=AppealState.GROUNDS_GIVEN), Q(state=AppealState.RESPONDED)
    since = Case(When(answer, then=F("grounds_on")), When(decide, then=F("responded_on")), default=F("ended_on"))
    return WorkItemQuery(
        queries.list_open(),
        about="person_id",
        since=Coalesce(since, F("noticed_on")),
        due_on=Case(When(answer, then=F("respond_by")), When(decide, then=F("decide_by"))),
        needs_person=Q(state=AppealState.REMANDED),
        details={"state": "state", "kind": "kind", "name": "person__name"},
    )


@appeals.text
def render_appeal(item: WorkItemRow) -> WorkItemText:
    """Say what is next, and who has it."""
    titles = {
        AppealState.GROUNDS_GIVEN: ("Answer the appeal", "First committee"),
        AppealState.RESPONDED: ("Decide the appeal", "Second committee"),
    }
    title, holder = titles.get(AppealState(item.details["state"]), ("Decide again, after an appeal", "Staff"))
    return WorkItemText(
        title=f"{title}: {item.details['name']}",
        detail=str(DecisionKind(item.details["kind"]).label),
        url=reverse("appeals:review", args=[item.thing]),
        holder=holder,
    )
