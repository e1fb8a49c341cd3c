"""The writing door: freeze the Terms that a promise refers to."""

from datetime import datetime

from django.db import transaction

from ledger import actions as ledger
from people.models import User
from programs.models import Terms


def freeze(terms: Terms, *, at: datetime, actor: User | None = None) -> None:
    """Say that a promise refers to these Terms; the database refuses any change of them from now on. Safe to call again."""
    with transaction.atomic():
        if Terms.objects.filter(pk=terms.pk, frozen_at=None).update(frozen_at=at):
            ledger.record("programs.terms.freeze", subject=terms, actor=actor, at=at, facts={"effective_on": terms.effective_on})
