"""Who may do what in this app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from candidates.models import Application
from ledger.transitions import is_own
from people.permissions import can_see_office, is_staff

if TYPE_CHECKING:
    from people.models import User

__all__ = ["can_decide", "can_see_office", "is_staff"]


def can_decide(user: User, application: Application) -> bool:
    """Say whether this person may decide on the application: staff, and never on themselves."""
    return is_staff(user) and not is_own(application, user)
