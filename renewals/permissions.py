"""Who may do what with renewals."""

from django.contrib.auth.models import AnonymousUser

from ledger.transitions import is_own
from people.models import User
from people.permissions import can_see_office, is_staff
from renewals.models import Renewal

__all__ = ["can_decide", "can_see_office", "is_staff"]

Anybody = User | AnonymousUser


def can_decide(user: Anybody, renewal: Renewal) -> bool:
    """Staff decide, and no one on their own renewal."""
    return is_staff(user) and not is_own(renewal, user)
