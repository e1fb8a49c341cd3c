"""The reading door: the catalog, where a reader stands with a course, completions, and what waits for staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Count, Q, QuerySet, TextField, Window
from django.db.models.functions import Cast
from django.urls import reverse

from candidates import queries as candidates
from candidates.states import CandidacyState
from courses import policy
from courses.models import Agreement, Completion, Offering, Provider
from courses.places import STATES
from courses.states import LIVE, CompletionState
from ledger.queries import Waiting
from programs import policy as dates
from programs import queries as programs

if TYPE_CHECKING:
    from candidates.models import Candidacy
    from people.models import User

WAITING_LIMIT = 200
PAGE_SIZE = 25


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the catalog is narrowed to; an empty part narrows nothing. `ended` shows courses whose approval is over, too."""

    words: str = ""
    sets: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    state: str = ""
    ended: bool = False

    @property
    def count(self) -> int:
        """Give how many parts narrow the list."""
        return sum(map(bool, (self.words, self.sets, self.formats, self.kinds, self.state)))


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page of the catalog: its offerings, and how many there are in all."""

    offerings: Sequence[Offering]
    total: int


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a reader stands with a course: why it can't be claimed ("" where it can), and their live claim for its set."""

    candidacy: Candidacy | None = None
    blocked: str = ""
    claim: Completion | None = None


def list_states() -> list[tuple[str, str]]:
    """Give the states that have a provider, as code and name, by name. One query."""
    codes = Provider.objects.exclude(state="").values_list("state", flat=True).distinct()
    return sorted(((code, STATES.get(code, code)) for code in codes), key=lambda pair: pair[1])


def get_first_agreement() -> Agreement | None:
    """Give the oldest agreement whose day is known, or None. One query."""
    return Agreement.objects.filter(agreement_on__isnull=False).order_by("agreement_on", "college").first()


def find_offerings(filters: Filters, *, on: date, page: int = 1) -> Found:
    """Give one page of the catalog as of a day, by set and title, with provider and set loaded. One query."""
    found = Offering.objects.select_related("provider", "set").annotate(taught=Cast("parts", TextField()))
    if not filters.ended:
        found = found.filter(Q(approved_until__isnull=True) | Q(approved_until__gte=on))
    for word in filters.words.split():
        found = found.filter(Q(title__icontains=word) | Q(taught__icontains=word) | Q(provider__name__icontains=word))
    for lookup, values in (("set__code", filters.sets), ("format", filters.formats), ("provider__kind", filters.kinds)):
        if values:
            found = found.filter(**{f"{lookup}__in": values})
    if filters.state:
        found = found.filter(provider__state=filters.state)
    first = (page - 1) * PAGE_SIZE
    counted = found.annotate(total=Window(Count("*"))).order_by("set__position", "title", "provider__name", "id")
    rows = list(counted[first : first + PAGE_SIZE])
    return Found(offerings=rows, total=rows[0].total if rows else 0)


def get_window(offering: Offering, *, credit_months_before: int) -> policy.Window | None:
    """Give the days on which finishing this course counts; None while its approval is not known."""
    return policy.credit_window(
        approved_on=offering.approved_on, approved_until=offering.approved_until, credit_months_before=credit_months_before
    )


def get_credit_months_before(candidacy: Candidacy | None, *, at: datetime) -> int:
    """Give how many months before an approval count: as promised to the candidate, or under the Terms of today."""
    terms = candidacy.terms if candidacy else programs.get_terms(dates.today(at))
    return terms.credit_months_before


def judge(offering: Offering, candidacy: Candidacy, completed_on: date, *, at: datetime) -> policy.Verdict:
    """Say whether a course finished on this day counts for this candidate, under the Terms of the candidacy."""
    return policy.judge(
        completed_on,
        approved_on=offering.approved_on,
        approved_until=offering.approved_until,
        credit_months_before=candidacy.terms.credit_months_before,
        today=local_day(candidacy.person, at=at),
    )


def local_day(person: User, *, at: datetime) -> date:
    """Give the date where the person is: nobody can have finished a course later than that."""
    return at.astimezone(ZoneInfo(person.time_zone)).date()


def is_open(candidacy: Candidacy, *, at: datetime) -> bool:
    """Say whether the candidacy is active and its last day is not over."""
    return candidacy.state == CandidacyState.ACTIVE and dates.in_time(candidacy.ends_on, at=at)


def get_standing(reader: AbstractBaseUser, offering: Offering, *, at: datetime) -> Standing:
    """Say where a reader stands with a course; somebody who never was a candidate stands nowhere. Three queries at most."""
    candidacy = candidates.get_candidacy(reader)
    if candidacy is None:
        return Standing()
    claim = get_live_claim(candidacy, set_code=offering.set.code)
    blocked = ""
    if any(done.code == offering.set.code for done in candidates.list_achievements(candidacy)):
        blocked = f"You achieved {offering.set.name} already. It counts once."
    elif claim is not None:
        blocked = f"Your proof for {offering.set.name} is with staff."
    elif candidacy.state == CandidacyState.COMPLETED:
        blocked = "You have completed the program."
    elif not is_open(candidacy, at=at):
        blocked = f"Your time in the program ended on {policy.written(candidacy.ends_on)}."
    elif offering.approved_on is None:
        blocked = policy.UNKNOWN_APPROVAL
    return Standing(candidacy=candidacy, blocked=blocked, claim=claim)


def get_live_claim(candidacy: Candidacy, *, set_code: str) -> Completion | None:
    """Give the completion for a set that waits or was accepted, or None."""
    return Completion.objects.filter(candidacy=candidacy, set__code=set_code, state__in=LIVE).first()


def list_claims(candidacy: Candidacy) -> list[Completion]:
    """Give all completions that were claimed, in every state, oldest first, so that a set's last one is its newest. One query."""
    found = Completion.objects.filter(candidacy=candidacy).select_related("offering__set", "offering__provider")
    return list(found.order_by("claimed_at", "id"))


def list_to_decide() -> QuerySet[Completion]:
    """Give the completions that wait for staff, the oldest first."""
    waiting = Completion.objects.filter(state=CompletionState.CLAIMED)
    return waiting.select_related("person", "offering__provider", "set").order_by("claimed_at", "id")


def list_waiting(*, at: datetime) -> list[Waiting]:
    """Give the completions that wait for staff, for their inbox. One query."""
    return [
        Waiting(
            queue="Completions",
            title="Accept a course completion",
            detail=f"{row.set.name}, {row.person.name}",
            url=reverse("courses:completion", args=[row.id]),
            since=dates.today(row.claimed_at),
            due_on=None,
            holder="Staff",
            needs_person=False,
        )
        for row in list_to_decide()[:WAITING_LIMIT]
    ]


def list_agreements() -> list[Agreement]:
    """Give the agreements with colleges by state and college. One query."""
    return sorted(Agreement.objects.all(), key=lambda row: (row.place, row.college, row.program))
