"""Who may do what with certificates."""

from django.contrib.auth.models import AnonymousUser

from certificates.models import Certificate
from ledger.transitions import is_own
from people.models import User
from people.permissions import can_see_office, is_staff

Anybody = User | AnonymousUser

can_see_waiting = can_see_office


def can_issue(user: Anybody) -> bool:
    """Staff issue certificates and decide on them."""
    return is_staff(user)


def can_decide(user: Anybody, certificate: Certificate) -> bool:
    """No one decides on their own certificate."""
    return can_issue(user) and not is_own(certificate, user)
