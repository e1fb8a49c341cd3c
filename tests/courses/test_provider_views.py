"""The pages of providers, evaluators and those who decide, as each person: what they show, what they refuse, and what they cost."""

import re
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from courses import actions, queries
from courses.models import Approval, CourseApplication, CourseRequest, CourseReview, Offering, Provider, ProviderContact
from ledger import queues
from ledger.models import Entry
from ledger.queries import tell
from ledger.states import NotPossible
from people.states import Role
from tests.factories import courses
from tests.factories import people as others

# Session, person with roles, and the candidacy that the masthead asks for.
PAGE = 3


@pytest.fixture(autouse=True)
def _now(at: datetime) -> Any:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def pat(db: None) -> Any:
    return others.person("pat@prairie-courses.example", name="Pat Reyes", called="Pat")


@pytest.fixture
def speaks(pat: Any, rita: Any, at: datetime) -> ProviderContact:
    return courses.contact(pat, staff=rita, at=at)


@pytest.fixture
def pair(db: None, at: datetime) -> list[Any]:
    people = [others.person(f"{name}@canyon.example", name=f"{name.title()} Sato", called=name.title()) for name in ("vera", "nils")]
    return [courses.evaluator(person, at=at) for person in people]


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def page_of(application: CourseApplication, page: str) -> str:
    return reverse("courses:question", args=[application.id, page])


# Asking to speak for a provider


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Choose your provider, or name a new one below"),
        ({"new_name": "Bay Library"}, "Say what kind of provider it is"),
        ({"new_name": "Bay Library", "new_kind": "by-mail"}, "by-mail"),
        ({"new_name": "x" * 201, "new_kind": "college"}, "at most 200 characters"),
        ({"new_name": "Bay Library", "new_kind": "college", "post": ""}, "Fill in “Your position there”"),
    ],
)
def test_a_request_says_what_is_missing_and_keeps_what_was_typed(charlie: Any, typed: dict[str, str], said: str) -> None:
    answer = signed_in(charlie).post(reverse("courses:ask"), {"post": "Dean", **typed})
    assert answer.status_code == 200
    assert said in text(answer)
    assert not ProviderContact.objects.exists()


def test_a_provider_is_chosen_or_named_but_not_both(charlie: Any, db: None) -> None:
    known = Provider.objects.create(name="Bay Library", kind="college", state="CA")
    typed = {"provider": known.pk, "new_name": "Cove", "new_kind": "college", "post": "Dean"}
    assert "not both" in text(signed_in(charlie).post(reverse("courses:ask"), typed))


def test_a_person_asks_and_staff_confirm(charlie: Any, rita: Any) -> None:
    browser = signed_in(charlie)
    assert "Tell us which provider you represent" in text(browser.get("/providers/"))
    typed = {"new_name": "Bay  Library", "new_kind": "college", "new_state": "CA", "post": "Dean"}
    answer = browser.post(reverse("courses:ask"), typed, follow=True)
    assert "Staff are reviewing your request" in text(answer)
    provider_contact = ProviderContact.objects.get()
    office = signed_in(rita)
    assert "Charlie Okafor for Bay Library" in text(office.get("/approvals/contacts/"))
    office.post(reverse("courses:confirm_contact", args=[provider_contact.id]), {"provider": ""})
    assert "Bay Library" in text(browser.get("/providers/"))
    assert browser.get("/home/")["Location"] == "/providers/"


def test_staff_join_a_new_name_to_a_provider_that_is_known(charlie: Any, rita: Any, at: datetime) -> None:
    known = Provider.objects.create(name="Bay Library", kind="college", state="CA")
    asked = actions.ask_contact(
        charlie, provider=None, new_name="Library of the Bay", new_kind="college", post="Dean", actor=charlie, at=at
    )
    signed_in(rita).post(reverse("courses:confirm_contact", args=[asked.id]), {"provider": known.pk})
    asked.refresh_from_db()
    assert asked.provider == known
    assert Provider.objects.count() == 1


# Writing


