"""Who may do what with appeals."""

from django.contrib.auth.models import AnonymousUser

from people.models import User
from people.permissions import can_see_office, is_committee, is_staff

__all__ = ["can_see_appeals", "is_committee", "is_staff", "sits_only"]

Anybody = User | AnonymousUser


def can_see_appeals(user: Anybody) -> bool:
    """The office and the committee read appeals."""
    return can_see_office(user) or is_committee(user)


def answers(user: Anybody) -> bool:
    """Members of the committee, and staff for them, speak for the first committee."""
    return is_staff(user) or is_committee(user)


def sits_only(user: Anybody) -> bool:
    """A member of the committee who is not of the office reads what was decided only while an appeal is before it."""
    return is_committee(user) and not can_see_office(user)
