"""The reading door: the catalog, where a reader stands with a course, completions, and what waits for staff."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, TextField, Window
from django.db.models.functions import Cast

from candidates import queries as candidates
from candidates.states import CandidacyState
from courses import policy
from courses.models import Agreement, Approval, Completion, Confirmation, Offering, Provider, ProviderContact
from courses.places import STATES
from courses.queries.applying import (
    MAP_FIELDS,
    PAGES,
    SHORT_NAMES,
    Portal,
    Task,
    can_write,
    fee_kind,
    get_content,
    get_fee,
    get_page,
    get_renewal_time,
    list_contacts,
    list_map,
    list_pages,
    list_portals,
    list_tasks,
    snapshot,
)
from courses.queries.reviewing import (
    Proposal,
    get_side,
    is_changed_since_reviews,
    list_in_review,
    list_my_reviews,
    list_open_seats,
    list_refused_courses,
    list_requests,
    list_reviews,
    list_wishes,
    propose_reviewers,
    waits_for_reviews,
    where_review_stands,
    why_not_decide,
    why_not_sit,
)
from courses.states import LIVE, OPEN, CompletionState, Pace
from programs import policy as dates
from programs import queries as programs

if TYPE_CHECKING:
    from candidates.models import Candidacy
    from people.models import User

PAGE_SIZE = 25


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the catalog is narrowed to; an empty part narrows nothing. `ended` shows courses whose approval is over, too.

    `price` is in dollars, -1 for any; `within` is a number of days until the start, or "any" for self-paced courses; `taken_on` is the day
    on which somebody finished a course: it shows those that counted then, whether they are approved today or not.
    """

    words: str = ""
    sets: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    state: str = ""
    price: int = -1
    within: str = ""
    taken_on: date | None = None
    ended: bool = False

    @property
    def count(self) -> int:
        """Give how many parts narrow the list."""
        narrowed = (self.words, self.sets, self.formats, self.kinds, self.state, self.price >= 0, self.within, self.taken_on)
        return sum(map(bool, narrowed))


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
    claims: Sequence[Completion] = ()


def list_states() -> list[tuple[str, str]]:
    """Give the states that have a provider, as code and name, by name. One query."""
    codes = Provider.objects.exclude(state="").values_list("state", flat=True).distinct()
    return sorted(((code, STATES.get(code, code)) for code in codes), key=lambda pair: pair[1])


def get_first_agreement() -> Agreement | None:
    """Give the oldest agreement whose day is known, or None. One query."""
    known = Agreement.objects.public().filter(agreement_on__isnull=False).select_related("college")
    return known.order_by("agreement_on", "college__name").first()


def find_offerings(filters: Filters, *, on: date, credit_months_before: int, page: int = 1) -> Found:
    """Give one page of the catalog as of a day, by set and title, with provider and set loaded. One query."""
    found = Offering.objects.select_related("provider", "set").annotate(taught=Cast("parts", TextField()))
    if filters.taken_on:
        last = policy.last_approval_for(filters.taken_on, credit_months_before=credit_months_before)
        periods = Approval.objects.filter(offering=OuterRef("pk"), first_on__lte=last, last_on__gte=filters.taken_on)
        found = found.filter(Exists(periods))
    elif not filters.ended:
        found = found.filter(Q(approved_until__isnull=True) | Q(approved_until__gte=on))
    for word in filters.words.split():
        found = found.filter(Q(title__icontains=word) | Q(taught__icontains=word) | Q(provider__name__icontains=word))
    for lookup, values in (("set__code", filters.sets), ("format", filters.formats), ("provider__kind", filters.kinds)):
        if values:
            found = found.filter(**{f"{lookup}__in": values})
    if filters.state:
        found = found.filter(provider__state=filters.state)
    if filters.price >= 0:
        found = found.filter(price_cents__lte=100 * filters.price)
    if filters.within == "any":
        found = found.filter(pace__in=[Pace.SELF_PACED, Pace.BOTH])
    elif filters.within:
        found = found.filter(starts_on__gte=on, starts_on__lte=on + timedelta(days=int(filters.within)))
    first = (page - 1) * PAGE_SIZE
    counted = found.annotate(total=Window(Count("*"))).order_by("set__position", "title", "provider__name", "id")
    rows = list(counted[first : first + PAGE_SIZE])
    return Found(offerings=rows, total=rows[0].total if rows else 0)


