"""Webinars: planned by staff, open to everybody, a place that is given up with one link, letters when something changes."""

import re
from codecs import BOM_UTF8
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from ledger import email_delivery, reminders
from ledger.models import Email, Entry
from ledger.queries import tell
from ledger.reminder_schedules import REMINDER_SCHEDULES
from ledger.states import NotPossible
from people.states import Role
from tests.factories import candidates as candidate
from tests.factories import people
from tests.factories import webinars as factory
from webinars import actions, queries
from webinars.forms import WebinarForm
from webinars.models import Guest, Webinar

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    monkeypatch.setattr("ledger.clock.now", lambda: at)


@pytest.fixture
def row(at: datetime, rita: Any) -> Webinar:
    return factory.webinar(at=at, staff=rita)


@pytest.fixture
def staff(rita: Any) -> Client:
    client = Client()
    client.force_login(rita)
    return client


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def subjects(notice: str) -> list[tuple[str, str]]:
    return list(Email.objects.filter(notice=f"webinars/{notice}").order_by("to", "created_at").values_list("to", "subject"))


WHEN = "November 30, 2026, 9:00 a.m. (Chicago time)"


# Signing up


def test_an_address_may_be_long(row: Webinar) -> None:
    address = "g" * 160 + "@harbor.example"
    assert Client().post(f"/webinars/{row.id}/", {"name": "Gus Hill", "email": address}).status_code == 302
    assert Email.objects.get(notice="webinars/signed_up").to == address


def test_anybody_signs_up_and_gets_a_letter_with_a_calendar_file(row: Webinar, at: datetime) -> None:
    browser = Client()
    assert row.title in text(browser.get("/webinars/"))
    answer = browser.post(f"/webinars/{row.id}/", {"name": "Gus Hill", "email": "Gus@Harbor.example"}, follow=True)
    assert "You have a spot. We wrote to gus@harbor.example" in text(answer)
    assert row.join_url not in text(answer)
    letter = Email.objects.get(notice="webinars/signed_up")
    assert (letter.to, letter.subject, letter.secret) == ("gus@harbor.example", f"You are signed up: {row.title}, {WHEN}", True)
    assert row.join_url in letter.text
    assert "DTSTART:20261130T150000Z" in letter.calendar
    assert "DTEND:20261130T160000Z" in letter.calendar
    told = [
        tell(entry).sentence
        for entry in Entry.objects.filter(verb__startswith="webinars.").select_related("actor", "person").order_by("id")
    ]
    assert told == [
        f"Rita Lindqvist planned the webinar “{row.title}” for {WHEN}.",
        f"Gus Hill signed up for the webinar “{row.title}”.",
    ]


def test_the_same_address_twice_keeps_one_place_and_tells_nobody(row: Webinar) -> None:
    form = {"name": "Gus Hill", "email": "gus@harbor.example"}
    first, second = [Client().post(f"/webinars/{row.id}/", form, follow=True) for _ in range(2)]
    assert text(first).split("We wrote")[1] == text(second).split("We wrote")[1]
    assert (Guest.objects.count(), Email.objects.filter(notice="webinars/signed_up").count()) == (1, 1)


def test_who_is_signed_in_signs_up_with_one_press(row: Webinar, alice: Any) -> None:
    browser = Client()
    browser.force_login(alice)
    assert 'name="email"' not in browser.get(f"/webinars/{row.id}/").content.decode()
    read = text(browser.post(f"/webinars/{row.id}/", follow=True))
    assert "You have a spot" in read
    assert row.join_url in read
    assert Guest.objects.get().person == alice


def test_who_has_an_account_is_written_to_where_they_can_be_reached_now(row: Webinar, alice: Any, rita: Any, at: datetime) -> None:
    factory.guest(row, at=at, person=alice, email="old@harbor.example")
    email_delivery.send_due(at=at)
    type(alice).objects.filter(pk=alice.pk).update(email="new@harbor.example")
    actions.cancel(row, reason="The speaker is ill.", actor=rita, at=at)
    email_delivery.send_due(at=at)
    assert [letter.to for letter in Email.objects.order_by("created_at", "notice")] == ["new@harbor.example", "alice@marlow.example"]


def test_a_reminder_finds_the_present_address_of_who_has_an_account(row: Webinar, alice: Any, at: datetime) -> None:
    factory.guest(row, at=at, person=alice, email="old@harbor.example")
    factory.guest(row, at=at)
    reminders.find_due(at=at)
    day = row.begins_at - timedelta(days=1)
    reminders.find_due(at=day)
    reminders.send_due(at=day)
    email_delivery.send_due(at=day)
    to = Email.objects.filter(notice="webinars/soon").values_list("to", flat=True)
    assert sorted(to) == ["alice@marlow.example", "gus@harbor.example"]


