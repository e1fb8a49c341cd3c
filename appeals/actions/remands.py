"""Where a decision goes that was sent back, and what decides on it again.

Each kind has the action of its app that puts the row back as it was sent, the page on which it is decided, and the transitions that do so.
A portfolio is rated by others instead, which needs no one here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.urls import reverse

from agreements import actions as agreements
from appeals.models import Appeal
from appeals.states import DecisionKind
from candidates import actions as candidates
from candidates import queries as applying
from certificates import actions as certificates
from courses import actions as courses
from ledger import queries as ledger
from portfolios import actions as portfolios
from portfolios import queries as rating
from renewals import actions as renewals

if TYPE_CHECKING:
    from people.models import User


@dataclass(frozen=True)
class Way:
    """How one kind of decision goes back: the action, the page, the row's model, and the events that decide on it or end it.

    An event without a dot is a transition of the model. `shown_with` gives the key of what the page is about, where that is not the row.
    """

    send: Callable[..., Any]
    page: str
    model: str
    verbs: str
    shown_with: Callable[[UUID], UUID] | None = None


WAYS = {
    DecisionKind.APPLICATION: Way(
        candidates.remand, "candidates:review", "candidates.application", "admit admit_provisionally refuse withdraw"
    ),
    DecisionKind.PORTFOLIO: Way(portfolios.remand, "portfolios:office", "portfolios.portfolio", ""),
    DecisionKind.COMPLETION: Way(courses.remand, "courses:completion", "courses.completion", "accept refuse withdraw"),
    DecisionKind.GRADUATION: Way(agreements.remand_claim, "agreements:graduate", "agreements.graduateclaim", "accept refuse withdraw"),
    DecisionKind.RENEWAL: Way(renewals.remand, "renewals:review", "renewals.renewal", "approve refuse"),
    DecisionKind.CERTIFICATE: Way(certificates.remand, "certificates:certificate", "certificates.certificate", "reinstate stand revoke"),
    DecisionKind.COURSE: Way(courses.remand_course, "courses:review_course", "courses.courseapplication", "approve refuse withdraw"),
    DecisionKind.AGREEMENT: Way(agreements.remand, "agreements:review", "agreements.agreement", "sign refuse withdraw"),
    DecisionKind.EXTENSION: Way(
        candidates.remand_extension,
        "candidates:candidacy",
        "candidates.extensionrequest",
        "grant decline close",
        shown_with=lambda id: applying.find_extension_request(id).candidacy_id,
    ),
    DecisionKind.REUSE: Way(
        candidates.remand_reuse,
        "candidates:candidacy",
        "candidates.candidacy",
        "candidates.set.reuse candidates.set.leave_out candidates.candidacy.close_reuse",
    ),
    DecisionKind.EVALUATOR: Way(
        portfolios.remand_request,
        "portfolios:application",
        "portfolios.setrequest",
        "approve refuse withdraw",
        shown_with=lambda id: rating.find_request(id).application_id,
    ),
}


def send_back(appeal: Appeal, thing: Any, *, actor: User, at: datetime) -> None:
    """Put what was decided before those who decide again, with the committee's words. Raises what the app refuses."""
    WAYS[DecisionKind(appeal.kind)].send(thing, reason=appeal.verdict_text, actor=actor, at=at)


def get_page(appeal: Appeal) -> str:
    """Give the address of the page on which staff decide again."""
    way = WAYS[DecisionKind(appeal.kind)]
    return reverse(way.page, args=[way.shown_with(appeal.reference) if way.shown_with else appeal.reference])


def is_decided_again(appeal: Appeal) -> bool | None:
    """Whether someone decided on it after it went back; None where it never did, as with those heard before it could. Two queries."""
    way = WAYS[DecisionKind(appeal.kind)]
    table = apps.get_model(way.model).STATES.name
    by = [verb if "." in verb else f"{table}.{verb}" for verb in way.verbs.split()]
    return ledger.has_followed(f"{table}.remand", label=way.model, id=appeal.reference, by=by)
