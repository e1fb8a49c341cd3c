"""Somebody else was faster: who decided and when is said, and nothing changes."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from candidates import actions as candidates
from people import actions
from people.decisions import NOTHING, tell_decision
from tests.factories import candidates as applications
from tests.factories import people

pytestmark = pytest.mark.django_db


def _said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


@pytest.mark.parametrize("typed", ["", "No."])
def test_a_question_that_somebody_answered_is_not_answered_again(typed: str, client: Client, at: Any, rita: Any) -> None:
    row = people.inquiry(at=at)
    assert tell_decision(row) == NOTHING
    actions.answer_inquiry(row.id, text="Yes.", actor=rita, at=at + timedelta(days=1))
    client.force_login(rita)
    answer = client.post(reverse("people:close", args=[row.id]), {"reason": typed})
    assert (answer.status_code, answer["Location"]) == (302, reverse("people:inquiry", args=[row.id]))
    if not typed:
        assert _said(answer) == ["This was decided on November 24, 2026 by Rita Lindqvist. Nothing was changed."]


def test_what_the_applicant_did_is_no_decision(client: Client, at: Any, alice: Any, rita: Any) -> None:
    """The letter of an application tells who decided, never that the applicant sent it."""
    row = applications.in_review(alice, at=at)
    assert tell_decision(row) == NOTHING
    candidates.admit(row, actor=rita, at=at)
    client.force_login(rita)
    answer = client.post(reverse("candidates:refuse", args=[row.id]), {})
    assert answer.status_code == 302
    assert _said(answer) == ["This was decided on November 23, 2026 by Rita Lindqvist. Nothing was changed."]


def test_ones_own_question_of_hours_is_somebody_elses_to_decide(client: Client, at: Any, rita: Any) -> None:
    row = applications.in_review(rita, at=at)
    client.force_login(rita)
    answer = client.post(reverse("candidates:refuse", args=[row.id]), {})
    assert _said(answer) == ["This is about you. Someone else must decide on it. Nothing was changed."]
