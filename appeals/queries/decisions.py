"""What the apps below decided against a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from agreements import queries as agreements
from agreements.states import ClaimState
from appeals import policy
from appeals.models import Appeal
from appeals.states import DecisionKind
from candidates import queries as candidates
from certificates import queries as certificates
from certificates.states import CertificateState
from courses import queries as courses
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
    """A decision against someone that can be appealed until `notice_by`; `thing` is the row that was decided."""

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


# By kind: ask the app that decides for what it decided against a person and still stands, each with its title, and when.
SOURCES: dict[DecisionKind, Callable[[User], list[tuple[Any, str, date | datetime | None]]]] = {
    DecisionKind.APPLICATION: lambda person: [
        (application, "your application", application.decided_at) for application in candidates.list_refused(person)
    ],
    DecisionKind.PORTFOLIO: lambda person: [
        (portfolio, f"your {portfolio.set.name} portfolio", portfolio.decided_on) for portfolio in portfolios.list_not_achieved(person)
    ],
    DecisionKind.COMPLETION: lambda person: [
        (completion, f"the course {completion.offering.title}", completion.decided_at) for completion in courses.list_refused_claims(person)
    ],
    DecisionKind.GRADUATION: lambda person: [
        (graduate_claim, f"your transcript from {graduate_claim.agreement.college.name}", graduate_claim.decided_at)
        for graduate_claim in agreements.list_graduate_claims(person)
        if graduate_claim.state == ClaimState.REFUSED
    ],
    DecisionKind.RENEWAL: lambda person: [
        (renewal, "your renewal", renewals.get_refusal_day(renewal)) for renewal in renewals.list_renewals(person)
    ],
    DecisionKind.CERTIFICATE: lambda person: [
        (certificate, f"certificate {certificate.number}", certificate.decided_on)
        for certificate in certificates.list_certificates(person)
        if certificate.state in STOPS
    ],
    DecisionKind.COURSE: lambda person: [
        (application, f"the course {application}", application.decided_at) for application in courses.list_refused_courses(person)
    ],
    DecisionKind.AGREEMENT: lambda person: [
        (agreement, f"the program {agreement.title} of {agreement.college.name}", agreement.decided_at)
        for agreement in agreements.list_refused(person)
    ],
    DecisionKind.EXTENSION: lambda person: [
        (extension_request, "your request for more time", extension_request.decided_at)
        for extension_request in candidates.list_declined(person)
    ],
    DecisionKind.REUSE: lambda person: [(row, "your sets from an earlier candidacy", at) for row, at in candidates.list_left_out(person)],
    DecisionKind.EVALUATOR: lambda person: [
        (set_request, f"your application to rate {set_request.set.name}", set_request.decided_at)
        for set_request in portfolios.list_refused_requests(person)
    ],
}


def list_decided(person: User, *, only: str = "") -> Iterator[Found]:
    """Ask each app for what it decided against a person, or that of `only` one kind: kind, row, title, and day. One query a kind."""
    for kind, ask in SOURCES.items():
        if only in ("", kind):
            for row, title, decided in ask(person):
                if decided:
                    yield kind, row, title, calendar.today(decided) if isinstance(decided, datetime) else decided


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