@pytest.mark.parametrize(
    ("page", "typed", "said"),
    [
        ("course", {"title": "", "set": "youth"}, "Fill in “Title of the course”"),
        ("course", {"title": "x" * 201, "set": "youth"}, "at most 200 characters"),
        ("course", {"title": "Words", "set": "unheard"}, "unheard"),
        ("course", {"title": "Words", "set": "youth", "parts": "\n".join("abcdefghi")}, "Name 8 courses at most. You named 9"),
        ("course", {"title": "Words", "set": "youth", "parts": "One\none"}, "Two of these courses have the same name"),
        ("format", {"format": "online", "pace": "live", "dates": "Now", "price": "much"}, "Enter the price as a number"),
        ("format", {"format": "online", "pace": "live", "dates": "Now", "price": "-1"}, "Enter a price from 0 to 20,000 dollars"),
        ("format", {"format": "online", "pace": "live", "dates": "Now", "price": "1.005"}, "Enter dollars and cents"),
        ("format", {"format": "online", "pace": "live", "dates": "Now", "price": "NaN"}, "Enter a price from 0 to 20,000 dollars"),
        ("contact", {"contact_name": "12", "contact_email": "pat@x.example"}, "Enter a name with letters."),
        ("contact", {"contact_name": "Pat", "contact_email": "pat"}, "Enter an email address like"),
        ("contact", {"contact_name": "Pat", "contact_email": "pat@x.example", "website": "javascript:alert(1)"}, "Enter a valid URL."),
        ("content", {"objectives": "x" * 8001, "syllabus": "y", "readings": "z"}, "at most 8000 characters"),
    ],
)
def test_a_mistake_is_told_and_what_was_typed_is_kept(
    speaks: ProviderContact, pat: Any, at: datetime, page: str, typed: dict[str, str], said: str
) -> None:
    made, browser = courses.draft(speaks, at=at), signed_in(pat)
    answer = browser.post(page_of(made, page), {**typed, "version": "0"})
    assert said in text(answer)
    assert "<title>Error: " in answer.content.decode()
    stored = queries.get_page(made, page)
    assert stored.version == 1
    assert {name: stored.typed[name] for name in typed} == typed
    again = browser.get(page_of(made, page))
    assert all(
        value in again.content.decode()
        for value in typed.values()
        if value not in ("", "unheard") and "\n" not in value and len(value) < 100
    )


def test_answers_are_kept_and_shown_again(speaks: ProviderContact, pat: Any, at: datetime) -> None:
    made, browser = courses.draft(speaks, at=at), signed_in(pat)
    browser.post(page_of(made, "course"), {"version": "0", "title": "Words", "set": "youth", "parts": "One\n\n Two "})
    typed = {"format": "online", "pace": "both", "price": "$1,095.50", "dates": "Now", "starts_on_month": "9", "starts_on_day": "14"}
    browser.post(page_of(made, "format"), {"version": "0", **typed, "starts_on_year": "2027"})
    made.refresh_from_db()
    assert (made.title, made.parts, made.price_cents, made.starts_on) == ("Words", ["One", "Two"], 109550, date(2027, 9, 14))
    assert 'value="1095.50"' in browser.get(page_of(made, "format")).content.decode()


def test_autosave_keeps_what_is_typed_and_tells_of_another_tab(speaks: ProviderContact, pat: Any, at: datetime) -> None:
    made, browser = courses.draft(speaks, at=at), signed_in(pat)
    headers = {"X-Autosave": "1"}
    first = browser.post(page_of(made, "content"), {"version": "0", "objectives": "Half"}, headers=headers)
    assert first.json() == {"saved": "10:00 am", "version": 1}
    second = browser.post(page_of(made, "content"), {"version": "0", "objectives": "Other"}, headers=headers)
    assert (second.status_code, second.json()["version"]) == (409, 1)
    assert "Half" in browser.get(page_of(made, "content")).content.decode()
    address = reverse("courses:map", args=[courses.complete(made, at=at).id])
    version = str(queries.get_page(made, "map").version)
    saved = browser.post(address, {"version": version, "content_1": "Week 9"}, headers=headers)
    assert saved.status_code == 200
    assert made.rows.get(competency__number=1).content == "Week 9"
    assert browser.post(address, {"version": version, "content_1": "x"}, headers=headers).status_code == 409
    long = browser.post(address, {"version": str(int(version) + 1), "content_1": "x" * 2001}, headers=headers)
    assert (long.status_code, "too long" in long.json()["error"]) == (422, True)


