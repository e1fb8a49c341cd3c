"""What waits for staff in this room: evaluators to find and to approve, silent invitations, late ratings, drafts to look at."""

from datetime import datetime

from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from ledger.queues import Item, Rows, Said, day, queue
from portfolios import draft_reviews, queries
from portfolios.states import AssignmentState, State


@queue("portfolios.seat", name="Portfolios")
def seats(*, at: datetime) -> Rows:
    """Portfolios that need an evaluator."""
    return Rows(
        queries.list_to_assign(),
        about="candidacy__person_id",
        since=Coalesce(day("submitted_at"), day("started_at")),
        needs_person=~Q(state=State.SUBMITTED),
        facts={"state": "state", "set": "set__name", "name": "candidacy__person__name"},
    )


@seats.words
def say_seat(item: Item) -> Said:
    """Say how many to invite."""
    titles = {State.SUBMITTED: "Invite two evaluators", State.THIRD: "Invite a third evaluator"}
    return Said(
        title=titles.get(State(item.facts["state"]), "Replace an evaluator"),
        detail=f"{item.facts['set']} portfolio, {item.facts['name']}",
        url=reverse("portfolios:assign", args=[item.thing]),
    )


@queue("portfolios.late", name="Portfolios")
def late(*, at: datetime) -> Rows:
    """Invitations that nobody answered, and ratings that are late."""
    invited = Q(state=AssignmentState.INVITED)
    return Rows(
        queries.list_overdue(at=at),
        about="portfolio__candidacy__person_id",
        since=Case(When(invited, then=F("invited_on")), default=Coalesce("accepted_on", "invited_on")),
        due_on=Case(When(invited, then=F("accept_by")), default=F("rate_by")),
        needs_person=True,
        facts={
            "state": "state",
            "set": "portfolio__set__name",
            "name": "portfolio__candidacy__person__name",
            "evaluator": "evaluator__person__name",
            "portfolio": "portfolio_id",
        },
    )


@late.words
def say_late(item: Item) -> Said:
    """Say what is late, and with whom."""
    return Said(
        title="An invitation is not answered" if item.facts["state"] == AssignmentState.INVITED else "Ratings are late",
        detail=f"{item.facts['set']} portfolio, {item.facts['name']}",
        url=reverse("portfolios:office", args=[item.facts["portfolio"]]),
        holder=item.facts["evaluator"],
    )


@queue("portfolios.draft", name="Portfolios", confided=True)
def drafts(*, at: datetime) -> Rows:
    """Drafts that staff are asked to look at."""
    return Rows(
        draft_reviews.list_to_look_at(),
        about="portfolio__candidacy__person_id",
        since=day("asked_at"),
        due_on="answer_by",
        needs_person=True,
        facts={"set": "portfolio__set__name", "name": "portfolio__candidacy__person__name"},
    )


@drafts.words
def say_draft(item: Item) -> Said:
    """Say whose draft."""
    return Said(
        title="Comment on a draft",
        detail=f"{item.facts['set']} portfolio, {item.facts['name']}",
        url=reverse("portfolios:pre_review", args=[item.thing]),
    )


@queue("portfolios.evaluator", name="Evaluators")
def evaluators(*, at: datetime) -> Rows:
    """Applications of evaluators."""
    return Rows(queries.list_to_approve(), about="person_id", since=day("sent_at"), facts={"name": "person__name", "open": "open"})


@evaluators.words
def say_evaluator(item: Item) -> Said:
    """Say who applied, for how many sets."""
    return Said(
        title=f"Approve an evaluator: {item.facts['name']}",
        detail=f"Applied for {item.facts['open']} {'set' if item.facts['open'] == 1 else 'sets'}",
        url=reverse("portfolios:application", args=[item.thing]),
    )
