"""Staff change the program's numbers from a coming day on; what was promised before stays."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from ledger.models import Entry
from ledger.queries import tell
from ledger.states import NotPossible
from programs import actions, queries
from programs.forms import GROUPS, NAMED
from programs.models import Terms
from tests.project.readability import page_lines

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)


def numbers(**changed: Any) -> dict[str, Any]:
    newest = queries.list_terms()[0]
    return {name: getattr(newest, name) for group in GROUPS.values() for name in group} | {NAMED: newest.evaluators_named} | changed


def typed(day: date, **changed: Any) -> dict[str, Any]:
    known = {name: value for name, value in numbers().items() if name != NAMED}
    return known | {"effective_on_month": day.month, "effective_on_day": day.day, "effective_on_year": day.year} | changed


def test_the_page_knows_every_number() -> None:
    known = {name for group in GROUPS.values() for name in group} | {NAMED, "id", "effective_on", "frozen_at"}
    assert {field.name for field in Terms._meta.concrete_fields} == known


def test_new_terms_count_from_their_day_on(rita: Any) -> None:
    actions.add_terms(effective_on=TODAY + timedelta(days=30), numbers=numbers(supplement_days=120), actor=rita, at=NOW)
    assert queries.get_terms(TODAY + timedelta(days=29)).supplement_days == 90
    assert queries.get_terms(TODAY + timedelta(days=30)).supplement_days == 120
    [told] = [tell(entry).sentence for entry in Entry.objects.select_related("actor", "person")]
    assert told == "Rita Lindqvist set new terms from December 23, 2026 on: supplement days from 90 to 120."


@pytest.mark.parametrize(("days", "changed"), [(0, {"supplement_days": 1}), (-1, {"supplement_days": 1}), (1, {})])
def test_a_day_that_is_not_ahead_and_no_change_are_refused(rita: Any, days: int, changed: dict[str, int]) -> None:
    with pytest.raises(NotPossible):
        actions.add_terms(effective_on=TODAY + timedelta(days=days), numbers=numbers(**changed), actor=rita, at=NOW)
    assert Terms.objects.filter(effective_on__gt=TODAY - timedelta(days=2)).count() == 0


def test_terms_are_taken_back_until_their_day_or_a_promise(rita: Any) -> None:
    terms = actions.add_terms(effective_on=TODAY + timedelta(days=1), numbers=numbers(grace_months=3), actor=rita, at=NOW)
    with pytest.raises(NotPossible):
        actions.cancel_terms(terms, actor=rita, at=NOW + timedelta(days=2))
    actions.cancel_terms(terms, actor=rita, at=NOW)
    assert not Terms.objects.filter(pk=terms.pk).exists()


@pytest.fixture
def staff(rita: Any) -> Client:
    client = Client()
    client.force_login(rita)
    return client


def press(client: Client, looked: Any, name: str = "seen") -> Any:
    """Press a button of the look: what was typed goes along in hidden fields."""
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', looked.text))
    [value] = set(re.findall(rf'<button [^>]*name="{name}" value="(\w+)">', looked.text))
    return client.post(reverse("terms"), hidden | {name: value}, follow=True)


def test_staff_look_at_what_changes_and_then_set_terms(staff: Client) -> None:
    assert "1820" in staff.get(reverse("terms")).content.decode()
    day = TODAY + timedelta(days=40)
    looked = staff.post(reverse("terms"), typed(day, answer_working_days="8", grace_months="2", evaluators_named="on"))
    assert looked.status_code == 200
    lines = page_lines(looked.text)
    assert lines[lines.index("What changes") + 1 : lines.index("Who is affected")] == [
        *("Number", "Until then", "From Jan 2, 2027"),
        *("Working days until staff answer", "5", "8"),
        *("Candidates learn who rates their portfolio", "No", "Yes"),
    ]
    assert "Whoever gets a date from January 2, 2027 on gets it by the new numbers." in looked.text
    assert (Terms.objects.filter(effective_on=day).count(), Entry.objects.count()) == (0, 0)
    assert "The new terms count from January 2, 2027 on." in press(staff, looked).text
    assert (queries.get_terms(day).answer_working_days, queries.get_terms(day).evaluators_named) == (8, True)
    assert staff.post(reverse("terms"), typed(day, answer_working_days="9")).status_code == 422
    staff.post(reverse("cancel_terms", args=[queries.get_terms(day).pk]))
    assert queries.get_terms(day).answer_working_days == 5


def test_the_way_back_from_the_look_keeps_what_was_typed(staff: Client) -> None:
    looked = staff.post(reverse("terms"), typed(TODAY + timedelta(days=40), answer_working_days=" 8 ", effective_on_month="Jan"))
    back = press(staff, looked, "back")
    assert back.status_code == 200
    form = back.context["form"]
    assert (form["answer_working_days"].value().strip(), form["effective_on"].value()) == ("8", ["Jan", "2", "2027"])
    assert 'value="Jan"' in back.text
    assert Terms.objects.filter(effective_on__gt=TODAY).count() == 0


def test_nothing_changed_is_an_error_at_the_form(staff: Client) -> None:
    answer = staff.post(reverse("terms"), typed(TODAY + timedelta(days=40)))
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == ["Nothing would change. Change a number first."]


def test_what_is_set_between_the_look_and_the_press_is_told(staff: Client, rita: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    day = TODAY + timedelta(days=40)
    looked = staff.post(reverse("terms"), typed(day, answer_working_days="8"))
    actions.add_terms(effective_on=day - timedelta(days=9), numbers=numbers(grace_months=3), actor=rita, at=NOW)
    again = press(staff, looked)
    assert "Someone set other terms after you opened this page" in again.text
    assert "Months of grace after it" in again.text  # the press would have taken it back, unseen
    assert Terms.objects.filter(effective_on=day).count() == 0
    assert "The new terms count" in press(staff, again).text
    late = staff.post(reverse("terms"), typed(day + timedelta(days=1), answer_working_days="9"))
    actions.add_terms(effective_on=day + timedelta(days=1), numbers=numbers(grace_months=4), actor=rita, at=NOW)
    told = press(staff, late)
    assert (told.status_code, told.context["form"].non_field_errors()) == (422, [actions.ONCE])
    next_day = staff.post(reverse("terms"), typed(TODAY + timedelta(days=1), answer_working_days="9"))
    monkeypatch.setattr("ledger.clock.now", lambda: NOW + timedelta(days=1))
    told = press(staff, next_day)
    assert told.context["form"].non_field_errors() == ["Choose a day after today. What counts today was promised."]
    assert 'value="9"' in told.text


def test_a_look_says_that_terms_of_a_later_day_follow(staff: Client, rita: Any) -> None:
    actions.add_terms(effective_on=TODAY + timedelta(days=400), numbers=numbers(grace_months=7), actor=rita, at=NOW)
    looked = staff.post(reverse("terms"), typed(TODAY + timedelta(days=40), answer_working_days="8"))
    assert "Other terms are set already from December 28, 2027 on." in looked.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hours_needed", ""),
        ("hours_needed", "many"),
        ("hours_needed", "0"),
        ("renewal_technology_hours", "33"),
        ("effective_on_year", "26"),
    ],
)
def test_a_wrong_number_is_told_at_its_field_and_what_was_typed_stays(rita: Any, field: str, value: str) -> None:
    client = Client()
    client.force_login(rita)
    answer = client.post(reverse("terms"), typed(TODAY + timedelta(days=40), grace_months="7") | {field: value})
    assert answer.status_code == 422
    assert [name for name in answer.context["form"].errors if field.startswith(name)] != []
    assert 'value="7"' in answer.content.decode()
    assert Terms.objects.filter(effective_on__gt=TODAY).count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_who_set_or_take_back_the_same_terms_at_once_are_told_so(rita: Any, monkeypatch: Any) -> None:
    day = TODAY + timedelta(days=5)

    def try_(act: Any) -> str:
        try:
            act()
            return ""
        except NotPossible as refusal:
            return refusal.message
        finally:
            connections.close_all()

    both = Barrier(2)
    found = queries.get_terms
    monkeypatch.setattr("programs.queries.get_terms", lambda on: (both.wait(10), found(on))[1])
    changed = numbers(grace_months=3)
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(try_, [lambda: actions.add_terms(effective_on=day, numbers=changed, actor=rita, at=NOW)] * 2))
    assert sorted(told) == ["", actions.ONCE]
    terms = found(day)
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(try_, [lambda: actions.cancel_terms(terms, actor=rita, at=NOW)] * 2))
    assert sorted(told) == ["", "These Terms are already canceled. Nothing was changed."]


def test_the_form_has_the_numbers_of_tomorrow_not_those_of_the_farthest_day(rita: Any) -> None:
    actions.add_terms(effective_on=TODAY + timedelta(days=400), numbers=numbers(grace_months=7), actor=rita, at=NOW)
    client = Client()
    client.force_login(rita)
    assert client.get(reverse("terms")).context["form"]["grace_months"].value() == 2