def test_a_map_that_is_too_long_is_told_and_nothing_is_lost(speaks: ProviderContact, pat: Any, at: datetime) -> None:
    made = courses.complete(courses.draft(speaks, at=at), at=at)
    version = str(queries.get_page(made, "map").version)
    answer = signed_in(pat).post(reverse("courses:map", args=[made.id]), {"version": version, "content_1": "x" * 2001})
    assert "at most 2000 characters" in text(answer)
    assert "x" * 2001 in answer.content.decode()


def test_the_map_has_a_row_for_each_competency(speaks: ProviderContact, pat: Any, at: datetime) -> None:
    made, browser = courses.draft(speaks, at=at), signed_in(pat)
    address = reverse("courses:map", args=[made.id])
    assert browser.get(address)["Location"] == page_of(made, "course")
    courses.complete(made, at=at)
    assert browser.get(address).content.decode().count("<textarea") == 36


def test_what_was_sent_cannot_be_opened_again(speaks: ProviderContact, pat: Any, at: datetime) -> None:
    made, browser = courses.sent(speaks, at=at), signed_in(pat)
    home = reverse("courses:application", args=[made.id])
    for address in (page_of(made, "content"), reverse("courses:map", args=[made.id]), reverse("courses:instructors", args=[made.id])):
        assert browser.get(address)["Location"] == home
        assert "was sent" in text(browser.post(address, {"version": "0"}, follow=True))
        assert browser.post(address, {"version": "0"}, headers={"X-Autosave": "1"}).status_code == 410
    assert browser.get(page_of(made, "unheard")).status_code == 404
    assert "It is waiting for its fee." in text(browser.get(home))


def test_a_stranger_finds_no_application(speaks: ProviderContact, charlie: Any, at: datetime) -> None:
    made, browser = courses.complete(courses.draft(speaks, at=at), at=at), signed_in(charlie)
    names = ("application", "map", "instructors", "check", "withdraw_course")
    assert [browser.get(reverse(f"courses:{name}", args=[made.id])).status_code for name in names] == [404] * 5
    assert browser.get(page_of(made, "content")).status_code == 404
    assert browser.post(reverse("courses:send", args=[made.id])).status_code == 404
    assert browser.post(reverse("courses:start", args=[speaks.provider_id])).status_code == 404
    instructor = made.instructors.get()
    assert browser.get(reverse("courses:open_resume", args=[made.id, instructor.id])).status_code == 404
    assert browser.post(reverse("courses:remove_instructor", args=[made.id, instructor.id])).status_code == 404


def test_staff_find_no_draft(speaks: ProviderContact, rita: Any, at: datetime) -> None:
    made = courses.complete(courses.draft(speaks, at=at), at=at)
    assert signed_in(rita).get(reverse("courses:review_course", args=[made.id])).status_code == 404


def test_a_resume_of_another_kind_is_refused_at_the_field(speaks: ProviderContact, pat: Any, at: datetime) -> None:
    made = courses.draft(speaks, at=at)
    typed = {"name": "Ada Young", "resume": others.upload("ada.exe", b"MZ")}
    assert text(signed_in(pat).post(reverse("courses:instructors", args=[made.id]), typed)).count("We can’t accept this kind of file.") == 2


