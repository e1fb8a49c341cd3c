"""Queries: what the public reads, what a college's contact sees, claims, and what waits for staff."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower

from agreements import policy
from agreements.models import Agreement, AgreementSet, College, CollegeContact, GraduateClaim, PostedGraduate
from agreements.states import LIVE_CLAIMS, AgreementState, ClaimState, Credential
from candidates import queries as candidates
from candidates.states import LIVE as LIVE_APPLICATION
from candidates.states import CandidacyState
from ledger.prepared import ask
from ledger.transitions import is_own
from programs import policy as dates
from programs import queries as programs
from programs.policy import Verdict, written
from programs.states import SetKind

if TYPE_CHECKING:
    from candidates.models import Application, Candidacy
    from people.models import User
    from programs.models import CompetencySet

PAGE_SIZE = 25
ENDING_DAYS = 90


@dataclass(frozen=True, kw_only=True)
class SetInAgreement:
    """One of the ten sets beside what an agreement says about it."""

    set: CompetencySet
    courses: str
    covered: bool
    condition: str

    @property
    def required(self) -> bool:
        """Say whether everyone needs the set."""
        return self.set.kind == SetKind.REQUIRED


@dataclass(frozen=True, kw_only=True)
class ClaimStanding:
    """Where a reader stands with an agreement: why it can't be claimed ("" where it can), and their live claim by it."""

    basis: Candidacy | Application | None = None
    blocked: str = ""
    claim: GraduateClaim | None = None


def list_public() -> QuerySet[Agreement]:
    """Give the agreements that everyone may read, by state and college; one that was renewed is found from the newer one."""
    agreements = Agreement.objects.public().exclude(state=AgreementState.RENEWED).select_related("college")
    return agreements.order_by("college__state", "college__name", "program", "id")


def get_first() -> Agreement | None:
    """Give the oldest agreement whose day is known, or None. One query."""
    known = Agreement.objects.public().filter(agreement_on__isnull=False).select_related("college")
    return known.order_by("agreement_on", "college__name").first()


def count_by_year() -> dict[int, int]:
    """Give how many agreements were made in each year, of those whose day is known. One query."""
    known = Agreement.objects.public().filter(agreement_on__isnull=False).order_by("agreement_on__year")
    return dict(known.values_list("agreement_on__year").annotate(count=Count("id")))


def list_own(person: AbstractBaseUser) -> list[Agreement]:
    """Give all programs of the colleges that a person speaks for, the newest first, with the number of posted graduates. One query."""
    agreements = Agreement.objects.visible_to(person).select_related("college", "renewed_by").annotate(posted=Count("graduates"))
    return list(agreements.order_by("college__name", "-written_at", "id"))


def list_colleges(person: AbstractBaseUser) -> list[College]:
    """Give the colleges that a person speaks for, by name. One query."""
    return list(College.objects.filter(contacts__person_id=person.pk).order_by("name"))


def is_contact(person: AbstractBaseUser, college: College) -> bool:
    """Say whether a person speaks for this college."""
    return CollegeContact.objects.filter(college=college, person_id=person.pk).exists()


def why_not_decide(agreement: Agreement, person: AbstractBaseUser) -> str:
    """Say why someone on the staff may not decide on a program or agreement, "" where they may: no one decides on their own."""
    if is_own(agreement, person):
        return agreement.STATES.own
    if is_contact(person, agreement.college):
        return "You represent this college. Another staff member must decide on it."
    return ""


def list_rows(agreement: Agreement) -> list[SetInAgreement]:
    """Give the ten sets in their order with what the agreement says. Two queries."""
    by_set = {row.set_id: row for row in agreement.sets.all()}
    empty = AgreementSet()
    rows = []
    for competency_set, _ in programs.list_sized_sets():
        row = by_set.get(competency_set.pk, empty)
        rows.append(SetInAgreement(set=competency_set, courses=row.courses, covered=row.covered, condition=row.condition))
    return rows


def list_covered(agreement: Agreement) -> list[CompetencySet]:
    """Give the sets that the agreement covers, in their order. One query."""
    agreement_sets = agreement.sets.filter(covered=True).select_related("set").order_by("set__position")
    return [row.set for row in agreement_sets]


def to_places(rows: Iterable[SetInAgreement]) -> list[policy.SetCoverage]:
    """Give what the policy needs to know of the ten sets."""
    return [policy.SetCoverage(name=row.set.name, required=row.required, covered=row.covered, condition=row.condition) for row in rows]


def get_days(agreement: Agreement) -> policy.Days:
    """Give the days of an agreement, as far as they are known."""
    return policy.Days(agreement_on=agreement.agreement_on, retroactive_to=agreement.retroactive_to, ends_on=agreement.ends_on)


