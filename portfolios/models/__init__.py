"""Tables of this app, by what they are about."""

from portfolios.models.draft_reviews import PreReview, Remark
from portfolios.models.evaluators import DeclaredConflict, Evaluator, EvaluatorApplication, EvaluatorSet, SetRequest
from portfolios.models.portfolios import Evidence, EvidenceKind, Portfolio, PortfolioQuerySet, Response, Snapshot
from portfolios.models.ratings import Assignment, AssignmentQuerySet, Rating, Ruling
from portfolios.models.suggestions import PlannerMark, Suggestion

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