def test_sending_leads_to_the_fee_and_a_renewal_starts_in_its_time(speaks: ProviderContact, pat: Any, at: datetime) -> None:
    made, browser = courses.complete(courses.draft(speaks, at=at), at=at), signed_in(pat)
    assert "Send and continue to payment $100" in text(browser.get(reverse("courses:check", args=[made.id])))
    answer = browser.post(reverse("courses:send", args=[made.id]))
    assert answer["Location"].startswith("/billing/")
    early = courses.offering("Early", provider="Prairie State Library")
    refused = browser.post(reverse("courses:renew", args=[early.id]), follow=True)
    assert "You can renew it from June 30, 2028." in text(refused)
    soon = courses.offering("Soon", provider="Prairie State Library", approved_until=date(2027, 1, 1))
    renewal = browser.post(reverse("courses:renew", args=[soon.id]), follow=True)
    assert "Explain what has changed" in text(renewal)


# Reviewing and deciding


def test_a_renewal_keeps_its_parts_and_a_name_that_is_taken_is_told_at_the_field(speaks: ProviderContact, pat: Any, at: datetime) -> None:
    course = courses.offering(approved_until=date(2027, 1, 1), parts=["Listening", "Writing"])
    courses.offering("Words Again")
    made, browser = actions.start_renewal(course, actor=pat, at=at), signed_in(pat)
    shown = browser.get(page_of(made, "course"))
    assert "Its courses stay, too: Listening and Writing." in text(shown)
    assert list(shown.context["form"].fields) == ["version", "title", "set"]
    typed = {"version": "0", "title": "Words Again", "set": "communication", "parts": "Writing\nListening"}
    refused = browser.post(page_of(made, "course"), typed)
    assert refused.context["form"].errors["title"] == ["You have another course of this name for this set. Choose another title"]
    browser.post(page_of(made, "course"), {**typed, "version": "1", "title": "Words in Use"})
    made.refresh_from_db()
    assert (made.title, made.parts) == ("Words in Use", ["Listening", "Writing"])


def test_an_evaluator_reviews_on_one_page(speaks: ProviderContact, rita: Any, pair: Any, at: datetime) -> None:
    made = courses.in_review(speaks, at=at)
    first, second = actions.invite_reviewers(made, evaluators=pair, actor=rita, at=at)
    vera = signed_in(pair[0].person)
    address = reverse("courses:review", args=[first.id])
    page = vera.get(address).content.decode()
    assert page.count('name="row_') == 9
    assert "Nils" not in page
    assert vera.get(reverse("courses:review", args=[second.id])).status_code == 404
    assert vera.post(address, {"version": "0", "row_2": "Thin"}, headers={"X-Autosave": "1"}).json()["version"] == 1
    wrong = vera.post(address, {"version": "1", "row_2": "Thin", "send": "1"})
    assert (wrong.status_code, text(wrong).count("Choose what you recommend.")) == (422, 2)
    stale = vera.post(address, {"version": "1", "advice": "approve", "send": "1"})
    assert (stale.status_code, "changed in another tab" in text(stale)) == (409, True)
    sent = vera.post(address, {"version": "2", "advice": "changes", "comment": "Good.", "row_2": "Thin", "send": "1"}, follow=True)
    assert "Your recommendation is sent." in text(sent)
    assert CourseReview.objects.get(pk=first.pk).rows == {"2": "Thin"}
    assert "You sent this on November 23, 2026" in text(vera.get(address))
    assert vera.post(address, {"version": "2", "advice": "approve"}).status_code == 422


def test_an_evaluator_whose_comment_says_who_they_are_is_asked_first(speaks: ProviderContact, rita: Any, pair: Any, at: datetime) -> None:
    first, _ = actions.invite_reviewers(courses.in_review(speaks, at=at), evaluators=pair, actor=rita, at=at)
    vera, address = signed_in(pair[0].person), reverse("courses:review", args=[first.id])
    said = {"advice": "approve", "comment": f"Good. {pair[0].person.name}", "row_2": f"Ask {pair[0].person.email}", "send": "1"}
    asked = vera.post(address, {**said, "version": "0"})
    first.refresh_from_db()
    assert (asked.status_code, first.state, first.comment) == (422, "invited", said["comment"])
    assert f"This identifies you: {pair[0].person.name}, {pair[0].person.email}." in text(asked)
    assert 'name="named"' in asked.content.decode()
    assert 'name="named"' not in vera.get(address).content.decode()
    assert vera.post(address, {**said, "version": "1", "named": "on"}).status_code == 302
    first.refresh_from_db()
    assert first.state == "done"


