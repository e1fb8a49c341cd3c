"""Each page as each person: what it shows, who may not see it, and what happens with what people type."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses import actions, queries
from courses.models import Completion
from ledger import queues
from ledger.models import Email
from tests.factories import candidates as candidacies
from tests.factories import courses
from tests.factories import people as others

# Session, person with roles, and the candidacy that the masthead asks for.
PAGE = 3
FINISHED = {"completed_on_month": "October", "completed_on_day": "2", "completed_on_year": "2026"}


@pytest.fixture(autouse=True)
def _now(at: datetime) -> Any:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def candidacy(alice: Any, rita: Any, at: datetime) -> Any:
    return candidacies.candidacy(alice, at=at, staff=rita)


@pytest.fixture
def audrey(db: None) -> Any:
    """An auditor: reads what staff read, and changes nothing."""
    from people.states import Role

    return others.person("audrey@audit.example", name="Audrey Lamb", called="Audrey", roles=(Role.AUDITOR,))


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def text(response: Any) -> str:
    """The page's words, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def titles(response: Any) -> list[str]:
    return re.findall(r'<h3><a href="/courses/[^"]+">([^<]+)</a>', response.content.decode())


def proof() -> SimpleUploadedFile:
    from io import BytesIO

    from PIL import Image

    picture = BytesIO()
    Image.new("RGB", (40, 30), "white").save(picture, "PNG")
    return SimpleUploadedFile("signed.png", picture.getvalue(), "image/png")


# The catalog


@pytest.fixture
def shelf(db: None) -> None:
    courses.offering("Words That Help")
    courses.offering("Describing What We Have", set_code="cataloging", format="in_person", parts=["Describing", "Subject headings"])
    courses.offering("Talking About Books", set_code="readers-advisory", is_example=True, price_cents=18000)
    courses.offering("Old Technology", set_code="technology", approved_on=date(2020, 6, 30), approved_until=date(2024, 6, 30))
    courses.offering("Undated Technology", set_code="technology", approved_on=None, approved_until=None)


ALL = ["Words That Help", "Undated Technology", "Talking About Books", "Describing What We Have"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ALL),
        ("q=what+DESCRIBING", ["Describing What We Have"]),
        ("q=headings", ["Describing What We Have"]),
        ("q=prairie", ALL),
        ("q=50%25", []),
        ("q=%00", ALL),
        ("set=technology", ["Undated Technology"]),
        ("set=technology&set=cataloging", ["Undated Technology", "Describing What We Have"]),
        ("set=technology&ended=yes", ["Old Technology", "Undated Technology"]),
        ("set=unheard-of", ALL),
        ("format=in_person", ["Describing What We Have"]),
        ("format=by-mail", ALL),
        ("kind=college", []),
        ("kind=state_library", ALL),
        ("state=IL", ALL),
        ("state=ZZ", ALL),
        ("q=words&set=technology", []),
    ],
)
def test_the_catalog_is_narrowed_by_its_address(client: Client, shelf: None, query: str, found: list[str]) -> None:
    assert titles(client.get(f"/courses/?{query}")) == found


@pytest.mark.parametrize(("today", "shown"), [(date(2029, 6, 30), True), (date(2029, 7, 1), False)])
def test_a_course_is_listed_to_the_last_day_of_its_approval(client: Client, db: None, today: date, shown: bool) -> None:
    courses.offering()
    with time_machine.travel(datetime.fromisoformat(f"{today}T20:00:00+00:00"), tick=False):
        assert titles(client.get("/courses/")) == ["Words That Help"] * shown


def test_the_catalog_says_what_is_made_up_and_what_is_not_known(client: Client, shelf: None) -> None:
    words = text(client.get("/courses/"))
    assert words.count("Example Covers all") == 1
    assert "Example Covers all twelve competencies of Adult Readers&#x27; Advisory Services" in words
    assert words.count("Approval date unknown. Ask the provider") == 1
    assert words.count("June 30, 2029") == 3
    assert "$180" in words


def test_the_catalog_says_so_when_nothing_fits(client: Client, shelf: None) -> None:
    words = text(client.get("/courses/?q=quantum"))
    assert "We found nothing for “quantum”." in words