def test_a_place_taken_without_an_account_is_there_after_signing_in(row: Webinar, alice: Any, charlie: Any) -> None:
    Client().post(f"/webinars/{row.id}/", {"name": "Alice Moreau", "email": "Alice@Work.example"})
    assert queries.get_place(row, alice) is None
    EmailAddress.objects.create(user=alice, email="alice@work.example", verified=False)
    assert queries.get_place(row, alice) is None
    EmailAddress.objects.update(verified=True)
    browser = Client()
    browser.force_login(alice)
    assert row.join_url in text(browser.get(f"/webinars/{row.id}/"))
    assert [guest.email for guest in queries.list_of_person(alice)] == ["alice@work.example"]
    assert (queries.get_place(row, charlie), queries.list_of_person(charlie)) == (None, [])


def test_a_whole_library_behind_one_network_signs_up_and_one_person_for_many(at: datetime, rita: Any, settings: Any) -> None:
    cache.clear()
    rows = [factory.webinar(at=at, staff=rita, title=f"Webinar {number}") for number in range(6)]
    for number in range(30):
        answer = Client().post(f"/webinars/{rows[0].id}/", {"name": "Gus Hill", "email": f"gus{number}@harbor.example"})
        assert (number, answer.status_code) == (number, 302)
    for one in rows[1:]:
        assert Client().post(f"/webinars/{one.id}/", {"name": "Gus Hill", "email": "gus0@harbor.example"}).status_code == 302
    settings.ACCOUNT_RATE_LIMITS = {"webinar": "1/h/key"}
    cache.clear()
    form = {"name": "Ann Lee", "email": "ann@harbor.example"}
    Client().post(f"/webinars/{rows[0].id}/", form)
    answer = Client().post(f"/webinars/{rows[1].id}/", form)
    assert "try again in an hour" in text(answer)
    assert 'value="ann@harbor.example"' in answer.content.decode()
    cache.clear()


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({}, "Enter your name"),
        ({"name": "Gus", "email": "gus"}, "Enter an email address like"),
        ({"name": "12", "email": "gus@harbor.example"}, "Enter a name with letters."),
        ({"name": "G" * 500, "email": "gus@harbor.example"}, "at most 120"),
    ],
)
def test_a_form_that_is_wrong_says_what_helps(row: Webinar, form: dict[str, str], message: str) -> None:
    answer = Client().post(f"/webinars/{row.id}/", form)
    assert (answer.status_code, Guest.objects.count()) == (422, 0)
    assert message in text(answer)


@pytest.mark.parametrize(
    ("later", "changes", "message"),
    [
        (timedelta(days=7), {}, "has begun"),
        (timedelta(days=7, minutes=60), {}, "is over"),
        (timedelta(), {"seats": 1}, "All seats are taken"),
    ],
)
def test_no_place_says_why(at: datetime, rita: Any, monkeypatch: Any, later: timedelta, changes: dict[str, Any], message: str) -> None:
    row = factory.webinar(at=at, staff=rita, **changes)
    factory.guest(row, at=at)
    monkeypatch.setattr("ledger.clock.now", lambda: at + later)
    answer = Client().post(f"/webinars/{row.id}/", {"name": "Ann", "email": "ann@harbor.example"})
    assert (answer.status_code, Guest.objects.count()) == (409, 1)
    assert message in text(answer)
    assert "<form method" not in answer.content.decode().split("<main", 1)[1]


@pytest.mark.django_db(transaction=True)
def test_the_last_seat_goes_to_one(at: datetime, rita: Any) -> None:
    row = factory.webinar(at=at, staff=rita, seats=1)

    def ask(number: int) -> str:
        try:
            factory.guest(row, at=at, email=f"guest{number}@harbor.example")
        except NotPossible:
            return "full"
        finally:
            connections.close_all()
        return "place"

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(ask, range(6))) == ["full"] * 5 + ["place"]


# Giving a place up


def test_the_link_gives_the_place_up_once_and_opening_it_changes_nothing(row: Webinar, at: datetime) -> None:
    guest = factory.guest(row, at=at)
    place = reverse("webinars:leave", args=[queries.LEAVE.sign(guest.id)])
    assert place in Email.objects.get(notice="webinars/signed_up").text
    browser = Client()
    assert "Cancel your spot?" in text(browser.get(place))
    guest.refresh_from_db()
    assert guest.state == "coming"
    assert "Your spot is open again." in text(browser.post(place, follow=True))
    assert "This spot was already canceled." in text(browser.post(place, follow=True))
    assert "There is nothing to cancel" in text(browser.get(place))
    again = factory.guest(row, at=at + timedelta(hours=1))
    assert (again.pk, again.state, Email.objects.filter(notice="webinars/signed_up").count()) == (guest.pk, "coming", 2)


