""" "Can I apply?" without an account: the hours, the working, the date, and nothing kept."""

from datetime import UTC, datetime

import pytest

from candidates.models import Application, DraftPage, Employment
from people.models import User

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
ADDRESS = "/can-i-apply/"


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)


def text(response) -> str:
    return " ".join(response.content.decode().split())


def day(name: str, when: str) -> dict[str, str]:
    year, month, day = when.split("-") if when else ("", "", "")
    return {f"{name}_month": month, f"{name}_day": day, f"{name}_year": year}


def work(row: int = 0, *, began: str = "2022-03-07", ended: str = "", hours: str = "15", library: str = "Marlow") -> dict[str, str]:
    employment = {f"library_{row}": library, f"hours_a_week_{row}": hours}
    return {**employment, **day(f"began_on_{row}", began), **day(f"ended_on_{row}", ended)}


def ask(client, *rows: dict[str, str], diploma: str = "yes", **more: str):
    form = {"rows": str(len(rows)), "diploma": diploma}
    for row in rows:
        form |= row
    return client.post(ADDRESS, form | more)


def test_enough_hours_and_a_diploma_are_a_yes(client):
    page = text(ask(client, work()))
    assert "Yes, you can apply today" in page
    assert "Create an account" in page
    assert "246 weeks × 15 hours" in page


@pytest.mark.parametrize(
    ("hours", "said"),
    [("35", "You can apply from November 30, 2026"), ("36", "Yes, you can apply today"), ("0.1", "Not yet: 1,815 hours short")],
)
def test_the_date_on_which_it_will_be_enough(client, hours, said):
    """35 hours a week need 52 weeks to be 1,820, 36 hours a day less than 51 weeks."""
    began = "2025-11-24" if hours == "36" else "2025-12-01"
    page = text(ask(client, work(began=began, hours=hours)))
    assert said in page


def test_without_a_diploma_it_is_not_yet(client):
    page = text(ask(client, work(), diploma="no"))
    assert "Not yet: you need a diploma first" in page
    assert "Your hours are enough" in page


def test_work_that_ended_gives_no_date(client):
    page = text(ask(client, work(began="2025-01-06", ended="2025-03-30")))
    assert "Not yet: 1,640 hours short" in page
    assert "the colleges that have an agreement" in page


def test_two_posts_both_count_and_an_empty_row_is_left_out(client):
    page = text(ask(client, work(hours="8"), work(1, hours="8", library="Ridge"), work(2, began="", hours="", library="")))
    assert "Yes, you can apply today" in page
    assert page.count("246 weeks × 8 hours") == 2


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (work(began=""), "Enter the first day of your work"),
        (work(hours=""), "Enter the hours of a typical week"),
        (work(hours="0"), "Enter more than 0 hours a week"),
        (work(hours="169"), "A week has 168 hours"),
        (work(hours="many"), "must be a number"),
        (work(began="2026-11-26"), "The first day can’t be after today"),
        (work(began="2025-01-06", ended="2025-01-05"), "The last day can’t be before the first day"),
        (work(ended="2026-11-26"), "The last day can’t be after today"),
        (work(began="2025-02-30"), "February 2025 has 28 days"),
    ],
)
def test_mistakes_are_told_at_the_field_and_nothing_is_lost(client, row, said):
    response = ask(client, row)
    page = text(response)
    assert said in page
    assert "There is one thing to fix" in page
    assert 'value="Marlow"' in page


def test_a_second_employment_that_is_begun_must_be_whole(client):
    page = text(ask(client, work(), work(1, began="", hours="", library="Ridge")))
    assert "There are two things to fix" in page
    assert "Work 2" in page


def test_an_answer_on_schooling_is_needed(client):
    assert "Say whether you have a high-school diploma" in text(ask(client, work(), diploma=""))


def test_a_row_is_added_with_what_was_typed_and_without_complaint(client):
    page = text(ask(client, work(hours="x"), add="1"))
    assert "Work 2" in page
    assert 'value="x"' in page
    assert "to fix" not in page


def test_a_whole_row_is_counted_while_rows_are_added(client):
    assert "246 weeks × 15 hours" in text(ask(client, work(), add="1"))


def test_a_row_is_taken_out_and_the_others_move_up(client):
    rows = [work(number, library=name) for number, name in enumerate(("One", "Two", "Three"))]
    page = text(ask(client, *rows, remove="2"))
    assert ("Work 3" in page, 'value="One"' in page, 'value="Two"' in page, 'value="Three"' in page) == (False, True, False, True)
    assert 'name="library_1" value="Three"' in page


@pytest.mark.parametrize("rows", ["", "-1", "x", "99999", "0", "²"])
def test_any_number_of_rows_is_brought_into_bounds(client, rows):
    response = client.post(ADDRESS, {"rows": rows, "add": "1", "remove": "77"})
    assert response.status_code == 200


def test_nothing_is_kept(client):
    ask(client, work())
    assert [model.objects.count() for model in (Application, Employment, DraftPage, User)] == [0, 0, 0, 0]
    assert "sessionid" not in client.cookies


def test_it_is_linked_from_the_public_home_and_from_the_start(client, alice):
    assert f'href="{ADDRESS}"' in text(client.get("/"))
    client.force_login(alice)
    assert f'href="{ADDRESS}"' in text(client.get("/application/"))
    assert "Go to your application" in text(ask(client, work()))
