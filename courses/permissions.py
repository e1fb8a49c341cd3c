"""Who may do what in this room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from courses.models import Completion
from people.permissions import can_see_office, is_staff

if TYPE_CHECKING:
    from people.models import User

__all__ = ["can_decide", "can_see_office", "is_staff"]


def can_decide(user: User, completion: Completion) -> bool:
    """Say whether this person may decide on the completion: staff, and never on themselves."""
    return is_staff(user) and completion.person_id != user.pk
