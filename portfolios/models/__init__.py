"""Tables of this room, by what they are about."""

from portfolios.models.evaluators import DeclaredConflict, Evaluator, EvaluatorApplication, EvaluatorSet, SetRequest
from portfolios.models.rating import Assignment, AssignmentQuerySet, Rating, Ruling
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
    "Portfolio",
    "PortfolioQuerySet",
    "Rating",
    "Response",
    "Ruling",
    "SetRequest",
    "Snapshot",
]
