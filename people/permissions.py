"""Who holds which role: plain predicates over a user, one query for all of them."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from people.models import User
from people.states import Role

Anybody = AbstractBaseUser | AnonymousUser


def role_names(user: Anybody) -> frozenset[str]:
    """The roles of a user; one query, remembered on the object, which lives as long as the request."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    if user.known_roles is None:
        user.known_roles = frozenset(user.groups.values_list("name", flat=True))
    return user.known_roles


def forget(user: User) -> None:
    """Ask the database again: the roles of this user have changed."""
    user.known_roles = None


def is_staff(user: Anybody) -> bool:
    """Is this one of the program's officers?"""
    return Role.STAFF in role_names(user)


def is_committee(user: Anybody) -> bool:
    """Does this person sit on a committee (CRC or CPC)?"""
    return Role.COMMITTEE in role_names(user)


def is_evaluator(user: Anybody) -> bool:
    """Does this person rate portfolios?"""
    return Role.EVALUATOR in role_names(user)


def is_course_evaluator(user: Anybody) -> bool:
    """Does this person review courses?"""
    return Role.COURSE_EVALUATOR in role_names(user)


def is_provider_contact(user: Anybody) -> bool:
    """Does this person speak for a provider of courses?"""
    return Role.PROVIDER in role_names(user)


def is_college_contact(user: Anybody) -> bool:
    """Does this person speak for a college?"""
    return Role.COLLEGE in role_names(user)


def is_auditor(user: Anybody) -> bool:
    """May this person read what staff read, and change nothing?"""
    return Role.AUDITOR in role_names(user)


def is_payer(user: Anybody) -> bool:
    """Does this person send purchase orders for an institution?"""
    return Role.PAYER in role_names(user)


def can_see_office(user: Anybody) -> bool:
    """May this person read the office's pages?"""
    return is_staff(user) or is_auditor(user)


def needs_second_factor(user: Anybody) -> bool:
    """Must this person's sign-in have a second step, where the program asks for one? Those who decide, and those who read everything."""
    return is_staff(user) or is_committee(user) or is_auditor(user)
