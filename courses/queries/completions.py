"""Completions: where a reader stands with a course, which day counts, and what waits for the provider or for staff."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet

from candidates import queries as candidates
from candidates.states import CandidacyState
from courses import policy
from courses.models import Completion, Confirmation, Offering, ProviderContact
from courses.queries.catalog import list_periods
from courses.states import LIVE, OPEN, CompletionState
from ledger.prepared import ask
from programs import policy as dates
from programs import queries as programs
from programs.policy import Verdict, written

if TYPE_CHECKING:
    from candidates.models import Candidacy
    from people.models import User


@dataclass(frozen=True, kw_only=True)
class CourseStanding:
    """Where a reader stands with a course: why it can't be claimed ("" where it can), what of it can, and their live claim for its set."""

    candidacy: Candidacy | None = None
    blocked: str = ""
    claim: Completion | None = None
    claims: Sequence[Completion] = ()
    parts: Sequence[int | None] = ()


def get_credit_months_before(candidacy: Candidacy | None, *, at: datetime) -> int:
    """Give how many months before an approval count: as promised to the candidate, or under the Terms of today."""
    terms = candidacy.terms if candidacy else programs.get_terms(dates.today(at))
    return terms.credit_months_before


def judge(offering: Offering, candidacy: Candidacy, completed_on: date, *, at: datetime) -> Verdict:
    """Say whether a course finished on this day counts for this candidate, under the Terms of the candidacy."""
    return policy.judge(
        completed_on,
        periods=list_periods(offering),
        credit_months_before=candidacy.terms.credit_months_before,
        today=local_day(candidacy.person, at=at),
    )


def local_day(person: User, *, at: datetime) -> date:
    """Give the date where the person is: no one can have finished a course later than that."""
    return at.astimezone(ZoneInfo(person.time_zone)).date()


def is_open(candidacy: Candidacy, *, at: datetime) -> bool:
    """Say whether the candidacy is active and its last day is not over."""
    return candidacy.state == CandidacyState.ACTIVE and dates.in_time(candidacy.ends_on, at=at)


def get_standing(reader: AbstractBaseUser, offering: Offering, *, at: datetime) -> CourseStanding:
    """Say where a reader stands with a course; someone who never was a candidate stands nowhere. Three queries at most."""
    candidacy = candidates.get_candidacy(reader)
    if candidacy is None:
        return CourseStanding()
    claims = list_live_claims(candidacy, set_code=offering.set.code)
    mine = [completion for completion in claims if completion.offering_id == offering.pk]
    parts = _list_open_parts(offering, claims)
    blocked = ""
    if any(achieved_set.code == offering.set.code for achieved_set in candidates.list_achievements(candidacy)):
        blocked = f"You achieved {offering.set.name} already. It counts once."
    elif not parts:
        blocked = _with_whom(offering, claims)
    elif candidacy.state == CandidacyState.COMPLETED:
        blocked = "You have completed the program."
    elif not is_open(candidacy, at=at):
        blocked = f"Your time in the program ended on {written(candidacy.ends_on)}."
    elif offering.approved_on is None:
        blocked = policy.UNKNOWN_APPROVAL
    waiting = next((completion for completion in claims if completion.state in OPEN), None)
    return CourseStanding(candidacy=candidacy, blocked=blocked, claim=waiting or (claims[-1] if claims else None), claims=mine, parts=parts)


def _with_whom(offering: Offering, claims: Sequence[Completion]) -> str:
    is_asked = any(completion.state == CompletionState.ASKED for completion in claims)
    return f"Your proof for {offering.set.name} is {'waiting for the provider' if is_asked else 'under review'}."


def _list_open_parts(offering: Offering, claims: Sequence[Completion]) -> list[int | None]:
    """Give what can be claimed of an offering beside the live claims for its set: parts by number, None for all at once."""
    if any(completion.part is None or (completion.offering_id != offering.pk and completion.state in OPEN) for completion in claims):
        return []
    mine = {completion.part for completion in claims if completion.offering_id == offering.pk}
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
    if part is None and claims and all(completion.offering_id == offering.pk and completion.part for completion in claims):
        return "You sent one of these courses already. Send the others one by one."
    return f"{_with_whom(offering, claims).removesuffix('.')} already."


def list_live_claims(candidacy: Candidacy, *, set_code: str) -> list[Completion]:
    """Give the completions for a set that wait or were accepted, the oldest first. One query."""
    completions = Completion.objects.filter(candidacy=candidacy, set__code=set_code, state__in=LIVE).select_related("offering")
    return list(completions.order_by("claimed_at", "id"))


def get_live_claim(candidacy: Candidacy, *, set_code: str, part: int | None = None) -> Completion | None:
    """Give the completion for a set, or for one part of it, that waits or was accepted, or None."""
    live = list_live_claims(candidacy, set_code=set_code)
    return next((completion for completion in live if part is None or completion.part in (None, part)), None)


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


def list_confirming(offering: Offering, *, person: User) -> QuerySet[ProviderContact]:
    """Give the contacts who can confirm a completion of this person, never the person."""
    contacts = ProviderContact.objects.confirmed().filter(provider=offering.provider_id).exclude(person=person)
    return contacts.select_related("person", "provider").order_by("asked_at", "id")


def list_claims(candidacy: Candidacy) -> list[Completion]:
    """Give all completions that were claimed, in every state, oldest first, so that a set's last one is its newest. One query."""
    return ask(
        lambda id: (
            Completion.objects.filter(candidacy_id=id).select_related("offering__set", "offering__provider").order_by("claimed_at", "id")
        ),
        candidacy.pk,
    )


def list_claims_of(person: AbstractBaseUser) -> list[Completion]:
    """Give all completions that a person claimed in any candidacy, oldest first. One query."""
    return ask(
        lambda person: (
            Completion.objects.filter(person_id=person).select_related("offering__set", "offering__provider").order_by("claimed_at", "id")
        ),
        person.pk,
    )


def list_refused_claims(person: User) -> list[Completion]:
    """Give a person's completions that were refused, of candidacies that are over, too, oldest first. One query."""
    completions = Completion.objects.filter(person=person, state=CompletionState.REFUSED).select_related(
        "offering__set", "offering__provider"
    )
    return list(completions.order_by("claimed_at", "id"))


def list_to_decide() -> QuerySet[Completion]:
    """Give the completions that wait for staff, the oldest first."""
    waiting = Completion.objects.filter(state=CompletionState.CLAIMED)
    return waiting.select_related("person", "offering__provider", "set").order_by("claimed_at", "id")


def list_to_confirm(person: User) -> list[Confirmation]:
    """Give what a provider's contact is asked to confirm, the oldest first. One query."""
    confirmations = Confirmation.objects.filter(contact__person=person, contact__state="confirmed", completion__state=CompletionState.ASKED)
    unanswered = confirmations.filter(answered_at=None).select_related("completion__person", "completion__offering__provider", "contact")
    return list(unanswered.order_by("asked_on", "id"))


def list_titles_taken(people: Collection[int]) -> dict[int, set[str]]:
    """Give the titles of the courses that each of these people (by key) claimed to have finished. One query."""
    taken: dict[int, set[str]] = {}
    for person, title in Completion.objects.filter(person_id__in=people).values_list("person_id", "offering__title"):
        taken.setdefault(person, set()).add(title)
    return taken