def test_an_evaluator_who_stays_unnamed_is_asked_nothing(speaks: ProviderContact, rita: Any, pair: Any, at: datetime) -> None:
    first, _ = actions.invite_reviewers(courses.in_review(speaks, at=at), evaluators=pair, actor=rita, at=at)
    said = {"version": "0", "advice": "approve", "comment": "Good.", "row_2": "Add a reading.", "send": "1"}
    assert signed_in(pair[0].person).post(reverse("courses:review", args=[first.id]), said).status_code == 302


def test_declining_takes_a_reason(speaks: ProviderContact, rita: Any, pair: Any, at: datetime) -> None:
    first, _ = actions.invite_reviewers(courses.in_review(speaks, at=at), evaluators=pair, actor=rita, at=at)
    vera, address = signed_in(pair[0].person), reverse("courses:decline_review", args=[first.id])
    assert "Fill in “Why?”" in text(vera.post(address, {}))
    assert "You declined." in text(vera.post(address, {"reason": "Family", "is_conflict": "on"}, follow=True))
    assert vera.get(address).status_code == 404


def test_the_committee_sees_courses_and_nothing_else_of_the_office(speaks: ProviderContact, rita: Any, pair: Any, at: datetime) -> None:
    made = courses.in_review(speaks, at=at)
    courses.recommended(made, *pair, staff=rita, at=at)
    cora = signed_in(others.person("cora@lakes.example", roles=(Role.COMMITTEE,), name="Cora Blum", called="Cora"))
    assert cora.get("/home/")["Location"] == "/approvals/"
    page = cora.get(reverse("courses:review_course", args=[made.id]))
    assert "Clear and complete." in text(page)
    assert "Vera Sato on competency 2: Add a reading." in text(page)
    assert [cora.get(f"/approvals/{part}/").status_code for part in ("contacts", "evaluators", "requests")] == [403] * 3
    assert cora.post(reverse("courses:invite", args=[made.id])).status_code == 403
    assert reverse("appeals:statement") in page.content.decode()
    assert cora.post(reverse("appeals:statement"), {"true": "on"}).status_code == 302
    wrong = cora.post(reverse("courses:ask_changes", args=[made.id]), {"text": "More"})
    assert (wrong.status_code, "Choose an answer for “Which pages open again?”" in text(wrong)) == (422, True)
    done = cora.post(reverse("courses:ask_changes", args=[made.id]), {"text": "More", "items": ["map"]}, follow=True)
    assert "The pages are open again" in text(done)


def test_staff_with_a_part_in_it_see_no_buttons(rita: Any, pair: Any, at: datetime) -> None:
    other = others.person("rolf@lssc.example", roles=(Role.STAFF,), name="Rolf Dahl", called="Rolf")
    made = courses.in_review(courses.contact(rita, staff=other, at=at), at=at)
    courses.recommended(made, *pair, staff=other, at=at)
    browser = signed_in(rita)
    page = browser.get(reverse("courses:review_course", args=[made.id]))
    assert "You sent this application. Someone else must decide on it." in text(page)
    assert reverse("courses:approve_course", args=[made.id]) not in page.content.decode()
    answer = browser.post(reverse("courses:approve_course", args=[made.id]), follow=True)
    assert "You sent this application." in text(answer)
    assert not Approval.objects.exists()


def test_an_auditor_reads_and_changes_nothing(speaks: ProviderContact, at: datetime) -> None:
    auditor = signed_in(others.person("audrey@audit.example", roles=(Role.AUDITOR,), name="Audrey Lamb", called="Audrey"))
    made = courses.in_review(speaks, at=at)
    page = auditor.get(reverse("courses:review_course", args=[made.id]))
    assert page.status_code == 200
    assert "<form" not in page.content.decode().split("<main")[1]


# The catalog


