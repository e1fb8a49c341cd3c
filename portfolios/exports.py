"""What this room holds about a person: for their own file. Who rates, and what each said, is hidden there as on the pages."""

from people.exporting import Part, dump, export
from people.models import User
from portfolios.models import DeclaredConflict, Evaluator, EvaluatorApplication, Evidence, PlannerMark, Portfolio, Response, SetRequest


@export("portfolios")
def gather(person: User) -> Part:
    """Own portfolios with what was written, own planner; as evaluator, what one said of oneself."""
    return Part(
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
            "planner": dump(PlannerMark.objects.filter(person=person), "competency__set__name", "competency__number"),
            "as evaluator": dump(Evaluator.objects.filter(person=person)),
            "applications as evaluator": dump(EvaluatorApplication.objects.filter(person=person)),
            "sets asked for as evaluator": dump(SetRequest.objects.filter(person=person), "set__name"),
            "conflicts you declared": dump(DeclaredConflict.objects.filter(declared_by=person)),
        },
    )
