"""Who may enter which part of this app; the rows that exist for a person are the querysets' business."""

from people.permissions import Anybody, can_see_office, is_evaluator, is_staff


def can_rate(user: Anybody) -> bool:
    """May this person rate portfolios that are assigned to them?"""
    return is_evaluator(user)


def can_assign(user: Anybody) -> bool:
    """May this person find evaluators, and approve them?"""
    return is_staff(user)


def can_look(user: Anybody) -> bool:
    """May this person read how portfolios stand?"""
    return can_see_office(user)