def entries(to: str) -> list[Any]:
    """The entries that somebody's emails brought, as an independent reader takes them."""
    files = Email.objects.filter(to=to).exclude(calendar="").order_by("created_at", "notice").values_list("calendar", flat=True)
    return [(calendar.get("METHOD"), calendar.walk("VEVENT")[0]) for calendar in map(Calendar.from_ical, files)]


def test_the_entry_of_a_calendar_leads_to_where_one_joins_and_not_out(row: Webinar, at: datetime) -> None:
    guest = factory.guest(row, at=at)
    [(method, entry)] = entries(guest.email)
    assert method is None
    assert entry["LOCATION"] == row.join_url
    assert row.join_url in entry["DESCRIPTION"]
    assert entry["URL"] == f"http://testserver/webinars/{row.id}/"
    assert queries.LEAVE.sign(guest.id) not in Email.objects.get(notice="webinars/signed_up").calendar


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_place_given_up_and_a_cancelled_webinar_leave_the_calendar(row: Webinar, rita: Any, at: datetime, cancelled: bool) -> None:
    guest = factory.guest(row, at=at)
    if cancelled:
        actions.cancel(row, reason="The speaker is ill.", actor=rita, at=at + timedelta(hours=1))
    else:
        actions.leave(guest, at=at + timedelta(hours=1))
    (_, first), (method, last) = entries(guest.email)
    assert (method, last["STATUS"], last["UID"]) == ("CANCEL", "CANCELLED", first["UID"])
    assert last["SEQUENCE"] > first["SEQUENCE"]
    assert last["ORGANIZER"] == "mailto:lssc@localhost"


def test_an_altered_link_leads_nowhere_and_a_late_one_says_so(row: Webinar, at: datetime, monkeypatch: Any) -> None:
    key = queries.LEAVE.sign(factory.guest(row, at=at).id)
    for wrong in (key[:-1], "x", key + "0", str(uuid4())):
        assert Client().get(reverse("webinars:leave", args=[wrong])).status_code == 404
    monkeypatch.setattr("ledger.clock.now", lambda: at + timedelta(days=7))
    place = reverse("webinars:leave", args=[key])
    assert "This webinar has begun" in text(Client().get(place))
    assert "There is nothing to cancel." in text(Client().post(place, follow=True))
    assert Guest.objects.get().state == "coming"


def test_the_link_ends_the_day_after_the_webinar_and_says_so(row: Webinar, rita: Any, at: datetime, monkeypatch: Any) -> None:
    place = reverse("webinars:leave", args=[queries.LEAVE.sign(factory.guest(row, at=at).id)])
    end = row.begins_at + timedelta(minutes=row.minutes, days=1)
    for moment, status in ((end - timedelta(seconds=1), 200), (end, 410), (end + timedelta(days=4000), 410)):
        monkeypatch.setattr("ledger.clock.now", lambda moment=moment: moment)
        answer = Client().get(place)
        assert (moment, answer.status_code, "This link has expired" in text(answer)) == (moment, status, status == 410)
    assert (Client().post(place).status_code, Guest.objects.get().state) == (410, "coming")
    assert "It worked until the day after the webinar." in text(answer)
    monkeypatch.setattr("ledger.clock.now", lambda: at)
    actions.change(row, factory.details(at=at, days=30), actor=rita, at=at)
    monkeypatch.setattr("ledger.clock.now", lambda: end)
    assert "Cancel your spot?" in text(Client().get(place))


# Staff


FORM = {
    "title": "Ask us",
    "description": "For all.",
    "day_month": "3",
    "day_day": "14",
    "day_year": "2027",
    "clock": "2:30 pm",
    "zone": "America/New_York",
    "minutes": "45",
    "join_url": "https://meet.example/a",
    "seats": "",
}