@pytest.fixture
def shelf(db: None) -> None:
    courses.offering("Dear", price_cents=50000, starts_on=date(2026, 12, 23), pace="live")
    courses.offering("Cheap", price_cents=5000, starts_on=date(2026, 12, 24), pace="self_paced")
    courses.offering("Free", price_cents=0, starts_on=date(2026, 11, 22), pace="both")
    courses.offering("Unknown", pace="")
    ended = courses.offering("Ended", approved_on=date(2016, 2, 29), approved_until=date(2020, 2, 29))
    assert ended.approvals.count() == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("price=0", ["Free"]),
        ("price=50", ["Cheap", "Free"]),
        ("price=400", ["Cheap", "Free"]),
        ("price=7", ["Cheap", "Dear", "Free", "Unknown"]),
        ("start=30", ["Dear"]),
        ("start=90", ["Cheap", "Dear"]),
        ("start=any", ["Cheap", "Free"]),
        ("start=never", ["Cheap", "Dear", "Free", "Unknown"]),
        ("taken_month=2&taken_day=27&taken_year=2014", []),
        ("taken_month=2&taken_day=28&taken_year=2014", ["Ended"]),
        ("taken_month=2&taken_day=29&taken_year=2020", ["Ended"]),
        ("taken_month=3&taken_day=1&taken_year=2020", []),
        ("taken_month=June&taken_day=30&taken_year=2023", ["Cheap", "Dear", "Free", "Unknown"]),
        ("taken_month=6&taken_day=29&taken_year=2023", []),
        ("taken_month=2&taken_day=30&taken_year=2023", ["Cheap", "Dear", "Free", "Unknown"]),
        ("taken_month=%00", ["Cheap", "Dear", "Free", "Unknown"]),
    ],
)
def test_the_catalog_is_narrowed_by_price_start_and_the_day_of_taking_it(client: Client, shelf: None, query: str, found: list[str]) -> None:
    page = client.get(f"/courses/?{query}").content.decode()
    assert re.findall(r'<h3><a href="/courses/[^"]+">([^<]+)</a>', page) == found


def test_a_course_shows_every_approval(client: Client, rita: Any, at: datetime) -> None:
    course = courses.offering(approved_on=date(2016, 1, 1), approved_until=date(2019, 12, 31))
    about = {"approved_on": date(2025, 1, 1), "approved_until": date(2028, 12, 31), "reason": "Letter", "actor": rita, "at": at}
    actions.enter_approval(course, **about, is_correction=False)
    words = text(client.get(reverse("courses:offering", args=[course.id])))
    assert "from January 1, 2014 to December 31, 2019 , or from January 1, 2023 to December 31, 2028" in words
    assert "January 1, 2016 to December 31, 2019" in words


# Course requests


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"place": "", "email": "who@ridge.example"}, "Fill in “Where?”"),
        ({"place": "Bangor", "email": "who"}, "Enter an email address like"),
        ({"place": "Bangor", "email": "who@ridge.example", "set": "unheard"}, "unheard"),
        ({"place": "x" * 201, "email": "who@ridge.example"}, "at most 200 characters"),
    ],
)
def test_a_course_request_says_what_is_missing(client: Client, db: None, typed: dict[str, str], said: str) -> None:
    assert said in text(client.post("/courses/request/", typed))
    assert not CourseRequest.objects.exists()


def test_a_few_course_requests_an_hour_are_taken_from_one_place(client: Client, charlie: Any, rita: Any) -> None:
    from django.core.cache import cache

    cache.clear()
    for number in range(6):
        answer = client.post("/courses/request/", {"place": f"Town {number}", "email": "who@ridge.example", "set": "youth"})
    assert "Try again in an hour" in text(answer)
    assert CourseRequest.objects.count() == 5
    cache.clear()
    signed_in(charlie).post("/courses/request/", {"place": "Gallup"})
    request = CourseRequest.objects.get(place="Gallup")
    assert (request.person, request.email) == (charlie, charlie.email)
    office, address = signed_in(rita), reverse("courses:answer_course_request", args=[request.id])
    assert "Fill in “Your answer”" in text(office.post(address, {"answer": " "}))
    assert "Your answer is on its way." in text(office.post(address, {"answer": "Soon."}, follow=True))
    cache.clear()


