"""Which letter an event of this room brings. That a set is achieved is the letter of `candidates`."""

from datetime import datetime

from django.urls import reverse

from courses.models import Claim
from ledger import actions as ledger


def received(claim: Claim, *, at: datetime) -> None:
    """Say that the claim and its proof are here, and who has them."""
    _mail(claim, "received", at=at)


def accepted(claim: Claim, *, at: datetime) -> None:
    """Say that the course counts."""
    _mail(claim, "accepted", at=at)


def refused(claim: Claim, *, at: datetime) -> None:
    """Say that the claim was not accepted; the reason stands in the account."""
    _mail(claim, "refused", at=at)


def _mail(claim: Claim, notice: str, *, at: datetime) -> None:
    facts = {"course": claim.offering.title, "set": claim.set.name}
    ledger.mail(claim.person, f"courses/{notice}", key=claim.id, at=at, path=reverse("courses:claims"), facts=facts)
