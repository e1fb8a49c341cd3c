"""Staff ask for more: what opens, what stays closed, who has it, and until when."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from PIL import Image

from candidates import actions, queries
from candidates.models import Application, InformationRequest
from candidates.states import ApplicationState
from ledger import queues
from ledger.models import Email
from ledger.queries import list_entries, tell
from ledger.states import NotPossible, NotYourDecision
from people import actions as roles
from people.states import Role
from tests.factories import candidates as factory
from tests.factories import people

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=10)
DIPLOMA = {"diploma": "equivalent", "diploma_statement": "GED, Ohio, 2004"}


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)


def told(person) -> list[str]:
    return [tell(entry).sentence for entry in reversed(list_entries(person)) if entry.verb.startswith("candidates.application.")]


def letters(person) -> list[tuple[str, str]]:
    emails = Email.objects.filter(person=person, notice__startswith="candidates/a").order_by("created_at", "dedupe_key")
    return [(letter.notice, letter.subject) for letter in emails]


def text(response) -> str:
    return " ".join(response.content.decode().split())


def picture():
    out = BytesIO()
    Image.new("L", (20, 20)).save(out, "PNG")
    return people.upload("letter.png", out.getvalue(), "image/png")


def save(application, section, values, *, at=NOW):
    version = queries.get_page(application, section).version
    actions.save_section(application, section=section, version=version, values=values, actor=application.person, at=at)


def test_asking_opens_the_named_parts_and_no_other(alice, rita):
    application = factory.in_review(alice, at=NOW)
    actions.ask(application, notes={"resume": "Page two is missing.", "diploma": " Which year? ", "who": "  "}, actor=rita, at=NOW)
    application.refresh_from_db()
    assert application.state == ApplicationState.ASKED
    asked = queries.list_asked(application)
    assert {item: row.note for item, row in asked.items()} == {"diploma": "Which year?", "resume": "Page two is missing."}
    assert letters(alice) == [("candidates/asked", "Your application: we need more information")]
    assert "Your schooling: Which year?" in Email.objects.get(notice="candidates/asked").text
    assert told(alice)[-1] == "Rita Lindqvist asked Alice Moreau for more: your schooling, your resume."
    with pytest.raises(NotPossible, match="did not ask about this part"):
        save(application, "member", {"is_member": False, "member_number": ""})
    with pytest.raises(NotPossible, match="did not ask about this part"):
        factory.employment(application, at=NOW)
    with pytest.raises(NotPossible, match="did not ask about this part"):
        actions.attach_letter(application, upload=people.upload(), actor=alice, at=NOW)
    save(application, "diploma", DIPLOMA)
    application.refresh_from_db()
    assert application.diploma_statement == "GED, Ohio, 2004"


def test_the_answer_starts_the_clock_of_staff_again(alice, rita):
    application = factory.asked(alice, at=NOW, staff=rita, notes={"diploma": "Which year?"})
    before = application.decide_by
    save(application, "diploma", DIPLOMA, at=LATER)
    actions.answer(application, reply="", actor=alice, at=LATER)
    application.refresh_from_db()
    assert (application.state, before, application.decide_by) == ("in_review", date(2026, 11, 30), date(2026, 12, 10))
    assert application.returned_on == date(2026, 12, 3)
    assert letters(alice)[-1] == ("candidates/answered", "We have your answer: staff will decide by December 10, 2026")
    assert letters(rita) == [("candidates/answer_here", "An applicant replied: decide by December 10, 2026")]
    assert queries.list_asked(application) == {}
    [waiting] = queues.list_app_work_items("candidates", at=LATER)
    assert (waiting.since, waiting.due_on) == (date(2026, 12, 3), date(2026, 12, 10))
    with pytest.raises(NotPossible, match="Nothing was sent twice"):
        actions.answer(application, reply="", actor=alice, at=LATER)


def test_what_was_not_changed_needs_a_word(alice, rita):
    application = factory.asked(alice, at=NOW, staff=rita, notes={"diploma": "Which year?", "resume": "Page two?"})
    save(application, "diploma", DIPLOMA)
    with pytest.raises(NotPossible, match="Not changed yet: your resume"):
        actions.answer(application, reply=" ", actor=alice, at=NOW)
    actions.answer(application, reply="The resume has one page.", actor=alice, at=NOW)
    assert InformationRequest.objects.values_list("reply", flat=True).get() == "The resume has one page."


def test_staff_may_ask_a_second_time(alice, rita):
    application = factory.asked(alice, at=NOW, staff=rita, notes={"diploma": "Which year?"})
    save(application, "diploma", DIPLOMA)
    actions.answer(application, reply="", actor=alice, at=NOW)
    actions.ask(application, notes={"letter": "Of your library, please."}, actor=rita, at=LATER)
    actions.attach_letter(application, upload=people.upload(), actor=alice, at=LATER)
    asked = queries.list_asked(application)
    assert [(item, bool(row.done_at), bool(row.document)) for item, row in asked.items()] == [("letter", True, True)]
    assert len(queries.list_requests(application)) == 2


def test_who_may_ask_and_of_what(alice, rita):
    application = factory.in_review(alice, at=NOW)
    for notes in ({}, {"resume": " "}):
        with pytest.raises(NotPossible, match="at least one part"):
            actions.ask(application, notes=notes, actor=rita, at=NOW)
    roles.give_role(alice, Role.STAFF, actor=rita, at=NOW)
    with pytest.raises(NotYourDecision):
        actions.ask(application, notes={"resume": "Again"}, actor=alice, at=NOW)
    actions.admit(application, actor=rita, at=NOW)
    with pytest.raises(NotPossible, match="not waiting for a decision"):
        actions.ask(application, notes={"resume": "Again"}, actor=rita, at=NOW)


def test_a_question_that_nobody_answers_is_closed_and_decided(alice, rita):
    application = factory.asked(alice, at=NOW, staff=rita)
    with pytest.raises(NotPossible, match="Explain why"):
        actions.close_question(application, reason=" ", actor=rita, at=LATER)
    actions.close_question(application, reason="The letter came by post.", actor=rita, at=LATER)
    application.refresh_from_db()
    assert (application.state, application.decide_by) == ("in_review", date(2026, 12, 10))
    with pytest.raises(NotPossible, match="already sent these answers"):
        actions.answer(application, reply="x", actor=alice, at=LATER)
    actions.admit(application, actor=rita, at=LATER)


def test_withdrawing_closes_the_question(alice, rita):
    application = factory.asked(alice, at=NOW, staff=rita)
    actions.withdraw(application, actor=alice, at=LATER)
    assert InformationRequest.objects.get().closed_at == LATER


def test_the_applicant_sees_exactly_what_is_asked_and_answers(client, alice, rita):
    application = factory.asked(alice, at=NOW, staff=rita, notes={"work": "Until when were you there?", "letter": "Of your library"})
    client.force_login(alice)
    page = text(client.get("/application/"))
    assert "Two parts of your application are open again" in page
    assert "Until when were you there?" in page
    assert "Check your schooling again" not in page
    response = client.get("/application/diploma/", follow=True)
    assert "Staff did not ask about this part" in text(response)
    assert "Until when were you there?" in text(client.get("/application/work/"))
    assert "Not changed yet: your library work, a letter or another proof" in text(client.post("/application/answer/", {"reply": ""}))
    employment = application.employments.get()
    form = {"version": "0", "library": "Marlow", "kind": "public", "post": "Desk", "paid": "paid", "hours_a_week": "15"}
    form |= {"began_on_month": "3", "began_on_day": "7", "began_on_year": "2022"}
    assert client.post(reverse("candidates:change_employment", args=[employment.id]), form).status_code == 302
    assert client.post("/application/letter/", {"letter": picture()}).url == "/application/"
    item = queries.list_asked(application)["letter"]
    assert client.get(f"/application/letter/{item.id}/open/").status_code == 302
    response = client.post("/application/answer/", {"reply": ""}, follow=True)
    assert "Staff are reviewing your application" in text(response)
    client.force_login(rita)
    page = text(client.get(reverse("candidates:review", args=[application.id])))
    assert "Until when were you there?" in page
    assert client.get(reverse("candidates:review_letter", args=[application.id, item.id])).status_code == 302
    response = client.post(reverse("candidates:admit", args=[application.id]))
    assert Application.objects.get().state == ApplicationState.ADMITTED


def test_an_answer_that_was_typed_and_not_saved_is_not_lost_by_a_reply(client, alice, rita):
    application = factory.asked(alice, at=NOW, staff=rita, notes={"diploma": "Which year?", "work": "Until when?"})
    client.force_login(alice)
    change = reverse("candidates:change_employment", args=[application.employments.get().id])
    for path, typed in (("/application/diploma/", {"version": "0"} | DIPLOMA), (change, {"version": "0", "library": "Ridge"})):
        assert client.post(path, typed, headers={"X-Autosave": "1"}).json()["saved"]
    page = text(client.post("/application/answer/", {"reply": "The rest is right."}))
    assert "You changed your diploma, Marlow County Library, and did not save it." in page
    assert "The rest is right." in page
    assert "Changed, not saved" in text(client.get("/application/work/"))
    assert queries.get_page(application, "diploma").typed == DIPLOMA
    client.post("/application/diploma/", {"version": "1"} | DIPLOMA)
    client.post(change, {"version": "1", "throw_away": "1"})
    assert "Staff have your answer" in text(client.post("/application/answer/", {"reply": "The rest is right."}, follow=True))
    application.refresh_from_db()
    assert (application.diploma_statement, application.employments.get().library) == ("GED, Ohio, 2004", "Marlow County Library")


def test_a_stranger_opens_no_letter(client, alice, charlie, rita):
    application = factory.asked(alice, at=NOW, staff=rita, notes={"letter": "Please"})
    actions.attach_letter(application, upload=people.upload(), actor=alice, at=NOW)
    item = queries.list_asked(application)["letter"]
    client.force_login(charlie)
    assert client.get(f"/application/letter/{item.id}/open/").status_code == 404


def test_autosave_on_a_part_that_is_closed_again_says_so(client, alice, rita):
    factory.asked(alice, at=NOW, staff=rita)
    client.force_login(alice)
    response = client.post("/application/diploma/", {"version": "0"}, headers={"X-Autosave": "1"})
    assert (response.status_code, "did not ask" in response.json()["error"]) == (410, True)


def test_staff_ask_on_the_page_and_close_a_question(client, alice, rita):
    application = factory.in_review(alice, at=NOW)
    client.force_login(rita)
    address = reverse("candidates:ask", args=[application.id])
    assert "Write what is needed for at least one part" in text(client.post(address, {"note_resume": "  "}))
    response = client.post(address, {"note_resume": "Page two is missing."}, follow=True)
    assert "Alice Moreau has been asked for more" in text(response)
    assert "Alice Moreau" in text(client.get("/applications/?state=asked"))
    assert "Close the question" in text(client.get(reverse("candidates:review", args=[application.id])))
    close = reverse("candidates:close_question", args=[application.id])
    assert "In a few words, explain why" in text(client.post(close, {"reason": ""}, follow=True))
    assert "You can decide now" in text(client.post(close, {"reason": "It came by post"}, follow=True))


@pytest.mark.parametrize("number", [3, 30])
def test_the_list_of_those_who_are_asked_takes_the_same_queries(number, client, rita, django_assert_num_queries):
    for one in range(number):
        factory.asked(people.person(f"p{one}@marlow.example"), at=NOW, staff=rita)
    client.force_login(rita)
    client.get("/applications/?state=asked")
    with django_assert_num_queries(5):
        client.get("/applications/?state=asked")