# What lists cost


def _fill(speaks: ProviderContact, at: datetime, rows: int) -> None:
    sent = courses.in_review(speaks, at=at)
    same = {name: getattr(sent, name) for name in ("provider", "person", "state", "set", "terms", "started_at", "sent_at", "sent_on")}
    same |= {"paid_on": sent.paid_on, "decide_by": sent.decide_by}
    CourseApplication.objects.bulk_create(CourseApplication(**same, title=f"Course {number}") for number in range(rows - 1))
    for number in range(rows):
        Offering.objects.create(provider=sent.provider, set=sent.set, title=f"Taught {number}", format="online")
        CourseRequest.objects.create(email="who@ridge.example", set=sent.set, place=f"Town {number}", asked_at=at, answer_by=at.date())
        person = others.person(f"asks{number}@canyon.example", name=f"Asks {number}")
        ProviderContact.objects.create(
            person=person, new_name=f"New {number}", new_kind="college", post="Dean", asked_at=at, answer_by=at.date()
        )
        courses.evaluator(others.person(f"reads{number}@dell.example", name=f"Reads {number}"), at=at)


@pytest.mark.parametrize("rows", [3, 30])
def test_lists_cost_the_same_for_three_rows_and_thirty(
    speaks: ProviderContact, pat: Any, rita: Any, at: datetime, rows: int, django_assert_num_queries: Any
) -> None:
    _fill(speaks, at, rows)
    office, provider = signed_in(rita), signed_in(pat)
    for browser, address, cost in (
        (provider, "/providers/", 7),
        (office, "/approvals/", 3),
        (office, "/approvals/contacts/", 3),
        (office, "/approvals/evaluators/", 3),
        (office, "/approvals/requests/", 1),
    ):
        browser.get(address)
        with django_assert_num_queries(PAGE + cost):
            assert browser.get(address).status_code == 200
    with django_assert_num_queries(2):
        assert len(queues.list_app_work_items("courses", at=at)) == 3 * rows


@pytest.mark.parametrize("rows", [3, 30])
def test_an_evaluators_list_costs_the_same(
    speaks: ProviderContact, rita: Any, pair: Any, at: datetime, rows: int, django_assert_num_queries: Any
) -> None:
    _fill(speaks, at, rows)
    CourseReview.objects.bulk_create(
        CourseReview(application=row, evaluator=pair[0], slot=1, invited_on=at.date(), review_by=at.date())
        for row in CourseApplication.objects.all()
    )
    vera = signed_in(pair[0].person)
    vera.get("/reviews/")
    with django_assert_num_queries(PAGE + 2):
        assert text(vera.get("/reviews/")).count("Recommend by") == min(rows, 25)


def test_the_office_leads_to_every_list_of_courses_and_agreements(rita: Any, at: datetime) -> None:
    browser, pages = signed_in(rita), [reverse("office")]
    for page in pages:
        links = re.findall(r'href="(/[a-z/]*/)"', browser.get(page).content.decode())
        found = [link for link in links if link.startswith(("/approvals/", "/completions/", "/office/"))]
        pages.extend(one for one in dict.fromkeys(found) if one not in pages)
    lists = ("courses", "contacts", "evaluators", "course_requests", "completions")
    lists_of_agreements = ("submitted", "signed", "colleges", "graduates")
    wanted = [f"courses:{name}" for name in lists] + [f"agreements:{name}" for name in lists_of_agreements]
    assert set(map(reverse, wanted)) <= set(pages)


def test_a_contact_sees_the_request_for_another_provider(speaks: ProviderContact, pat: Any, at: datetime) -> None:
    browser = signed_in(pat)
    typed = {"new_name": "Bay Library", "new_kind": "college", "post": "Dean"}
    shown = browser.post(reverse("courses:ask"), typed, follow=True)
    assert "to represent Bay Library. Staff will answer by" in text(shown)
    assert "Ask to represent another provider" not in text(shown)
    refused = browser.post(reverse("courses:ask"), {**typed, "new_name": "Cove Library"})
    assert "Your request to represent Bay Library is under review." in text(refused)
    assert 'value="Cove Library"' in refused.content.decode()


