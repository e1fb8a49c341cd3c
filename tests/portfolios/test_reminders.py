"""Evaluators are reminded by the offsets of the rules, of nothing that is done, and by links that work."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ledger import clock, reminders
from ledger.models import Email
from ledger.reminder_schedules import REMINDER_SCHEDULES
from portfolios import actions, reminder_schedules
from programs import policy as dates
from tests.factories import portfolios as make


def remind(name: str, *, first: Any, days: int) -> list[tuple[int, str, str]]:
    """Sweep one reminder schedule day by day; which letters came, on which day."""
    found = []
    known = set(Email.objects.values_list("pk", flat=True))
    for day in range(days):
        now = first + timedelta(days=day)
        reminders.find(REMINDER_SCHEDULES[name], at=now)
        reminders.send_due(at=now)
        for letter in Email.objects.exclude(pk__in=known).select_related("person"):
            known.add(letter.pk)
            found.append((day, letter.person.called, letter.subject))
    return sorted(found)


def test_an_invitation_is_reminded_on_days_three_and_six(candidacy: Any, two: Any, bob: Any, rita: Any, at: Any) -> None:
    reminders.find(reminder_schedules.invitation_due, at=at)
    row = make.assigned(candidacy, *two, staff=rita, at=at)
    actions.decline(make.slot(row, 1), reason="", actor=bob, at=at + timedelta(days=1))
    words = "Can you rate a Technology portfolio? Please answer by December 2, 2026"
    assert remind("portfolios.invitation", first=at, days=20) == [(3, "Beth", words), (6, "Beth", words)]
    by_link = Email.objects.filter(text__contains=reverse("portfolios:answer", args=["x"])[:-2])
    assert sorted(by_link.values_list("notice", "secret")) == [("portfolios/invitation_due", True)] * 2 + [("portfolios/invited", True)] * 2


def test_a_rating_is_reminded_before_on_and_after_its_day(candidacy: Any, two: Any, rita: Any, at: Any) -> None:
    reminders.find(reminder_schedules.rating_due, at=at)
    row = make.in_rating(candidacy, *two, staff=rita, at=at)
    make.rated(row, 1, at=at)
    assert remind("portfolios.rating", first=at, days=60) == [
        (23, "Beth", "Please rate the Technology portfolio by December 23, 2026"),
        (27, "Beth", "Please rate the Technology portfolio by December 23, 2026"),
        (30, "Beth", "Today is the last day to rate the Technology portfolio"),
        (33, "Beth", "Your ratings of the Technology portfolio were due on December 23, 2026"),
    ]


@pytest.mark.parametrize("sends", [False, True])
def test_the_last_day_to_send_more_is_reminded_until_more_is_sent(
    sends: bool, candidacy: Any, two: Any, rita: Any, alice: Any, at: Any
) -> None:
    reminders.find(reminder_schedules.supplement_due, at=at)
    row = make.asked(candidacy, *two, staff=rita, at=at, first={1: "partial"}, second={1: "partial"})
    words = "Add to your Technology portfolio by February 21, 2027"
    if sends:
        actions.save_addition(row, number=1, text="More.", version=0, actor=alice, at=at)
        actions.send_supplement(row, actor=alice, at=at)
    told = [(day, who, subject) for day, who, subject in remind("portfolios.supplement", first=at, days=95) if "Add to your" in subject]
    assert told == ([] if sends else [(day, "Alice", words) for day in (60, 83, 89)])


@pytest.mark.parametrize("days", [6, 7])
def test_staff_are_told_seven_days_after(days: int, candidacy: Any, two: Any, rita: Any, at: Any) -> None:
    from portfolios import queries

    make.in_rating(candidacy, *two, staff=rita, at=at)
    late = queries.list_awaited().filter(told_on__lte=dates.today(at) + timedelta(days=30 + days))
    assert late.count() == (2 if days == 7 else 0)


def test_the_link_in_the_reminder_answers_without_signing_in(candidacy: Any, two: Any, rita: Any, at: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(clock, "now", lambda: at)
    row = make.assigned(candidacy, *two, staff=rita, at=at)
    remind("portfolios.invitation", first=at, days=4)
    [letter] = Email.objects.filter(notice="portfolios/invitation_due", person__called="Bob")
    link = re.findall(r"http://testserver(\S+)", letter.text)[0]
    assert Client().post(link, {"answer": "accept"}).status_code == 302
    assert make.slot(row, 1).state == "accepted"
