"""Who may do what with courses and completions."""

from django.contrib.auth.models import AnonymousUser

from courses.models import Claim
from people.models import User
from people.permissions import can_see_office, is_staff

Anybody = User | AnonymousUser

can_see_queue = can_see_office


def can_review(user: Anybody) -> bool:
    """Staff accept completions and record approvals."""
    return is_staff(user)


def can_decide(user: Anybody, claim: Claim) -> bool:
    """Nobody decides on their own claim."""
    return can_review(user) and claim.person_id != user.pk
