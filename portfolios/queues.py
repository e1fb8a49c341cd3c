"""What waits for staff in this app: evaluators to find and to approve, silent invitations, late ratings, drafts to look at."""

from datetime import datetime

from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from ledger.queues import WorkItemQuery, WorkItemRow, WorkItemText, begin, day, queue
from portfolios import queries
from portfolios.queries import draft_reviews
from portfolios.states import AssignmentState, State


@queue("portfolios.slot", name="Portfolios")
def slots(*, at: datetime) -> WorkItemQuery:
    """Portfolios that need an evaluator."""
    return WorkItemQuery(
        queries.list_to_assign(),
        about="candidacy__person_id",
        since=Coalesce(day("submitted_at"), day("started_at")),
        needs_person=~Q(state=State.SUBMITTED),
        details={"state": "state", "set": "set__name", "name": "candidacy__person__name"},
    )


@slots.text
def render_slot(item: WorkItemRow) -> WorkItemText:
    """Say how many to invite."""
    titles = {State.SUBMITTED: "Invite two evaluators", State.THIRD: "Invite a third evaluator"}
    return WorkItemText(
        title=titles.get(State(item.details["state"]), "Replace an evaluator"),
        detail=f"{item.details['set']} portfolio, {item.details['name']}",
        url=reverse("portfolios:assign", args=[item.thing]),
    )


@queue("portfolios.late", name="Portfolios")
def late(*, at: datetime) -> WorkItemQuery:
    """Invitations that no one answered, and ratings that are late."""
    invited = Q(state=AssignmentState.INVITED)
    return WorkItemQuery(
        queries.list_awaited(),
        about="portfolio__candidacy__person_id",
        since=Case(When(invited, then=F("invited_on")), default=Coalesce("accepted_on", "invited_on")),
        due_on=Case(When(invited, then=F("accept_by")), default=F("rate_by")),
        needs_person=True,
        visible_from=begin("told_on"),
        details={
            "state": "state",
            "set": "portfolio__set__name",
            "name": "portfolio__candidacy__person__name",
            "evaluator": "evaluator__person__name",
            "portfolio": "portfolio_id",
        },
    )


@late.text
def render_late(item: WorkItemRow) -> WorkItemText:
    """Say what is late, and with whom."""
    return WorkItemText(
        title="An invitation is unanswered" if item.details["state"] == AssignmentState.INVITED else "Ratings are late",
        detail=f"{item.details['set']} portfolio, {item.details['name']}",
        url=reverse("portfolios:office", args=[item.details["portfolio"]]),
        holder=item.details["evaluator"],
    )


@queue("portfolios.draft", name="Portfolios", confided=True)
def drafts(*, at: datetime) -> WorkItemQuery:
    """Drafts that staff are asked to look at."""
    return WorkItemQuery(
        draft_reviews.list_to_look_at(),
        about="portfolio__candidacy__person_id",
        since=day("asked_at"),
        due_on="answer_by",
        needs_person=True,
        details={"set": "portfolio__set__name", "name": "portfolio__candidacy__person__name"},
    )


@drafts.text
def render_draft(item: WorkItemRow) -> WorkItemText:
    """Say whose draft."""
    return WorkItemText(
        title="Comment on a draft",
        detail=f"{item.details['set']} portfolio, {item.details['name']}",
        url=reverse("portfolios:pre_review", args=[item.thing]),
    )


@queue("portfolios.evaluator", name="Evaluators")
def evaluators(*, at: datetime) -> WorkItemQuery:
    """Applications of evaluators."""
    return WorkItemQuery(
        queries.list_to_approve(), about="person_id", since=day("sent_at"), details={"name": "person__name", "open": "open"}
    )


@evaluators.text
def render_evaluator(item: WorkItemRow) -> WorkItemText:
    """Say who applied, for how many sets."""
    return WorkItemText(
        title=f"Approve an evaluator: {item.details['name']}",
        detail=f"Applied for {item.details['open']} {'set' if item.details['open'] == 1 else 'sets'}",
        url=reverse("portfolios:application", args=[item.thing]),
    )
