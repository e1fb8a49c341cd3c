"""Ask an applicant for more, and take the answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from candidates import notices, queries
from candidates.actions.applications import check_saved
from candidates.models import Application, InformationRequest, RequestedItem
from candidates.states import Item
from ledger import transitions
from ledger.states import NotPossible
from programs import policy as dates

if TYPE_CHECKING:
    from people.models import User


def ask(application: Application, *, notes: Mapping[str, str], actor: User, at: datetime) -> InformationRequest:
    """Open parts of an application again, each with a note on what is needed; the staff's clock stops until the answer.

    Raises NotYourDecision for one's own application, NotPossible without a note or when it was decided a moment ago.
    """
    requested = {Item(item): note.strip() for item, note in notes.items() if note.strip()}
    if not requested:
        raise NotPossible("Write what is needed for at least one part.")
    with transaction.atomic():
        row = transitions.lock(Application, application.pk, "ask", decider=actor)
        request = InformationRequest.objects.create(application=row, asked_at=at, asked_by=actor)
        items = [RequestedItem(request=request, item=item, note=requested[item]) for item in Item if item in requested]
        RequestedItem.objects.bulk_create(items)
        transitions.transition(
            row, "ask", actor=actor, at=at, person=row.person, details={"items": [item.get_item_display().lower() for item in items]}
        )
        notices.asked(request, items, at=at)
        return request


def answer(application: Application, *, reply: str, actor: User, at: datetime) -> None:
    """Give the application back to staff, whose clock starts again. What was not changed needs a word in `reply`.

    Raises NotPossible while a part is neither changed nor explained, or when it was sent already; NotReady while something is typed and
    not saved.
    """
    with transaction.atomic():
        row = transitions.lock(Application, application.pk, "answer")
        check_saved(row)
        request = InformationRequest.objects.select_related("asked_by").get(application=row, closed_at=None)
        unchanged = [item.get_item_display().lower() for item in request.items.filter(done_at=None).order_by("id")]
        if unchanged and not reply.strip():
            raise NotPossible(f"Not changed yet: {', '.join(unchanged)}. If it is right as it is, tell staff in the box below.")
        request.reply, request.closed_at = reply.strip(), at
        request.save(update_fields=["reply", "closed_at"])
        returned_on, decide_by = _clock(row, at=at)
        transitions.transition(
            row,
            "answer",
            actor=actor,
            at=at,
            person=row.person,
            details={"decide_by": decide_by},
            returned_on=returned_on,
            decide_by=decide_by,
        )
        row.pages.all().delete()
        notices.answered(request, row, at=at)


def close_question(application: Application, *, reason: str, actor: User, at: datetime) -> None:
    """Close a question that was not answered, so that staff can decide. Raises NotPossible without a reason, or when nothing is asked."""
    if not reason.strip():
        raise NotPossible("Explain why you are closing the question.")
    with transaction.atomic():
        row = transitions.lock(Application, application.pk, "close_question", decider=actor)
        InformationRequest.objects.filter(application=row, closed_at=None).update(closed_at=at)
        returned_on, decide_by = _clock(row, at=at)
        transitions.transition(
            row,
            "close_question",
            actor=actor,
            at=at,
            person=row.person,
            reason=reason.strip(),
            details={"decide_by": decide_by},
            returned_on=returned_on,
            decide_by=decide_by,
        )
        row.pages.all().delete()
        notices.question_closed(row, at=at)


def _clock(row: Application, *, at: datetime) -> tuple[date, date]:
    """Give the day on which staff have it again, and that by which they answer."""
    today = dates.today(at)
    return today, dates.add_working_days(today, queries.get_terms(row, at=at).answer_working_days)
