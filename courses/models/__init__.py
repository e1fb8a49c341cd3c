"""Tables of this room, by what they are about."""

from courses.models.agreements import Agreement
from courses.models.catalog import Offering, Provider
from courses.models.completions import Completion, CompletionQuerySet

__all__ = ["Agreement", "Completion", "CompletionQuerySet", "Offering", "Provider"]
