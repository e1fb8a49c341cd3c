"""What this app holds about a person: for their own file. Who rates, and what each said, is hidden there as on the pages."""

from typing import Any

from django.db.models import Q

from people.data_export import ExportPart, dump, export
from people.models import User
from portfolios import queries
from portfolios.models import (
    DeclaredConflict,
    Evaluator,
    EvaluatorApplication,
    Evidence,
    PlannerMark,
    Portfolio,
    PreReview,
    Rating,
    Remark,
    Response,
    SetRequest,
    Snapshot,
)
from portfolios.states import PreReviewState


@export("portfolios")
def gather(person: User) -> ExportPart:
    """Own portfolios with what was written and what came of it, own planner; as evaluator, what one said of oneself and as ratings."""
    shared = PreReview.objects.filter(portfolio__candidacy__person=person)
    remarks = Remark.objects.filter(pre_review__in=shared.filter(state=PreReviewState.ANSWERED))
    return ExportPart(
        "Portfolios",
        {
            "portfolios": dump(Portfolio.objects.filter(candidacy__person=person), "set__name", without=("panel",)),
            "answers": dump(
                Response.objects.filter(portfolio__candidacy__person=person),
                "portfolio__set__name",
                "competency__number",
                without=("outcome",),
            ),
            "evidence": dump(Evidence.objects.filter(portfolio__candidacy__person=person), "portfolio__set__name"),
            "what was sent, sealed": dump(Snapshot.objects.filter(portfolio__candidacy__person=person), "portfolio__set__name"),
            "how it was rated": _list_outcomes(person),
            "drafts you shared for comments": dump(shared, "portfolio__set__name", without=("overall", "version", "saved_at")),
            "comments on them": dump(shared.filter(state=PreReviewState.ANSWERED), "portfolio__set__name", without=("question", "version")),
            "comments on your answers": dump(remarks, "pre_review__portfolio__set__name", "response__competency__number"),
            "planner": dump(PlannerMark.objects.filter(person=person), "competency__set__name", "competency__number"),
            "as evaluator": dump(Evaluator.objects.filter(person=person)),
            "applications as evaluator": dump(EvaluatorApplication.objects.filter(person=person)),
            "sets asked for as evaluator": dump(SetRequest.objects.filter(person=person), "set__name"),
            "ratings you gave": dump(
                Rating.objects.filter(assignment__evaluator__person=person),
                "assignment__portfolio__set__name",
                "competency__number",
                without=("version",),
            ),
            "conflicts you declared": dump(DeclaredConflict.objects.filter(declared_by=person)),
        },
    )


def _list_outcomes(person: User) -> list[dict[str, Any]]:
    """How each competency stands, in the words of the person's own page, once that page shows it. Two queries a portfolio."""
    shown = Portfolio.objects.filter(candidacy__person=person).filter(Q(supplement_by__isnull=False) | Q(decided_on__isnull=False))
    rows = shown.select_related("set", "terms").order_by("started_at", "id")
    return [
        {
            "set": row.set.name,
            "competency": result.number,
            "outcome": result.label,
            "why": result.words,
            "comments": [comment.text for comment in result.comments],
        }
        for row in rows
        for result in queries.explain_rows(row)
    ]
