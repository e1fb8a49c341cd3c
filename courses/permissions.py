"""Who may do what in this app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from courses.models import Completion, Offering, ProviderContact
from ledger.transitions import is_own
from people.permissions import can_see_office, is_committee, is_course_evaluator, is_staff

if TYPE_CHECKING:
    from people.models import User

__all__ = ["can_change_entry", "can_decide", "can_decide_courses", "can_see_courses", "can_see_office", "is_course_evaluator", "is_staff"]


def can_decide(user: User, completion: Completion) -> bool:
    """Say whether this person may decide on the completion: staff, and never on themselves."""
    return is_staff(user) and not is_own(completion, user)


def can_decide_courses(user: User) -> bool:
    """Say whether this person decides on courses: the committee, or staff for it."""
    return is_staff(user) or is_committee(user)


def can_change_entry(user: User, offering: Offering) -> bool:
    """Say whether this person keeps the catalog entry of a course: staff, and who speaks for its provider. One query at most."""
    return is_staff(user) or ProviderContact.objects.confirmed().filter(person=user, provider=offering.provider_id).exists()


def can_see_courses(user: User) -> bool:
    """Say whether this person may read the applications of courses."""
    return can_see_office(user) or is_committee(user)
