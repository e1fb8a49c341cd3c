"""A member of the committee is asked for the yearly statement before it runs out, and not once it is signed again."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from appeals import actions, reminder_schedules
from ledger import reminders
from ledger.models import Email

pytestmark = pytest.mark.django_db


def remind(*, first: datetime, days: int) -> list[tuple[int, str]]:
    """Sweep the reminder schedule day by day; on which day who was written to."""
    found = []
    for day in range(days):
        reminders.find(reminder_schedules.statement, at=first + timedelta(days=day))
        reminders.send_due(at=first + timedelta(days=day))
        known = Email.objects.filter(notice="appeals/statement_due").order_by("created_at", "id").values_list("person__email", flat=True)
        found += [(day, email) for email in list(known)[len(found) :]]
    return found


def test_a_statement_is_asked_for_again_before_it_runs_out(cora: Any, dov: Any, at: datetime) -> None:
    first = at + timedelta(days=330)
    actions.sign_statement(dov, actor=dov, at=first)
    assert remind(first=first, days=45) == [(5, cora.email), (28, cora.email), (35, cora.email)]
