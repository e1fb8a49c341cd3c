"""Tables of this room, by what they are about."""

from portfolios.models.rating import Assignment, AssignmentQuerySet, Evaluator, EvaluatorSet, Rating
from portfolios.models.writing import Evidence, EvidenceKind, Portfolio, PortfolioQuerySet, Response, Snapshot

__all__ = [
    "Assignment",
    "AssignmentQuerySet",
    "Evaluator",
    "EvaluatorSet",
    "Evidence",
    "EvidenceKind",
    "Portfolio",
    "PortfolioQuerySet",
    "Rating",
    "Response",
    "Snapshot",
]
