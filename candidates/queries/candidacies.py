"""Candidacies: their plan, their sets, and what candidates ask for and show."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from candidates import policy
from candidates.models import Achievement, Candidacy, ChosenSet, Employment, ExtensionRequest, HoursClaim, Reuse
from candidates.queries.applications import count_employments
from candidates.states import CandidacyState, ExtensionState, HoursState
from ledger import queries as ledger
from ledger.prepared import ask, ask_first
from people import decisions
from programs import policy as dates
from programs.states import SetKind

if TYPE_CHECKING:
    from people.models import User


def get_candidacy(person: AbstractBaseUser) -> Candidacy | None:
    """Give the person's newest candidacy, with its terms, or None."""
    return ask_first(
        lambda person: (
            Candidacy.objects.filter(person_id=person).select_related("person", "terms", "application").order_by("-admitted_on", "-id")[:1]
        ),
        person.pk,
    )


def list_candidacies(person: AbstractBaseUser) -> list[Candidacy]:
    """Give all of a person's candidacies with their terms, newest first. One query."""
    return ask(lambda person: Candidacy.objects.filter(person_id=person).select_related("terms").order_by("-admitted_on", "-id"), person.pk)


def get_hours_claim(candidacy: Candidacy) -> HoursClaim | None:
    """Give the hours that the candidate shows after a provisional admission, or None."""
    return HoursClaim.objects.filter(candidacy_id=candidacy.pk).select_related("candidacy__terms", "decided_by").first()


def list_claim_employments(claim: HoursClaim) -> list[Employment]:
    """Give the employments of work of such a claim in the order in which they were added."""
    return list(claim.employments.order_by("added_at", "-began_on", "id"))


def count_claim(claim: HoursClaim, *, at: datetime, employments: list[Employment] | None = None) -> policy.Count:
    """Count the hours of a claim as of the day on which it was sent, or as of today."""
    rows = list_claim_employments(claim) if employments is None else employments
    return count_employments(rows, terms=claim.candidacy.terms, on=claim.sent_on or dates.today(at))


def get_hours_end(candidacy: Candidacy) -> date:
    """Give the last day of what is provisional, counted from the admission, which an extension does not move."""
    return dates.add_months(candidacy.admitted_on, candidacy.terms.provisional_months)


def list_achievements(candidacy: Candidacy) -> list[policy.AchievedSet]:
    """Give the achieved sets, earliest first."""
    rows = ask(lambda id: Achievement.objects.filter(candidacy_id=id).select_related("set").order_by("on", "set__position"), candidacy.pk)
    return [_achieved(row) for row in rows]


def get_plan(candidacy: Candidacy) -> list[policy.Slot]:
    """Give the six places of the plan: three required sets, electives chosen, then empty ones. Two queries."""
    chosen = ask(
        lambda id: ChosenSet.objects.filter(candidacy_id=id).select_related("set").order_by("position", "set__position"), candidacy.pk
    )
    planned = [policy.PlannedSet(code=row.set.code, name=row.set.name, kind=row.set.kind, way=row.way) for row in chosen]
    terms = candidacy.terms
    return policy.arrange(planned, list_achievements(candidacy), required=terms.required_sets, electives=terms.elective_sets)


def list_running() -> QuerySet[Candidacy]:
    """Give the active candidacies, each with `promised_on`, the day on which its last day was promised."""
    return Candidacy.objects.filter(state=CandidacyState.ACTIVE).annotate(promised_on=Coalesce("extended_on", "admitted_on"))


def count_left(ids: Collection[UUID]) -> dict[UUID, int]:
    """Give the number of sets that are still to do in each candidacy. One query."""
    kinds = {f"{kind}_done": Count("achievements", filter=Q(achievements__set__kind=kind)) for kind in SetKind.values}
    rows = Candidacy.objects.filter(id__in=ids).select_related("terms").annotate(**kinds)
    return {row.id: _left(row) for row in rows}


def _left(row: Any) -> int:
    required = max(row.terms.required_sets - row.required_done, 0)
    return int(required + max(row.terms.elective_sets - row.elective_done, 0))


