"""Tables of this app, by what they are about."""

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
from courses.models.course_requests import CourseRequest
from courses.models.providers import ContactQuerySet, ProviderContact

__all__ = [
    "Approval",
    "Completion",
    "CompletionQuerySet",
    "Confirmation",
    "ContactQuerySet",
    "CourseApplication",
    "CourseApplicationQuerySet",
    "CourseEvaluator",
    "CoursePage",
    "CourseRequest",
    "CourseReview",
    "CourseReviewQuerySet",
    "CourseSeal",
    "Instructor",
    "MapRow",
    "Offering",
    "Provider",
    "ProviderContact",
]
