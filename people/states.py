"""The roles that a person can hold, and the sentences in which changes to an account are told."""

from django.db import models

from ledger.states import Verb


class Role(models.TextChoices):
    """A role is a group of this name; a person can hold several."""

    STAFF = "staff", "Staff"
    COMMITTEE = "committee", "Committee"
    EVALUATOR = "portfolio evaluators", "Portfolio evaluator"
    COURSE_EVALUATOR = "course evaluators", "Course evaluator"
    AUDITOR = "auditors", "Auditor"


VERBS = [
    Verb("people.account.open", "{person} made an account."),
    Verb("people.account.add", "{actor} made an account for {person}."),
    Verb("people.name.change", "{actor} changed the name on certificates from {old} to {new}.", personal={"old", "new"}),
    Verb("people.role.give", "{actor} gave {person} the role {role}."),
    Verb("people.role.take", "{actor} took the role {role} from {person}."),
]