def list_reusable(candidacy: Candidacy) -> list[Achievement]:
    """Give the sets of candidacies that ended which are not achieved in this one and on which no one decided, in the framework's order.

    Each once, as it was achieved last. One query.
    """
    here = candidacy.achievements.values("set__code")
    rows = Achievement.objects.filter(candidacy__person_id=candidacy.person_id, candidacy__state=CandidacyState.EXPIRED)
    rows = rows.exclude(candidacy=candidacy).exclude(set__code__in=here).select_related("set").order_by("on", "id")
    decided = Exists(candidacy.reuses.filter(earlier=OuterRef("pk")))
    newest = {row.set.code: row for row in rows.annotate(decided=decided)}
    return sorted((row for row in newest.values() if not row.decided), key=lambda row: row.set.position)


def list_reuses(candidacy: Candidacy) -> list[Reuse]:
    """Give what staff decided on sets of earlier candidacies. One query."""
    return list(candidacy.reuses.select_related("earlier__set", "decided_by").order_by("earlier__set__position"))


def get_extension_request(candidacy: Candidacy) -> ExtensionRequest | None:
    """Give the newest request for more time, or None."""
    rows = ExtensionRequest.objects.filter(candidacy_id=candidacy.pk).select_related("decided_by", "terms")
    return rows.order_by("-asked_at").first()


def list_declined(person: AbstractBaseUser) -> list[ExtensionRequest]:
    """Give a person's requests for more time that were declined, oldest first. One query."""
    rows = ExtensionRequest.objects.filter(candidacy__person_id=person.pk, state=ExtensionState.DECLINED, decided_by__isnull=False)
    return list(rows.select_related("candidacy__person").order_by("decided_at", "id"))


def find_extension_request(id: UUID) -> ExtensionRequest:
    """Give one request for more time; raises ExtensionRequest.DoesNotExist."""
    return ExtensionRequest.objects.get(pk=id)


def find_reuse_sent_back(candidacy: Candidacy, reader: User) -> decisions.SentBack | None:
    """Give how an appeal sent back sets of an earlier candidacy; who left them out can't decide anew. Four queries at most."""
    before = ledger.list_actors(subject=candidacy, verbs=["candidates.set.leave_out"])
    return decisions.find_sent_back(candidacy, reader, decided=(), also=before)


def list_left_out(person: AbstractBaseUser) -> list[tuple[Candidacy, datetime]]:
    """Give a person's candidacies in which staff let a set of an earlier one not count again, each with when. One query."""
    rows = Reuse.objects.filter(candidacy__person_id=person.pk, counts=False, candidacy__reuse_by=None).select_related("candidacy__terms")
    return list({row.candidacy_id: (row.candidacy, row.decided_at) for row in rows.order_by("decided_at", "id")}.values())


def list_extension_requests() -> QuerySet[ExtensionRequest]:
    """Give the requests for more time that wait for a decision, the most urgent first."""
    rows = ExtensionRequest.objects.filter(state=ExtensionState.ASKED).select_related("candidacy__person")
    return rows.order_by("decide_by", "id")


def list_reuse_to_decide() -> QuerySet[Candidacy]:
    """Give the candidacies with sets of an earlier one on which no one has decided, the most urgent first."""
    return Candidacy.objects.filter(reuse_by__isnull=False).select_related("person").order_by("reuse_by", "id")


def list_expiring(*, on: date) -> QuerySet[Candidacy]:
    """Give the active candidacies whose last day was before `on`."""
    return Candidacy.objects.filter(state="active", ends_on__lt=on).order_by("ends_on")


def _achieved(row: Achievement) -> policy.AchievedSet:
    return policy.AchievedSet(code=row.set.code, name=row.set.name, kind=row.set.kind, on=row.on, way=row.way)


def list_hours_to_check() -> QuerySet[HoursClaim]:
    """Give the hours of provisional candidates that wait for a decision, the most urgent first."""
    return HoursClaim.objects.filter(state=HoursState.SENT).select_related("candidacy__person").order_by("decide_by", "id")
