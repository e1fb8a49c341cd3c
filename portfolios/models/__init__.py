"""Tables of this room, by what they are about."""

from portfolios.models.evaluators import DeclaredConflict, Evaluator, EvaluatorApplication, EvaluatorSet, SetRequest
from portfolios.models.planning import PlannerMark, Suggestion
from portfolios.models.rating import Assignment, AssignmentQuerySet, Rating, Ruling
from portfolios.models.reviewing import PreReview, Remark
from portfolios.models.writing import Evidence, EvidenceKind, Portfolio, PortfolioQuerySet, Response, Snapshot

__all__ = [
    "Assignment",
    "AssignmentQuerySet",
    "DeclaredConflict",
    "Evaluator",
    "EvaluatorApplication",
    "EvaluatorSet",
    "Evidence",
    "EvidenceKind",
    "PlannerMark",
    "Portfolio",
    "PortfolioQuerySet",
    "PreReview",
    "Rating",
    "Remark",
    "Response",
    "Ruling",
    "SetRequest",
    "Snapshot",
    "Suggestion",
]