def list_periods(offering: Offering) -> list[policy.Period]:
    """Give every period for which a course is or was approved, the earliest first. One query."""
    rows = offering.approvals.order_by("first_on").values_list("first_on", "last_on")
    return [policy.Period(first_on=first, last_on=last) for first, last in rows]


def list_windows(offering: Offering, *, credit_months_before: int) -> list[policy.Window]:
    """Give the days on which finishing this course counts; none while its approval is not known. One query."""
    return policy.credit_windows(list_periods(offering), credit_months_before=credit_months_before)


def get_credit_months_before(candidacy: Candidacy | None, *, at: datetime) -> int:
    """Give how many months before an approval count: as promised to the candidate, or under the Terms of today."""
    terms = candidacy.terms if candidacy else programs.get_terms(dates.today(at))
    return terms.credit_months_before


def judge(offering: Offering, candidacy: Candidacy, completed_on: date, *, at: datetime) -> policy.Verdict:
    """Say whether a course finished on this day counts for this candidate, under the Terms of the candidacy."""
    return policy.judge(
        completed_on,
        periods=list_periods(offering),
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
    claims = list_live_claims(candidacy, set_code=offering.set.code)
    mine = [one for one in claims if one.offering_id == offering.pk]
    blocked = ""
    if any(done.code == offering.set.code for done in candidates.list_achievements(candidacy)):
        blocked = f"You achieved {offering.set.name} already. It counts once."
    elif not _list_open_parts(offering, claims):
        blocked = _with_whom(offering, claims)
    elif candidacy.state == CandidacyState.COMPLETED:
        blocked = "You have completed the program."
    elif not is_open(candidacy, at=at):
        blocked = f"Your time in the program ended on {policy.written(candidacy.ends_on)}."
    elif offering.approved_on is None:
        blocked = policy.UNKNOWN_APPROVAL
    waiting = next((one for one in claims if one.state in OPEN), None)
    return Standing(candidacy=candidacy, blocked=blocked, claim=waiting or (claims[-1] if claims else None), claims=mine)


def _with_whom(offering: Offering, claims: Sequence[Completion]) -> str:
    asked = any(one.state == CompletionState.ASKED for one in claims)
    return f"Your proof for {offering.set.name} is with {'the provider' if asked else 'staff'}."


def _list_open_parts(offering: Offering, claims: Sequence[Completion]) -> list[int | None]:
    """Give what can be claimed of an offering beside the live claims for its set: parts by number, None for all at once."""
    if any(one.part is None or (one.offering_id != offering.pk and one.state in OPEN) for one in claims):
        return []
    mine = {one.part for one in claims if one.offering_id == offering.pk}
    parts = [number for number in range(1, len(offering.parts) + 1) if number not in mine] if len(offering.parts) > 1 else []
    return [*parts, *([] if mine else [None])]


def list_open_parts(candidacy: Candidacy, offering: Offering) -> list[int | None]:
    """Give what a candidate can claim of an offering now: parts by number, None for all at once. One query."""
    return _list_open_parts(offering, list_live_claims(candidacy, set_code=offering.set.code))


def why_not_claim(candidacy: Candidacy, offering: Offering, *, part: int | None) -> str:
    """Say why this can't be claimed beside the live claims for the set; "" where it can. One query."""
    claims = list_live_claims(candidacy, set_code=offering.set.code)
    if part in _list_open_parts(offering, claims):
        return ""
    if part is None and claims and all(one.offering_id == offering.pk and one.part for one in claims):
        return "You sent one of these courses already. Send the others one by one."
    return f"{_with_whom(offering, claims).removesuffix('.')} already."


def list_live_claims(candidacy: Candidacy, *, set_code: str) -> list[Completion]:
    """Give the completions for a set that wait or were accepted, the oldest first. One query."""
    found = Completion.objects.filter(candidacy=candidacy, set__code=set_code, state__in=LIVE).select_related("offering")
    return list(found.order_by("claimed_at", "id"))


def get_live_claim(candidacy: Candidacy, *, set_code: str, part: int | None = None) -> Completion | None:
    """Give the completion for a set, or for one part of it, that waits or was accepted, or None."""
    live = list_live_claims(candidacy, set_code=set_code)
    return next((one for one in live if part is None or one.part in (None, part)), None)


def list_parts_left(completion: Completion) -> list[str]:
    """Give the titles of the parts of this offering that are not accepted yet; none for a claim of all. One query."""
    if completion.part is None:
        return []
    accepted = set(
        Completion.objects.filter(
            candidacy=completion.candidacy_id, offering=completion.offering_id, state=CompletionState.ACCEPTED
        ).values_list("part", flat=True)
    )
    return [title for number, title in enumerate(completion.offering.parts, 1) if number not in accepted and number != completion.part]


def list_confirming(offering: Offering, *, person: User) -> list[ProviderContact]:
    """Give the contacts who can confirm a completion of this person, never the person. One query."""
    contacts = ProviderContact.objects.confirmed().filter(provider=offering.provider_id).exclude(person=person)
    return list(contacts.select_related("person", "provider").order_by("asked_at", "id"))


def list_claims(candidacy: Candidacy) -> list[Completion]:
    """Give all completions that were claimed, in every state, oldest first, so that a set's last one is its newest. One query."""
    found = Completion.objects.filter(candidacy=candidacy).select_related("offering__set", "offering__provider")
    return list(found.order_by("claimed_at", "id"))


def list_to_decide() -> QuerySet[Completion]:
    """Give the completions that wait for staff, the oldest first."""
    waiting = Completion.objects.filter(state=CompletionState.CLAIMED)
    return waiting.select_related("person", "offering__provider", "set").order_by("claimed_at", "id")


def list_to_confirm(person: User) -> list[Confirmation]:
    """Give what a provider's contact is asked to confirm, the oldest first. One query."""
    asked = Confirmation.objects.filter(contact__person=person, contact__state="confirmed", completion__state=CompletionState.ASKED)
    found = asked.filter(answered_at=None).select_related("completion__person", "completion__offering__provider", "contact")
    return list(found.order_by("asked_on", "id"))


def list_titles_taken(people: Collection[int]) -> dict[int, set[str]]:
    """Give the titles of the courses that each of these people (by key) claimed to have finished. One query."""
    taken: dict[int, set[str]] = {}
    for person, title in Completion.objects.filter(person_id__in=people).values_list("person_id", "offering__title"):
        taken.setdefault(person, set()).add(title)
    return taken


__all__ = [
    "MAP_FIELDS",
    "PAGES",
    "PAGE_SIZE",
    "SHORT_NAMES",
    "Filters",
    "Found",
    "Portal",
    "Proposal",
    "Standing",
    "Task",
    "can_write",
    "fee_kind",
    "find_offerings",
    "get_content",
    "get_credit_months_before",
    "get_fee",
    "get_first_agreement",
    "get_live_claim",
    "get_page",
    "get_renewal_time",
    "get_side",
    "get_standing",
    "is_changed_since_reviews",
    "is_open",
    "judge",
    "list_claims",
    "list_confirming",
    "list_contacts",
    "list_in_review",
    "list_live_claims",
    "list_map",
    "list_my_reviews",
    "list_open_parts",
    "list_open_seats",
    "list_pages",
    "list_parts_left",
    "list_periods",
    "list_portals",
    "list_refused_courses",
    "list_requests",
    "list_reviews",
    "list_states",
    "list_tasks",
    "list_titles_taken",
    "list_to_confirm",
    "list_to_decide",
    "list_windows",
    "list_wishes",
    "local_day",
    "propose_reviewers",
    "snapshot",
    "waits_for_reviews",
    "where_review_stands",
    "why_not_claim",
    "why_not_decide",
    "why_not_sit",
]
