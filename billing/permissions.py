"""Who may do what with a charge."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from billing.models import Charge
from people.permissions import is_staff


def can_pay(user: AbstractBaseUser | AnonymousUser, charge: Charge) -> bool:
    """Only the person who owes it pays by card; the office looks on."""
    return user.pk is not None and charge.person_id == user.pk


def can_decide(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Staff decide about payments that don't match and refunds that failed."""
    return is_staff(user)