def test_what_was_searched_is_shown_as_text(client: Client, shelf: None) -> None:
    page = client.get("/courses/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_catalog_has_pages_of_25(client: Client, db: None) -> None:
    for number in range(27):
        courses.offering(f"Course {number:02}")
    assert titles(client.get("/courses/")) == [f"Course {number:02}" for number in range(25)]
    assert titles(client.get("/courses/?page=2&q=course")) == ["Course 25", "Course 26"]
    assert "Page 2 of 2" in text(client.get("/courses/?page=2"))
    assert client.get("/courses/?page=3&q=course")["Location"] == "/courses/?q=course"
    assert titles(client.get("/courses/?page=none"))[0] == "Course 00"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_catalog_asks_three_questions(client: Client, db: None, rows: int) -> None:
    for number in range(rows):
        courses.offering(f"Course {number}", provider=f"Provider {number}")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get("/courses/")
    assert len(asked) == 3


def test_the_catalog_is_not_sent_again_unchanged(client: Client, shelf: None) -> None:
    tag = client.get("/courses/")["ETag"]
    assert client.get("/courses/", headers={"If-None-Match": tag}).status_code == 304
    courses.offering("A New One")
    assert client.get("/courses/", headers={"If-None-Match": tag}).status_code == 200


# One course


def test_a_course_says_when_it_counts(client: Client, db: None) -> None:
    words = text(client.get(reverse("courses:offering", args=[courses.offering().id])))
    assert "from June 30, 2023 to June 30, 2029 . Both days count." in words
    assert "The two years before an approval also count." in words
    assert "The course was approved on June 30, 2025." in words
    assert "I finished this course" not in words


def test_a_course_without_dates_says_so_and_what_to_do(client: Client, db: None) -> None:
    course = courses.offering(approved_on=None, approved_until=None)
    words = text(client.get(reverse("courses:offering", args=[course.id])))
    assert "We don’t have the dates, so we can’t tell yet if it counts for you." in words
    assert "Ask the provider for its letter of approval" in words


def test_an_unknown_course_is_not_found(client: Client, db: None) -> None:
    assert client.get("/courses/00000000-0000-0000-0000-000000000000/").status_code == 404


def test_a_course_shows_a_candidate_where_to_send_proof(candidacy: Any, alice: Any, at: datetime) -> None:
    course, browser = courses.offering(), signed_in(alice)
    address = reverse("courses:offering", args=[course.id])
    assert reverse("courses:claim", args=[course.id]) in browser.get(address).content.decode()
    made = courses.claimed(candidacy, at=at, course=course)
    page = browser.get(address).content.decode()
    assert reverse("courses:claim", args=[course.id]) not in page
    assert reverse("courses:claimed", args=[made.id]) in page


def test_a_stranger_is_told_how_to_become_a_candidate(charlie: Any) -> None:
    course = courses.offering()
    page = signed_in(charlie).get(reverse("courses:offering", args=[course.id])).content.decode()
    assert reverse("courses:claim", args=[course.id]) not in page
    answer = signed_in(charlie).get(reverse("courses:claim", args=[course.id]), follow=True)
    assert "Only candidates can send proof of a course." in text(answer)


# Sending proof


def test_proof_is_sent_and_the_page_says_what_comes_next(candidacy: Any, alice: Any) -> None:
    course, browser = courses.offering(), signed_in(alice)
    answer = browser.post(reverse("courses:claim", args=[course.id]), {**FINISHED, "proof": proof()}, follow=True)
    made = Completion.objects.get()
    assert answer.redirect_chain == [(reverse("courses:claimed", args=[made.id]), 302)]
    assert "We have your proof. Staff will check it next, and we will email you when it is decided." in text(answer)
    assert made.completed_on == date(2026, 10, 2)


@pytest.mark.parametrize(
    ("typed", "with_proof", "said"),
    [
        ({"completed_on_month": "6", "completed_on_day": "29", "completed_on_year": "2023"}, True, "June 29, 2023 is too early"),
        ({"completed_on_month": "11", "completed_on_day": "24", "completed_on_year": "2026"}, True, "after today, November 23, 2026"),
        ({"completed_on_month": "2", "completed_on_day": "30", "completed_on_year": "2026"}, True, "February 2026 has 28 days"),
        (FINISHED, False, "Choose a file for “Your proof”"),
    ],
)
def test_a_mistake_is_said_at_the_field_and_the_date_stays(
    candidacy: Any, alice: Any, typed: dict[str, str], with_proof: bool, said: str
) -> None:
    course = courses.offering()
    answer = signed_in(alice).post(reverse("courses:claim", args=[course.id]), typed | ({"proof": proof()} if with_proof else {}))
    page = answer.content.decode()
    assert "<title>Error: " in page
    assert text(answer).count(said) == 2  # in the summary and at the field
    for value in typed.values():
        assert f'value="{value}"' in page
    assert not Completion.objects.exists()


def test_a_file_of_another_kind_is_refused_at_the_field(candidacy: Any, alice: Any) -> None:
    course = courses.offering()
    upload = SimpleUploadedFile("proof.exe", b"MZ", "application/octet-stream")
    answer = signed_in(alice).post(reverse("courses:claim", args=[course.id]), {**FINISHED, "proof": upload})
    assert text(answer).count("We can’t accept this kind of file.") == 2
    assert not Completion.objects.exists()


def test_proof_that_is_sent_twice_is_kept_once(candidacy: Any, alice: Any) -> None:
    course, browser = courses.offering(), signed_in(alice)
    for _ in range(2):
        answer = browser.post(reverse("courses:claim", args=[course.id]), {**FINISHED, "proof": proof()}, follow=True)
    assert "Your proof for Communication and Teamwork is under review." in text(answer)
    assert Completion.objects.count() == 1
    assert Email.objects.filter(notice="courses/claim_received").count() == 1


@pytest.mark.parametrize("reason", ["over", "undated", "achieved"])
def test_no_form_is_shown_where_nothing_can_be_sent(candidacy: Any, alice: Any, at: datetime, reason: str) -> None:
    course = courses.offering(**({"approved_on": None, "approved_until": None} if reason == "undated" else {}))
    if reason == "achieved":
        candidacies.achieve(candidacy, "communication", at=at)
    days = 365 * 5 if reason == "over" else 0
    with time_machine.travel(at + timedelta(days=days), tick=False):
        answer = signed_in(alice).get(reverse("courses:claim", args=[course.id]), follow=True)
    assert answer.redirect_chain == [(reverse("courses:offering", args=[course.id]), 302)]
    said = {
        "over": "Your time in the program ended on November 23, 2030.",
        "undated": "You can send proof when we have the approval dates.",
        "achieved": "You achieved Communication and Teamwork already.",
    }[reason]
    assert said in text(answer)


def test_a_candidate_takes_proof_back(candidacy: Any, alice: Any, at: datetime) -> None:
    made, browser = courses.claimed(candidacy, at=at), signed_in(alice)
    address = reverse("courses:withdraw", args=[made.id])
    assert "Withdraw your proof?" in text(browser.get(address))
    assert "You withdrew it." in text(browser.post(address, follow=True))
    assert Completion.objects.get().state == "withdrawn"
    assert "This was already decided or withdrawn. Nothing was changed." in text(browser.post(address, follow=True))
    assert browser.get(address)["Location"] == reverse("courses:claimed", args=[made.id])


@pytest.mark.parametrize("state", ["claimed", "accepted", "refused", "withdrawn"])
def test_the_page_of_a_completion_says_where_it_stands(candidacy: Any, alice: Any, rita: Any, at: datetime, state: str) -> None:
    made = courses.claimed(candidacy, at=at)
    if state == "accepted":
        actions.accept(made, actor=rita, at=at)
    elif state == "refused":
        actions.refuse(made, reason="The form is not signed.", actor=rita, at=at)
    elif state == "withdrawn":
        actions.withdraw(made, actor=alice, at=at)
    words = text(signed_in(alice).get(reverse("courses:claimed", args=[made.id])))
    said = {
        "claimed": "Staff are reviewing your proof",
        "accepted": "Communication and Teamwork is yours",
        "refused": "The form is not signed.",
        "withdrawn": "You withdrew this proof",
    }
    assert [key for key, value in said.items() if value in words] == [state]
    assert ("Withdraw it" in words) == (state == "claimed")


def test_a_proof_opens_for_its_owner_and_for_staff_only(
    candidacy: Any, alice: Any, rita: Any, audrey: Any, charlie: Any, at: datetime
) -> None:
    made = courses.claimed(candidacy, at=at)
    mine, office = reverse("courses:open_proof", args=[made.id]), reverse("courses:review_proof", args=[made.id])
    opened = signed_in(alice).get(mine)
    assert (opened.status_code, opened["Location"].split("?")[0]) == (302, reverse("people:document", args=[made.proof_id]))
    assert [signed_in(person).get(mine).status_code for person in (charlie, rita)] == [404, 404]
    assert [signed_in(person).get(office).status_code for person in (rita, audrey, alice, charlie)] == [302, 302, 403, 403]


# Who may open what


def test_a_stranger_never_sees_another_persons_completion(candidacy: Any, charlie: Any, at: datetime) -> None:
    made, browser = courses.claimed(candidacy, at=at), signed_in(charlie)
    for name in ("claimed", "withdraw"):
        assert browser.get(reverse(f"courses:{name}", args=[made.id])).status_code == 404
    assert browser.post(reverse("courses:withdraw", args=[made.id])).status_code == 404
    assert Completion.objects.get().state == "claimed"


def test_the_office_is_for_the_office(
    candidacy: Any, alice: Any, rita: Any, audrey: Any, charlie: Any, client: Client, at: datetime
) -> None:
    made = courses.claimed(candidacy, at=at)
    read = [reverse("courses:completions"), reverse("courses:completion", args=[made.id])]
    write = [reverse(f"courses:{name}", args=[made.id]) for name in ("accept", "refuse")]
    dates = reverse("courses:approval", args=[made.offering_id])
    for address in read:
        assert [signed_in(person).get(address).status_code for person in (rita, audrey, alice, charlie)] == [200, 200, 403, 403]
        assert client.get(address)["Location"].startswith("/account/")
    for address in write:
        assert [signed_in(person).post(address).status_code for person in (audrey, alice, charlie)] == [403, 403, 403]
        assert signed_in(rita).get(address).status_code == 405
    assert [signed_in(person).get(dates).status_code for person in (rita, audrey, alice)] == [200, 403, 403]
    assert Completion.objects.get().state == "claimed"


def test_an_auditor_sees_no_buttons(candidacy: Any, audrey: Any, at: datetime) -> None:
    made = courses.claimed(candidacy, at=at)
    page = signed_in(audrey).get(reverse("courses:completion", args=[made.id])).content.decode()
    assert reverse("courses:accept", args=[made.id]) not in page
    assert reverse("courses:refuse", args=[made.id]) not in page


def test_staff_see_no_buttons_on_their_own(rita: Any, alice: Any, at: datetime) -> None:
    admitting = others.person("rolf@lssc.example", name="Rolf Dahl", called="Rolf")
    made = courses.claimed(candidacies.candidacy(rita, at=at, staff=admitting), at=at)
    browser = signed_in(rita)
    page = browser.get(reverse("courses:completion", args=[made.id]))
    assert "This is your own completion. Another staff member must decide on it." in text(page)
    assert reverse("courses:accept", args=[made.id]) not in page.content.decode()
    answer = browser.post(reverse("courses:accept", args=[made.id]), follow=True)
    assert "This is your own completion." in text(answer)
    assert Completion.objects.get().state == "claimed"


# Deciding


def test_staff_see_the_checks_and_what_accepting_does(candidacy: Any, rita: Any, at: datetime) -> None:
    candidacies.achieve(candidacy, "technology", at=at)
    made = courses.claimed(candidacy, at=at)
    words = text(signed_in(rita).get(reverse("courses:completion", args=[made.id])))
    assert "October 2, 2026 is within the dates of this course. It was approved on June 30, 2025." in words
    assert "Sent on November 23, 2026; the last day is November 23, 2030." in words
    assert "is achieved today, November 23, 2026 , by an approved course. Alice then has two of six sets." in words
    assert "An email to alice@marlow.example says so." in words


def test_the_sixth_set_completes_the_program(candidacy: Any, rita: Any, at: datetime) -> None:
    for code in ("technology", "foundations", "access", "cataloging", "youth"):
        candidacies.achieve(candidacy, code, at=at)
    made, browser = courses.claimed(candidacy, at=at), signed_in(rita)
    words = text(browser.get(reverse("courses:completion", args=[made.id])))
    assert "All six sets are done then, and the program is completed." in words
    answer = browser.post(reverse("courses:accept", args=[made.id]), follow=True)
    assert "Alice Moreau achieved Communication and Teamwork. The email is on its way." in text(answer)
    candidacy.refresh_from_db()
    assert (candidacy.state, candidacy.completed_on) == ("completed", date(2026, 11, 23))


def test_a_completion_that_cannot_be_accepted_says_why(candidacy: Any, rita: Any, at: datetime) -> None:
    made, browser = courses.claimed(candidacy, at=at), signed_in(rita)
    candidacies.achieve(candidacy, "communication", at=at, way="portfolio")
    page = browser.get(reverse("courses:completion", args=[made.id]))
    assert "Alice already achieved it in another way. It counts once." in text(page)
    assert reverse("courses:accept", args=[made.id]) not in page.content.decode()


def test_staff_refuse_with_a_reason(candidacy: Any, rita: Any, at: datetime) -> None:
    made, browser = courses.claimed(candidacy, at=at), signed_in(rita)
    address = reverse("courses:refuse", args=[made.id])
    assert text(browser.post(address, {"reason": " "})).count("Fill in “What is missing, and what would help?”") == 2
    assert Completion.objects.get().state == "claimed"
    assert "is refused. The email with your reason is on its way." in text(browser.post(address, {"reason": "Not signed."}, follow=True))
    assert Completion.objects.get().refusal_text == "Not signed."
    assert "It may have been decided or withdrawn a moment ago." in text(browser.post(address, {"reason": "Again."}, follow=True))


def test_staff_enter_the_dates_of_an_approval(rita: Any) -> None:
    course, browser = courses.offering(approved_on=None, approved_until=None), signed_in(rita)
    address = reverse("courses:approval", args=[course.id])
    typed = {
        "approved_on_month": "6",
        "approved_on_day": "30",
        "approved_on_year": "2025",
        "approved_until_month": "6",
        "approved_until_day": "30",
        "approved_until_year": "2025",
        "reason": "Letter of May 3, 2026",
    }
    wrong = browser.post(address, typed)
    assert text(wrong).count("The last day must be after the first day") == 2
    assert 'value="Letter of May 3, 2026"' in wrong.content.decode()
    answer = browser.post(address, {**typed, "approved_until_year": "2029"}, follow=True)
    assert "Words That Help is approved through June 30, 2029. The catalog shows it now." in text(answer)
    course.refresh_from_db()
    assert (course.approved_on, course.approved_until) == (date(2025, 6, 30), date(2029, 6, 30))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_and_the_inbox_ask_the_same_for_one_row_and_three(
    rita: Any, alice: Any, bob: Any, beth: Any, at: datetime, rows: int, django_assert_num_queries: Any
) -> None:
    course = courses.offering()
    for person in (alice, bob, beth)[:rows]:
        courses.claimed(candidacies.candidacy(person, at=at, staff=rita), at=at, course=course)
    browser = signed_in(rita)
    browser.get(reverse("courses:completions"))
    with django_assert_num_queries(PAGE + 2):
        words = text(browser.get(reverse("courses:completions")))
    assert f"{rows} proof" in words
    with django_assert_num_queries(2):
        assert len(queues.list_app_work_items("courses", at=at)) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_a_candidates_claims_are_one_question(candidacy: Any, at: datetime, rows: int, django_assert_num_queries: Any) -> None:
    for code in ("communication", "technology", "foundations")[:rows]:
        courses.claimed(candidacy, at=at, course=courses.offering(set_code=code))
    with django_assert_num_queries(1):
        told = [(claim.offering.set.code, claim.offering.provider.name, claim.state) for claim in queries.list_claims(candidacy)]
    assert len(told) == rows