# Keeping the catalog


ENTRY = {
    "price": "120.50",
    "dates": "Every spring",
    "starts_on_month": "3",
    "starts_on_day": "1",
    "starts_on_year": "2027",
    "contact_name": "Pia Reyes",
    "contact_email": "pia@prairie-courses.example",
    "website": "https://prairie-courses.example/words",
}


def test_a_provider_and_staff_keep_the_entry_between_approvals(
    speaks: ProviderContact, pat: Any, rita: Any, charlie: Any, client: Client, at: datetime
) -> None:
    course = courses.offering(starts_on=date(2026, 9, 1))
    address = reverse("courses:entry", args=[course.id])
    assert "September 1, 2026" not in text(client.get(reverse("courses:offering", args=[course.id])))
    assert signed_in(charlie).get(address).status_code == 404
    assert address in signed_in(pat).get(reverse("courses:portal")).content.decode()
    signed_in(rita).post(address, {**ENTRY, "price": "", "starts_on_year": "2028"})
    assert "The catalog shows it now." in text(signed_in(pat).post(address, ENTRY, follow=True))
    shown = text(client.get(reverse("courses:offering", args=[course.id])))
    assert "Price $120.50" in shown
    assert "Starts March 1, 2027" in shown
    assert "Pia Reyes" in shown
    assert signed_in(rita).post(address, {**ENTRY, "price": ""}).context["form"].errors.keys() == {"price"}
    assert "You made no changes, so nothing was saved." in text(signed_in(rita).post(address, ENTRY, follow=True))
    course.refresh_from_db()
    assert (course.price_cents, course.title, course.approved_until) == (12050, "Words That Help", date(2029, 6, 30))
    entries = Entry.objects.filter(verb="courses.offering.entry").order_by("id").select_related("actor", "person")
    assert [tell(entry).sentence for entry in entries] == [
        "Rita Lindqvist updated the catalog entry of Words That Help: when it runs, next start, contact, contact’s address, "
        "page of the course.",
        "Pat Reyes updated the catalog entry of Words That Help: price, next start.",
    ]


def test_a_provider_cannot_leave_the_price_open_and_an_ended_contact_changes_nothing(
    speaks: ProviderContact, pat: Any, rita: Any, at: datetime
) -> None:
    course, browser = courses.offering(price_cents=9500), signed_in(pat)
    address = reverse("courses:entry", args=[course.id])
    refused = browser.post(address, {**ENTRY, "price": "", "website": f"https://prairie.example/{'x' * 200}"})
    assert set(refused.context["form"].errors) == {"price", "website"}
    actions.end_contact(speaks, reason="Left", actor=rita, at=at)
    with pytest.raises(NotPossible):
        actions.keep_entry(course, values={"price_cents": 1}, actor=pat, at=at)
    course.refresh_from_db()
    assert course.price_cents == 9500


def test_a_long_address_of_a_page_is_told_at_the_field(speaks: ProviderContact, pat: Any, at: datetime) -> None:
    made = courses.draft(speaks, at=at)
    typed = {"version": "0", "contact_name": "Pat", "contact_email": pat.email, "website": f"https://prairie.example/{'x' * 200}"}
    assert "at most 200 characters" in text(signed_in(pat).post(page_of(made, "contact"), typed))


@pytest.mark.parametrize(
    ("query", "said"),
    [("taken_month=2&taken_day=30&taken_year=2026", "February 2026"), ("taken_year=2026", "Enter the month and the day")],
)
def test_a_day_that_is_none_is_told_at_the_field(query: str, said: str, client: Client, shelf: None) -> None:
    shown = client.get(f"{reverse('courses:catalog')}?{query}")
    assert said in str(shown.context["form"].errors["taken"])
    assert "<title>Error: " in shown.content.decode()
