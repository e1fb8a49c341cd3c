"""Tables of this room, by what they are about."""

from courses.models.agreements import Agreement
from courses.models.approvals import (
    Approval,
    CourseApplication,
    CourseApplicationQuerySet,
    CourseEvaluator,
    CoursePage,
    CourseReview,
    CourseReviewQuerySet,
    CourseSeal,
    Instructor,
    MapRow,
)
from courses.models.catalog import Offering, Provider
from courses.models.completions import Completion, CompletionQuerySet, Confirmation
from courses.models.providers import ContactQuerySet, ProviderContact
from courses.models.wishes import Wish

__all__ = [
    "Agreement",
    "Approval",
    "Completion",
    "CompletionQuerySet",
    "Confirmation",
    "ContactQuerySet",
    "CourseApplication",
    "CourseApplicationQuerySet",
    "CourseEvaluator",
    "CoursePage",
    "CourseReview",
    "CourseReviewQuerySet",
    "CourseSeal",
    "Instructor",
    "MapRow",
    "Offering",
    "Provider",
    "ProviderContact",
    "Wish",
]
