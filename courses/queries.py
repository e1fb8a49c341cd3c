"""The reading door: the catalog, the agreements, and completions with what waits for staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse

from courses import policy
from courses.models import Agreement, Claim, Offering
from courses.places import PLACES
from courses.states import ClaimState
from ledger.queries import Waiting
from programs import policy as dates

if TYPE_CHECKING:
    from candidates.models import Candidacy

WAITING_LIMIT = 200


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody looks for in the catalog; what is empty does not narrow."""

    words: str = ""
    sets: Sequence[str] = ()
    formats: Sequence[str] = ()
    kinds: Sequence[str] = ()
    us_state: str = ""


def list_offerings(wish: Wish, *, on: date) -> QuerySet[Offering]:
    """Offerings whose approval has not ended on a day, soonest start first, each with the number of its set's competencies."""
    found = Offering.objects.not_ended(on=on).with_names().annotate(competencies=Count("set__competencies"))
    for word in wish.words.split():
        found = found.filter(
            Q(title__icontains=word)
            | Q(provider__name__icontains=word)
            | Q(parts__icontains=word)
            | Q(notes__icontains=word)
            | Q(set__name__icontains=word)
        )
    if wish.sets:
        found = found.filter(set__code__in=wish.sets)
    if wish.formats:
        found = found.filter(format__in=wish.formats)
    if wish.kinds:
        found = found.filter(provider__kind__in=wish.kinds)
    if wish.us_state:
        found = found.filter(provider__us_state=wish.us_state)
    return found.order_by(F("starts_on").asc(nulls_last=True), "title", "id")


def list_places() -> list[tuple[str, str]]:
    """The states in which there is a provider, by name."""
    codes = set(Offering.objects.exclude(provider__us_state="").values_list("provider__us_state", flat=True))
    return sorted(((code, PLACES[code]) for code in codes), key=lambda place: place[1])


def list_creditable(set_code: str) -> QuerySet[Offering]:
    """Offerings of a set whose approval's dates are known, ended ones too: a completion before the end counts."""
    return Offering.objects.filter(set__code=set_code, approved_until__isnull=False).with_names().order_by("title", "provider__name", "id")


def get_window(offering: Offering) -> policy.Window | None:
    """The days on which the offering must be finished to count; None where its approval is not known. No query when `terms` is loaded."""
    if offering.approved_on is None or offering.approved_until is None or offering.terms is None:
        return None
    return policy.credit_window(offering.approved_on, offering.approved_until, months_before=offering.terms.credit_months_before)


def list_agreements() -> list[Agreement]:
    """Every recognition agreement, by state and college. One query."""
    rows = Agreement.objects.order_by("college", "program")
    return sorted(rows, key=lambda row: (PLACES[row.us_state], row.college))


def list_claims(candidacy: Candidacy) -> list[Claim]:
    """The completions that were claimed in a candidacy, newest first. One query."""
    return list(_claims().filter(candidacy_id=candidacy.pk).order_by("-claimed_at", "-id"))


def list_claimed() -> QuerySet[Claim]:
    """The completions that wait for a decision, oldest first."""
    return _claims().filter(state=ClaimState.CLAIMED).order_by("claimed_at", "id")


def list_waiting(*, at: datetime) -> list[Waiting]:
    """The completions that wait for staff, for their inbox. One query."""
    return [
        Waiting(
            queue="Completions",
            title=row.person.get_full_name(),
            detail=f"{row.set.name}: {row.offering.title}",
            url=reverse("courses:review", args=[row.id]),
            since=dates.today(row.claimed_at),
            due_on=None,
            holder="Staff",
            needs_person=True,
        )
        for row in list_claimed()[:WAITING_LIMIT]
    ]


def _claims() -> QuerySet[Claim]:
    return Claim.objects.select_related("person", "set", "offering__provider", "offering__terms", "proof", "decided_by")