def test_staff_plan_a_webinar_by_the_clock_of_its_zone(staff: Client) -> None:
    answer = staff.post("/office/webinars/add/", FORM, follow=True)
    assert "The webinar is on the public list." in text(answer)
    row = Webinar.objects.get()
    # The day on which clocks go forward: 2:30 p.m. is daylight time.
    assert (row.begins_at.isoformat(), row.begins_on, row.seats) == ("2027-03-14T18:30:00+00:00", date(2027, 3, 14), None)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": ""}, "Enter a title"),
        ({"clock": "noonish"}, "Enter a time like 2:00 pm"),
        ({"clock": "13 pm"}, "Enter a time like 2:00 pm"),
        ({"clock": "24:00"}, "Enter a time like 2:00 pm"),
        ({"day_year": "2020"}, "A webinar must begin in the future."),
        ({"day_month": "2", "day_day": "30"}, "February 2027 has 28 days"),
        ({"minutes": "0"}, "Enter at least 5 minutes"),
        ({"minutes": "x"}, "Enter the minutes as a number"),
        ({"join_url": "javascript:alert(1)"}, "Enter an address like"),
        ({"seats": "0"}, "Enter at least 1 seat"),
        ({"zone": "Mars/Base"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said_at_the_field(staff: Client, changes: dict[str, str], message: str) -> None:
    answer = staff.post("/office/webinars/add/", {**FORM, **changes})
    assert (answer.status_code, Webinar.objects.count()) == (422, 0)
    assert message in text(answer)


@pytest.mark.parametrize(("typed", "hour"), [("2 pm", 14), ("2:00 PM", 14), ("12 am", 0), ("12:00 p.m.", 12), ("14:00", 14), ("9.00", 9)])
def test_hours_as_people_write_them(typed: str, hour: int) -> None:
    form = WebinarForm({**FORM, "clock": typed})
    assert form.is_valid()
    assert form.cleaned_data["clock"].hour == hour


def test_another_time_goes_to_all_who_come_and_another_title_to_nobody(row: Webinar, staff: Client, rita: Any, at: datetime) -> None:
    factory.guest(row, at=at)
    actions.leave(factory.guest(row, at=at, email="left@harbor.example"), at=at)
    actions.change(row, factory.details(at=at, title="Other words"), actor=rita, at=at)
    assert subjects("changed") == []
    actions.change(row, factory.details(at=at, days=8), actor=rita, at=at)
    assert [to for to, _ in subjects("changed")] == ["gus@harbor.example"]
    files = Email.objects.filter(to="gus@harbor.example").exclude(calendar="").values_list("calendar", flat=True)
    assert (len(files), len({line for file in files for line in file.split("\r\n") if line.startswith("UID:")})) == (2, 1)
    assert "2026" in staff.get(f"/office/webinars/{row.id}/change/").content.decode()
    factory.guest(row, at=at, email="two@harbor.example")
    with pytest.raises(NotPossible, match="2 people are registered"):
        actions.change(row, factory.details(at=at, seats=1), actor=rita, at=at)
    with pytest.raises(NotPossible, match="has begun"):
        actions.change(row, factory.details(at=at), actor=rita, at=at + timedelta(days=9))


def test_cancelled_tells_all_who_come_with_the_reason(row: Webinar, staff: Client, at: datetime, rita: Any) -> None:
    factory.guest(row, at=at)
    actions.leave(factory.guest(row, at=at, email="left@harbor.example"), at=at)
    place = f"/office/webinars/{row.id}/cancel/"
    assert staff.post(place, {"reason": " "}).status_code == 422
    assert "Everyone who signed up gets an email." in text(staff.post(place, {"reason": "The speaker is ill."}, follow=True))
    assert subjects("cancelled") == [("gus@harbor.example", f"Canceled: {row.title}, {WHEN}")]
    assert "This webinar is already canceled." in text(staff.post(place, {"reason": "Again"}, follow=True))
    public = text(Client().get(f"/webinars/{row.id}/"))
    assert "This webinar is canceled The speaker is ill." in public
    with pytest.raises(NotPossible, match="canceled"):
        factory.guest(row, at=at, email="late@harbor.example")
    with pytest.raises(NotPossible, match="has begun"):
        actions.cancel(factory.webinar(at=at, staff=rita), reason="x", actor=rita, at=at + timedelta(days=7))


def test_who_comes_as_a_file_that_runs_no_formula(row: Webinar, staff: Client, at: datetime) -> None:
    actions.sign_up(row, name="=HYPERLINK(1)", email="a@harbor.example", person=None, at=at)
    factory.guest(row, at=at + timedelta(hours=13))
    content = staff.get(f"/office/webinars/{row.id}/csv/").content
    assert content.startswith(BOM_UTF8), "Excel reads the file in another alphabet"
    assert content.decode("utf-8-sig").splitlines() == [
        "Name,Email address,Signed up,Comes",
        "'=HYPERLINK(1),a@harbor.example,2026-11-23,Comes",
        # In the evening of New York, where it is tomorrow in London.
        "Gus Hill,gus@harbor.example,2026-11-23,Comes",
    ]


def test_an_auditor_reads_and_has_no_button(row: Webinar, at: datetime) -> None:
    reader = Client()
    reader.force_login(people.person("otto@lssc.example", roles=(Role.AUDITOR,)))
    for place in ("/office/webinars/", f"/office/webinars/{row.id}/"):
        page = reader.get(place).content.decode().split("<main", 1)[1]
        assert ("<button" in page, "/add/" in page, "/change/" in page) == (False, False, False)


# Reminders


def test_reminders_come_the_day_before_and_on_the_day_and_not_after_a_cancellation(row: Webinar, rita: Any, at: datetime) -> None:
    factory.guest(row, at=at)
    actions.leave(factory.guest(row, at=at, email="left@harbor.example"), at=at)

    def remind(days: int) -> list[tuple[str, str]]:
        # An hour before it begins on the last of these days.
        now = at + timedelta(days=days, hours=-1)
        reminders.find(REMINDER_SCHEDULES["webinars.soon"], at=now)
        while reminders.send_due(at=now):
            pass
        return subjects("soon")

    assert remind(5) == []
    assert remind(6) == [("gus@harbor.example", f"Tomorrow: {row.title}, {WHEN}")]
    assert remind(6) == remind(6)
    assert remind(7)[1:] == [("gus@harbor.example", f"Today: {row.title}, {WHEN}")]
    assert len(remind(8)) == 2
    other = factory.webinar(at=at, staff=rita, days=20)
    factory.guest(other, at=at)
    actions.cancel(other, reason="No speaker", actor=rita, at=at)
    assert len(remind(19)) == 2


def test_a_reminder_says_how_many_days_and_none_goes_out_once_it_has_begun(rita: Any, at: datetime) -> None:
    row = factory.webinar(at=at, staff=rita, begins_at=datetime(2026, 12, 10, 10, 0, tzinfo=ZoneInfo("Pacific/Guam")), zone="Pacific/Guam")
    factory.guest(row, at=at)
    reminders.find_due(at=at)
    reminders.change_offsets(REMINDER_SCHEDULES["webinars.soon"], ["-7 days", "-1 days", "0 days"], actor=rita, at=at)
    for day in range(1, 12):
        # The day of deadlines begins at 11:00 UTC.
        now = datetime(2026, 12, day, 11, 5, tzinfo=UTC)
        reminders.find_due(at=now)
        while reminders.send_due(at=now):
            pass
    when = "December 10, 2026, 10:00 a.m. (Guam time)"
    emails = Email.objects.filter(notice="webinars/soon").order_by("created_at")
    assert [one.subject for one in emails] == [f"In 7 days: {row.title}, {when}", f"Tomorrow: {row.title}, {when}"]
    assert [words in one.text for one, words in zip(emails, ["is in 7 days.", "is tomorrow."], strict=True)] == [True, True]


# What it costs, and where it is linked


@pytest.mark.parametrize("count", [3, 300])
def test_the_lists_ask_the_same_few_questions(staff: Client, rita: Any, at: datetime, count: int, django_assert_num_queries: Any) -> None:
    made = factory.webinar(at=at, staff=rita)
    known = {name: getattr(made, name) for name in ("title", "description", "begins_at", "begins_on", "zone", "minutes", "join_url")}
    Webinar.objects.bulk_create(Webinar(**known) for _ in range(count - 1))
    Guest.objects.bulk_create(
        Guest(webinar=made, name="G", email=f"g{number}@harbor.example", signed_up_at=at, since=at.date()) for number in range(count)
    )
    with django_assert_num_queries(2):
        Client().get("/webinars/")
    # Session, reader with roles; how many, and the page; the candidacy for the masthead.
    with django_assert_num_queries(5):
        staff.get("/office/webinars/")
    with django_assert_num_queries(6):
        staff.get(f"/office/webinars/{made.id}/")
    with django_assert_num_queries(4):
        staff.get(f"/office/webinars/{made.id}/csv/")


def test_a_candidate_reads_on_the_own_page_that_one_is_coming(row: Webinar, alice: Any, rita: Any, at: datetime) -> None:
    candidate.candidacy(alice, at=at, staff=rita)
    browser = Client()
    browser.force_login(alice)
    assert f"{row.title} , November 30. Everyone is welcome." in text(browser.get("/my/"))
    actions.sign_up(row, name=alice.name, email=alice.email, person=alice, at=at)
    assert f"{row.title} , November 30. You have a spot." in text(browser.get("/my/"))


def test_a_list_without_webinars_says_what_to_do(at: datetime) -> None:
    assert "No webinars are planned now." in text(Client().get("/webinars/"))
    assert Client().get(f"/webinars/{uuid4()}/").status_code == 404
