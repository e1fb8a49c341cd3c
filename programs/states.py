"""The words for a set's kind, and what is told of the program itself."""

from django.db import models

from ledger.states import AuditEvent


class SetKind(models.TextChoices):
    """Whether everyone needs the set."""

    REQUIRED = "required", "Required"
    ELECTIVE = "elective", "Elective"


AUDIT_EVENTS = [
    AuditEvent("programs.terms.freeze", "{actor} made a promise under the terms of {effective_on}: they no longer change."),
    AuditEvent("programs.terms.add", "{actor} set new terms from {effective_on} on: {changes}."),
    AuditEvent("programs.terms.cancel", "{actor} canceled the terms that would have started on {effective_on}."),
]
