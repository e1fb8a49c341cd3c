"""What waits for staff in this room."""

from datetime import datetime

from django.urls import reverse

from candidates.queries.applications import list_fees_to_decide, list_in_review
from candidates.queries.candidacies import list_extension_requests, list_hours_to_check, list_reuse_to_decide
from ledger.queries import Waiting
from programs import policy as dates

WAITING_LIMIT = 200


def list_waiting(*, at: datetime) -> list[Waiting]:
    """Give what waits for staff in this room, for their inbox. Five queries."""
    return [*_waiting_applications(), *_waiting_fees(), *_waiting_hours(), *_waiting_extensions(), *_waiting_reuses()]


def _waiting_hours() -> list[Waiting]:
    return [
        Waiting(
            queue="Hours",
            title=f"Check the hours: {row.candidacy.person.name}",
            detail="Admitted provisionally, shows the hours now",
            url=reverse("candidates:candidacy", args=[row.candidacy_id]),
            since=row.sent_on,
            due_on=row.decide_by,
            holder="Staff",
            needs_person=False,
        )
        for row in list_hours_to_check()[:WAITING_LIMIT]
        if row.sent_on
    ]


def _waiting_extensions() -> list[Waiting]:
    return [
        Waiting(
            queue="Extensions",
            title=f"More time: {row.candidacy.person.name}",
            detail="The candidate asks for the one extension",
            url=reverse("candidates:candidacy", args=[row.candidacy_id]),
            since=row.asked_on,
            due_on=row.decide_by,
            holder="Staff",
            needs_person=False,
        )
        for row in list_extension_requests()[:WAITING_LIMIT]
    ]


def _waiting_reuses() -> list[Waiting]:
    return [
        Waiting(
            queue="Sets from before",
            title=f"Which sets count again: {row.person.name}",
            detail="Admitted again, with sets of an earlier candidacy",
            url=reverse("candidates:candidacy", args=[row.id]),
            since=row.admitted_on,
            due_on=row.reuse_by,
            holder="Staff",
            needs_person=False,
        )
        for row in list_reuse_to_decide()[:WAITING_LIMIT]
    ]


def _waiting_fees() -> list[Waiting]:
    return [
        Waiting(
            queue="Refunds",
            title=f"Decide on the fee: {row.person.name}",
            detail="Application withdrawn after the fee was paid",
            url=reverse("candidates:review", args=[row.id]),
            since=dates.today(row.withdrawn_at),
            due_on=row.refund_decide_by,
            holder="Staff",
            needs_person=False,
        )
        for row in list_fees_to_decide()[:WAITING_LIMIT]
        if row.withdrawn_at
    ]


def _waiting_applications() -> list[Waiting]:
    return [
        Waiting(
            queue="Applications",
            title=f"Admit or refuse: {row.person.name}",
            detail="The applicant answered what you asked" if row.returned_on else "Application is whole, fee paid",
            url=reverse("candidates:review", args=[row.id]),
            since=row.returned_on or row.paid_on,
            due_on=row.decide_by,
            holder="Staff",
            needs_person=False,
        )
        for row in list_in_review()[:WAITING_LIMIT]
        if row.paid_on
    ]
