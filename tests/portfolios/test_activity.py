"""Whatever the candidate does for a set counts as activity, so that nobody who works is asked to go on."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from candidates.models import Candidacy
from portfolios import actions
from tests.factories import agreements, candidates, portfolios

pytestmark = pytest.mark.django_db


def _statement(row: Any, at: Any) -> None:
    actions.save_statement(row, text="Why it matters.", version=row.statement_version, actor=row.candidacy.person, at=at)


def _piece(row: Any, at: Any) -> None:
    portfolios.evidence(row, 1, at=at)


def _link(row: Any, at: Any) -> None:
    said = {"address": "https://library.example/shelf", "title": "Our shelf", "kind": "primary", "own_part": "", "numbers": [1]}
    actions.add_link(row, **said, actor=row.candidacy.person, at=at)


def _look(row: Any, at: Any) -> None:
    portfolios.answer(row, 1, at=at - timedelta(days=10))
    actions.ask_to_look(row, question="Is it enough?", actor=row.candidacy.person, at=at)


def _graduate(row: Any, at: Any) -> None:
    from people.models import User
    from people.states import Role
    from tests.factories import people

    staff = User.objects.filter(groups__name=Role.STAFF).first() or people.person("ruth@lssc.example", roles=(Role.STAFF,))
    agreements.claimed(row.candidacy.person, agreements.signed(at=at - timedelta(days=30), staff=staff), at=at)


@pytest.mark.parametrize("act", [_statement, _piece, _link, _look, _graduate])
def test_what_the_candidate_does_is_activity(act: Callable[[Any, Any], None], alice: Any, rita: Any, at: Any) -> None:
    candidacy = candidates.candidacy(alice, at=at, staff=rita)
    row = portfolios.draft(candidacy, at=at)
    act(row, at + timedelta(days=20))
    assert Candidacy.objects.get(pk=candidacy.pk).active_on == date(2026, 12, 13)
