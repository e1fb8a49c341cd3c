"""Decisions against somebody, and appeals in every state, made through the actions."""

from datetime import date, datetime, timedelta
from typing import Any

from appeals import actions
from appeals.models import Appeal
from candidates import actions as deciding
from candidates.models import Application
from tests.factories import candidates


def refused(person: Any, *, at: datetime, staff: Any) -> Application:
    """An application that was refused at this time."""
    application = candidates.in_review(person, at=at - timedelta(days=3))
    deciding.refuse(application, reason_code="hours", reason="The hours fall short.", eligible_from=date(2027, 3, 1), actor=staff, at=at)
    application.refresh_from_db()
    return application


def noticed(person: Any, *, at: datetime, staff: Any, when: datetime | None = None) -> Appeal:
    """An appeal against a refused application, whose grounds are not given."""
    application = refused(person, at=at, staff=staff)
    return actions.give_notice(
        person, kind="application", reference=application.id, reason="My hours were not counted.", actor=person, at=when or at
    )


def grounded(person: Any, *, at: datetime, staff: Any) -> Appeal:
    """An appeal that waits for the first committee."""
    return actions.give_grounds(noticed(person, at=at, staff=staff), grounds="Part-time weeks were left out.", actor=person, at=at)


def responded(person: Any, *, at: datetime, staff: Any, by: Any) -> Appeal:
    """An appeal that waits for the second committee."""
    return actions.respond(grounded(person, at=at, staff=staff), text="Each week was counted.", actor=by, at=at)


def sworn(member: Any, *, at: datetime) -> Any:
    """A member who signed the statement."""
    actions.sign_statement(member, actor=member, at=at)
    return member