def judge(agreement: Agreement, graduated_on: date, *, person: User, at: datetime) -> Verdict:
    """Say whether a graduation on this day counts; no one can have graduated later than the date where they are."""
    return policy.judge(graduated_on, days=get_days(agreement), today=at.astimezone(ZoneInfo(person.time_zone)).date())


def get_claim_standing(reader: AbstractBaseUser, agreement: Agreement, *, at: datetime) -> ClaimStanding:
    """Say where a reader stands with an agreement; who neither is a candidate nor applies stands nowhere. Three queries at most."""
    candidacy = candidates.get_candidacy(reader)
    basis: Candidacy | Application | None = candidacy
    if candidacy is None or candidacy.state == CandidacyState.EXPIRED:
        application = candidates.get_application(reader)
        if application is not None and application.state in LIVE_APPLICATION:
            basis = application
    if basis is None:
        return ClaimStanding()
    live = GraduateClaim.objects.filter(person_id=reader.pk).filter(
        Q(agreement=agreement, state__in=LIVE_CLAIMS) | Q(state=ClaimState.CLAIMED)
    )
    claim = live.select_related("agreement__college").first()
    blocked = ""
    if claim is not None:
        accepted = claim.state == ClaimState.ACCEPTED
        blocked = (
            "Your claim under this agreement was accepted."
            if accepted
            else f"Your claim as a graduate of {claim.agreement.college} is under review."
        )
    elif basis is candidacy and candidacy is not None:
        if candidacy.state == CandidacyState.COMPLETED:
            blocked = "You have completed the program."
        elif candidacy.state != CandidacyState.ACTIVE or not dates.in_time(candidacy.ends_on, at=at):
            blocked = f"Your time in the program ended on {written(candidacy.ends_on)}."
    if not blocked and get_days(agreement).window is None:
        blocked = policy.UNKNOWN_AGREEMENT
    return ClaimStanding(basis=basis, blocked=blocked, claim=claim)


def was_posted(agreement: Agreement, email: str) -> PostedGraduate | None:
    """Give the college's posting of a graduate with this address, or None."""
    graduates = PostedGraduate.objects.alias(address=Lower("email")).filter(agreement=agreement, address=email.lower())
    return graduates.select_related("posted_by").first()


def list_graduate_claims(person: AbstractBaseUser) -> list[GraduateClaim]:
    """Give a person's claims in every state, oldest first. One query."""
    return ask(
        lambda person: GraduateClaim.objects.filter(person_id=person).select_related("agreement__college").order_by("claimed_at", "id"),
        person.pk,
    )


def list_refused(person: AbstractBaseUser) -> list[Agreement]:
    """Give the programs that a person submitted and that were refused, newest first. One query."""
    agreements = Agreement.objects.filter(submitted_by_id=person.pk, state=AgreementState.REFUSED).select_related("college")
    return list(agreements.order_by("-decided_at", "id"))


def list_conditions(person: AbstractBaseUser) -> dict[str, str]:
    """Give what the agreement of a graduate says on sets that it does not cover, by the code of the set. One query."""
    rows = ask(
        lambda person: (
            AgreementSet.objects.filter(agreement__claims__person_id=person, agreement__claims__state=ClaimState.ACCEPTED, covered=False)
            .exclude(condition="")
            .select_related("set")
            .order_by("agreement__agreement_on")
        ),
        person.pk,
    )
    return {row.set.code: row.condition for row in rows}


def list_claims_to_decide() -> QuerySet[GraduateClaim]:
    """Give the graduates' claims that wait for staff, the oldest first."""
    waiting = GraduateClaim.objects.filter(state=ClaimState.CLAIMED)
    return waiting.select_related("person", "agreement__college").order_by("claimed_at", "id")


def describe_program(program: str, credential: str) -> str:
    """Give a program and its credential, as far as they are known."""
    return ", ".join(part for part in (program, dict(Credential.choices).get(credential, "")) if part)


def list_submitted() -> QuerySet[Agreement]:
    """Give the programs that wait for staff, the oldest first."""
    waiting = Agreement.objects.filter(state=AgreementState.SUBMITTED)
    return waiting.select_related("college", "submitted_by").order_by("submitted_at", "id")


def list_signed() -> QuerySet[Agreement]:
    """Give all agreements that were signed at some time, those that end first on top."""
    return Agreement.objects.public().select_related("college").order_by("ends_on", "college__name", "id")


def list_orphaned() -> QuerySet[Agreement]:
    """Give signed agreements of colleges that no one speaks for: the reminders of their end reach no one there."""
    signed = Agreement.objects.filter(state=AgreementState.SIGNED, ends_on__isnull=False, college__contacts__isnull=True)
    return signed.select_related("college").order_by("ends_on", "id")
