"""What the rooms below decided against a person. Part of the reading door."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from appeals import policy
from appeals.models import Appeal
from appeals.states import DecisionKind
from candidates import queries as candidates
from certificates import queries as certificates
from certificates.states import CertificateState
from courses import queries as courses
from courses.agreement_states import ClaimState
from courses.queries import agreements
from ledger import queries as ledger
from portfolios import queries as portfolios
from programs import policy as calendar
from renewals import queries as renewals

if TYPE_CHECKING:
    from people.models import User

STOPS = (CertificateState.SUSPENDED, CertificateState.REVOKED)
Found = tuple[DecisionKind, Any, str, date]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A decision against somebody that can be appealed until `notice_by`; `thing` is the row that was decided."""

    kind: DecisionKind
    reference: UUID
    title: str
    decided_on: date
    received_on: date
    dates: policy.Dates
    thing: Any = field(repr=False)
    appeal: Appeal | None = None

    @property
    def what(self) -> str:
        """What was decided, in words."""
        return self.kind.label


def list_decided(person: User) -> Iterator[Found]:
    """Ask each room for what it decided against a person and still stands: kind, row, title, and day. Eleven queries."""
    for row in candidates.list_refused(person):
        if row.decided_at is not None:
            yield DecisionKind.APPLICATION, row, "your application", calendar.today(row.decided_at)
    for portfolio in portfolios.list_not_achieved(person):
        if portfolio.decided_on:
            yield DecisionKind.PORTFOLIO, portfolio, f"your {portfolio.set.name} portfolio", portfolio.decided_on
    for completion in courses.list_refused_claims(person):
        if completion.decided_at:
            yield DecisionKind.COMPLETION, completion, f"the course {completion.offering.title}", calendar.today(completion.decided_at)
    for claim in agreements.list_graduate_claims(person):
        if claim.state == ClaimState.REFUSED and claim.decided_at:
            title = f"your transcript from {claim.agreement.college.name}"
            yield DecisionKind.GRADUATION, claim, title, calendar.today(claim.decided_at)
    for renewal in renewals.list_renewals(person):
        if refused_on := renewals.get_refusal_day(renewal):
            yield DecisionKind.RENEWAL, renewal, "your renewal", refused_on
    for certificate in certificates.list_certificates(person):
        if certificate.state in STOPS and certificate.decided_on:
            yield DecisionKind.CERTIFICATE, certificate, f"certificate {certificate.number}", certificate.decided_on
    for course in courses.list_refused_courses(person):
        if course.decided_at:
            yield DecisionKind.COURSE, course, f"the course {course}", calendar.today(course.decided_at)
    for agreement in agreements.list_refused(person):
        if agreement.decided_at:
            title = f"the program {agreement.title} of {agreement.college.name}"
            yield DecisionKind.AGREEMENT, agreement, title, calendar.today(agreement.decided_at)
    yield from _of_wishes(person)


def _of_wishes(person: User) -> Iterator[Found]:
    """What somebody asked staff for, and did not get."""
    for asked in candidates.list_declined(person):
        if asked.decided_at:
            yield DecisionKind.EXTENSION, asked, "your request for more time", calendar.today(asked.decided_at)
    for candidacy, decided_at in candidates.list_left_out(person):
        yield DecisionKind.REUSE, candidacy, "your sets from before", calendar.today(decided_at)
    for wish in portfolios.list_refused_requests(person):
        if wish.decided_at:
            yield DecisionKind.EVALUATOR, wish, f"your application to rate {wish.set.name}", calendar.today(wish.decided_at)


def list_makers(decision: Decision) -> set[int]:
    """Give the keys of those who made a decision: who rated, recommended, proposed, or decided. Two queries at most."""
    thing = decision.thing
    if decision.kind == DecisionKind.PORTFOLIO:
        return set(thing.assignments.filter(panel=thing.panel).values_list("evaluator__person", flat=True))
    if decision.kind == DecisionKind.CERTIFICATE:
        decided = ledger.list_actors(subject=thing, verbs=("certificates.certificate.suspend", "certificates.certificate.revoke"))
        return decided | certificates.list_proposers(thing)
    if decision.kind == DecisionKind.REUSE:
        return ledger.list_actors(subject=thing, verbs=("candidates.set.leave_out",))
    if decision.kind == DecisionKind.COURSE:
        return {thing.decided_by_id, *(row.evaluator.person_id for row in courses.list_reviews(thing))}
    return {thing.decided_by_id}
