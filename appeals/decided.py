"""What the rooms below decided against a person. Part of the reading door."""

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


# By kind: ask the room that decides for what it decided against a person and still stands, each with its title, and when.
SOURCES: dict[DecisionKind, Callable[[User], list[tuple[Any, str, date | datetime | None]]]] = {
    DecisionKind.APPLICATION: lambda person: [(one, "your application", one.decided_at) for one in candidates.list_refused(person)],
    DecisionKind.PORTFOLIO: lambda person: [
        (one, f"your {one.set.name} portfolio", one.decided_on) for one in portfolios.list_not_achieved(person)
    ],
    DecisionKind.COMPLETION: lambda person: [
        (one, f"the course {one.offering.title}", one.decided_at) for one in courses.list_refused_claims(person)
    ],
    DecisionKind.GRADUATION: lambda person: [
        (one, f"your transcript from {one.agreement.college.name}", one.decided_at)
        for one in agreements.list_graduate_claims(person)
        if one.state == ClaimState.REFUSED
    ],
    DecisionKind.RENEWAL: lambda person: [(one, "your renewal", renewals.get_refusal_day(one)) for one in renewals.list_renewals(person)],
    DecisionKind.CERTIFICATE: lambda person: [
        (one, f"certificate {one.number}", one.decided_on) for one in certificates.list_certificates(person) if one.state in STOPS
    ],
    DecisionKind.COURSE: lambda person: [(one, f"the course {one}", one.decided_at) for one in courses.list_refused_courses(person)],
    DecisionKind.AGREEMENT: lambda person: [
        (one, f"the program {one.title} of {one.college.name}", one.decided_at) for one in agreements.list_refused(person)
    ],
    DecisionKind.EXTENSION: lambda person: [
        (one, "your request for more time", one.decided_at) for one in candidates.list_declined(person)
    ],
    DecisionKind.REUSE: lambda person: [(one, "your sets from an earlier candidacy", at) for one, at in candidates.list_left_out(person)],
    DecisionKind.EVALUATOR: lambda person: [
        (one, f"your application to rate {one.set.name}", one.decided_at) for one in portfolios.list_refused_requests(person)
    ],
}


def list_decided(person: User, *, only: str = "") -> Iterator[Found]:
    """Ask each room for what it decided against a person, or that of `only` one kind: kind, row, title, and day. One query a kind."""
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
