"""The words for a set's kind, and what is told of the program itself."""

from django.db import models

from ledger.states import Verb


class Kind(models.TextChoices):
    """Whether everybody needs the set."""

    REQUIRED = "required", "Required"
    ELECTIVE = "elective", "Elective"


VERBS = [
    Verb("programs.terms.freeze", "{actor} made a promise under the terms of {effective_on}: they no longer change."),
]
