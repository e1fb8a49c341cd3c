"""The pages of applications and plans: what each person sees, what a form keeps, and what is refused."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import model_to_dict
from django.urls import reverse
from PIL import Image

from billing import actions as money
from billing import queries as billing
from candidates import actions, queries
from candidates.forms import EmploymentForm
from candidates.models import ApplicantAnswers, Application, Candidacy, Employment
from candidates.states import PURPOSE, ApplicationState
from ledger.models import Email
from people import actions as roles
from people.states import Role
from programs import actions as changes
from programs import queries as programs
from tests.factories import billing as orders
from tests.factories import candidates as factory
from tests.factories import people

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
NAUGHTY = [
    "<script>alert(1)</script>",
    "Robert'); DROP TABLE candidates_application;--",
    "{{ 7|add:7 }} {% include 'x' %}",
    "Ünïcödé 図書館 مكتبة 🐛 \u202eright to left",
    "null",
    "-1e309",
    "%s%n %00 ../../etc/passwd",
]


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def text(response) -> str:
    return " ".join(response.content.decode().split())


def employment_form(version: int = 0, **changes) -> dict[str, str]:
    form = {
        "version": str(version),
        "library": "Marlow County Library",
        "kind": "public",
        "post": "Circulation desk",
        "paid": "paid",
        "began_on_month": "3",
        "began_on_day": "7",
        "began_on_year": "2022",
        "ended_on_month": "",
        "ended_on_day": "",
        "ended_on_year": "",
        "hours_a_week": "15",
    }
    return {**form, **changes}


PAGES = [
    "application",
    "who",
    "diploma",
    "member",
    "answers",
    "work",
    "add_employment",
    "resume",
    "check",
    "withdraw",
]


@pytest.mark.parametrize("name", PAGES)
def test_a_visitor_signs_in_first(client, name):
    assert client.get(reverse(f"candidates:{name}")).status_code == 302


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_with_a_draft(as_, alice, name):
    factory.ready(alice, at=NOW)
    response = as_(alice).get(reverse(f"candidates:{name}"))
    assert response.status_code == 200
    assert text(response).count("<h1") == 1


@pytest.mark.parametrize("name", [name for name in PAGES if name != "application"])
def test_every_page_leads_back_without_a_draft(as_, alice, name):
    response = as_(alice).get(reverse(f"candidates:{name}"))
    assert (response.status_code, response.url) == (302, "/application/")


def test_a_person_without_one_sees_how_to_start(as_, alice):
    client = as_(alice)
    page = text(client.get("/application/"))
    assert "at least 1,820 hours in a library in the last five years" in page
    assert "$350, or $325 for ALA members" in page
    client.post("/application/start/")
    client.post("/application/start/")
    assert Application.objects.filter(person=alice).count() == 1
    assert "You started on November 23, 2026." in text(client.get("/application/"))


def test_the_task_list_says_what_is_done_and_what_is_left(as_, alice):
    factory.draft(alice, at=NOW)
    client = as_(alice)
    page = text(client.get("/application/"))
    assert "One of eight tasks is done." in page  # the account has the names
    assert "First finish: your diploma, your ALA member number, your library work, your resume" in page
    assert page.count("Not started") == 6
    assert page.count("Can’t start yet") == 1


def test_the_task_list_of_a_ready_draft_leads_to_sending(as_, alice):
    factory.ready(alice, at=NOW)
    page = text(as_(alice).get("/application/"))
    assert "Five of eight tasks are done." in page
    assert f'href="{reverse("candidates:check")}"' in page
    assert "3,690 of 1,820 hours so far" in page


def test_a_question_is_answered_and_changed(as_, alice):
    draft = factory.draft(alice, at=NOW)
    client = as_(alice)
    response = client.post("/application/diploma/", {"version": "0", "diploma": "diploma", "diploma_statement": "Lincoln High, 2002"})
    assert (response.status_code, response.url) == (302, "/application/")
    draft.refresh_from_db()
    assert (draft.diploma, draft.diploma_statement) == ("diploma", "Lincoln High, 2002")
    assert "Lincoln High, 2002" in text(client.get("/application/diploma/"))


def test_a_member_gives_a_number_of_digits(as_, alice):
    draft = factory.draft(alice, at=NOW)
    client = as_(alice)
    page = client.post("/application/member/", {"version": "0", "is_member": "yes", "member_number": "12b"})
    assert "<title>Error: " in text(page)
    assert "A member number has digits only" in text(page)
    client.post("/application/member/", {"version": page.context["form"].data["version"], "is_member": "yes", "member_number": "1 234-567"})
    draft.refresh_from_db()
    assert (draft.is_member, draft.member_number) == (True, "1234567")
    assert "Your fee is $325." in text(client.get("/application/"))


def test_a_number_of_a_non_member_is_forgotten(as_, alice):
    draft = factory.draft(alice, at=NOW)
    as_(alice).post("/application/member/", {"version": "0", "is_member": "no", "member_number": "123"})
    draft.refresh_from_db()
    assert (draft.is_member, draft.member_number) == (False, "")


def test_optional_answers_are_saved_and_no_staff_page_has_them(as_, alice, rita):
    factory.draft(alice, at=NOW)
    client = as_(alice)
    client.post("/application/answers/", {"version": "0", "why": "worth", "age": "35-44", "gender": "unsaid"})
    assert ApplicantAnswers.objects.values_list("why", "age", "gender", "ethnicity").get() == ("worth", "35-44", "unsaid", "")
    application = factory.in_review(alice, at=NOW)
    page = text(as_(rita).get(f"/applications/{application.id}/"))
    assert "To be recognized" not in page
    assert "35 to 44" not in page


# Nothing typed is lost


def autosave(client, path: str, form: dict[str, str]):
    response = client.post(path, form, headers={"X-Autosave": "1"})
    return response.status_code, json.loads(response.content)


def test_autosave_keeps_what_is_not_valid_yet(as_, alice):
    factory.draft(alice, at=NOW)
    client = as_(alice)
    path = reverse("candidates:add_employment")
    assert autosave(client, path, employment_form(hours_a_week="six", began_on_year="20")) == (200, {"saved": "10:00 am", "version": 1})
    page = text(client.get(path))
    assert 'value="six"' in page
    assert 'value="Marlow County Library"' in page
    assert "Saved 10:00 am" in page
    assert "In progress" in text(client.get("/application/"))


def test_autosave_of_two_tabs_is_a_conflict_and_overwrites_nothing(as_, alice):
    draft = factory.draft(alice, at=NOW)
    client = as_(alice)
    autosave(client, "/application/diploma/", {"version": "0", "diploma_statement": "first tab"})
    status, answer = autosave(client, "/application/diploma/", {"version": "0", "diploma_statement": "second tab"})
    assert (status, answer["version"]) == (409, 1)
    assert queries.get_page(draft, "diploma").typed["diploma_statement"] == "first tab"


def test_a_stale_form_without_javascript_shows_the_conflict_and_keeps_the_text(as_, alice):
    draft = factory.draft(alice, at=NOW)
    client = as_(alice)
    client.post("/application/diploma/", {"version": "0", "diploma": "diploma", "diploma_statement": "first tab"})
    response = client.post("/application/diploma/", {"version": "0", "diploma": "equivalent", "diploma_statement": "second tab"})
    assert response.status_code == 409
    page = text(response)
    assert "This page was changed in another tab or window" in page
    assert "second tab" in page
    draft.refresh_from_db()
    assert draft.diploma_statement == "first tab"
    again = {"version": response.context["form"].data["version"], "diploma": "equivalent", "diploma_statement": "second tab"}
    assert client.post("/application/diploma/", again).status_code == 302
    draft.refresh_from_db()
    assert draft.diploma_statement == "second tab"


def test_what_was_typed_and_not_saved_is_not_lost_by_sending(as_, alice):
    draft = factory.ready(alice, at=NOW)
    client = as_(alice)
    employment = draft.employments.get()
    change, new = reverse("candidates:change_employment", args=[employment.id]), reverse("candidates:add_employment")
    ended = {"ended_on_month": "6", "ended_on_day": "30", "ended_on_year": "2026"}
    autosave(client, change, employment_form(**ended))
    autosave(client, new, {"version": "1", "library": "Ridge"})
    autosave(client, "/application/answers/", {"version": "0", "age": "45-54"})
    tasks = {task.page: task.status for task in queries.list_tasks(draft, count=queries.count_hours(draft, at=NOW), at=NOW)}
    assert (tasks["work"], tasks["answers"], tasks["check"]) == ("In progress", "In progress", "Can’t start yet")
    page = text(client.get("/application/check/"))
    assert "What you changed is not saved" in page
    for path, words in (
        (change, employment.library),
        (new, "The library that you started to add"),
        ("/application/answers/", "The questions"),
    ):
        assert f'<a href="{path}">{words}' in page
    assert "Send and continue to payment" not in page
    refusal = text(client.post("/application/send/", follow=True))
    assert "You changed the questions about you, " in refusal
    assert "and did not save it. Save it there or discard it." in refusal
    draft.refresh_from_db()
    assert draft.state == ApplicationState.DRAFT
    work = text(client.get("/application/work/"))
    assert "Changed, not saved" in work
    assert "Finish adding the library that you started" in work
    assert "Discard what I typed" in text(client.get(new))
    thrown = text(client.post(new, {"version": "2", "throw_away": "1"}, follow=True))
    assert "What you typed there was discarded." in thrown
    client.post("/application/answers/", {"version": "1", "throw_away": "1"})
    client.post(change, employment_form(1, **ended))
    assert "Your application is sent" in text(client.post("/application/send/", follow=True))
    employment.refresh_from_db()
    assert (employment.ended_on, draft.employments.count(), hasattr(draft, "answers")) == (date(2026, 6, 30), 1, False)


def test_typing_what_is_saved_already_or_nothing_leaves_nothing_to_save(as_, alice):
    draft = factory.ready(alice, at=NOW)
    client = as_(alice)
    change = reverse("candidates:change_employment", args=[draft.employments.get().id])
    autosave(client, change, employment_form(hours_a_week="20"))
    autosave(client, change, employment_form(1, began_on_month="March", hours_a_week="15.0"))
    autosave(client, reverse("candidates:add_employment"), {"version": "1", "library": " "})
    autosave(client, "/application/diploma/", {"version": "1", **factory.ANSWERS["diploma"]})
    assert queries.list_unsaved(draft) == []
    assert "Your application is sent" in text(client.post("/application/send/", follow=True))


def test_throwing_away_in_an_old_tab_throws_nothing_away(as_, alice):
    draft = factory.draft(alice, at=NOW)
    client = as_(alice)
    autosave(client, "/application/diploma/", {"version": "0", "diploma_statement": "first tab"})
    page = text(client.post("/application/diploma/", {"version": "0", "throw_away": "1"}, follow=True))
    assert "changed in another tab" in page
    assert queries.get_page(draft, "diploma").typed["diploma_statement"] == "first tab"


def test_autosave_after_sending_is_told_so(as_, alice):
    factory.sent(alice, at=NOW)
    status, answer = autosave(as_(alice), "/application/diploma/", {"version": "0"})
    assert (status, answer) == (410, {"error": "You sent this application, so it can no longer be changed."})


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "٣"])
def test_a_form_without_its_version_overwrites_nothing(as_, alice, version):
    draft = factory.draft(alice, at=NOW)
    response = as_(alice).post("/application/diploma/", {"version": version, "diploma": "diploma", "diploma_statement": "x"})
    assert response.status_code in (200, 409)
    draft.refresh_from_db()
    assert draft.diploma == ""


# Work


def test_add_a_employment_and_see_the_sum(as_, alice):
    factory.draft(alice, at=NOW)
    client = as_(alice)
    response = client.post(reverse("candidates:add_employment"), employment_form())
    assert (response.status_code, response.url) == (302, reverse("candidates:work"))
    page = text(client.get(response.url))
    assert "Marlow County Library is saved. You have 3,690 hours, and need 1,820." in page
    assert "246 weeks × 15 hours" in page
    assert "That is enough,</b> by 1,870 hours." in page
    assert "We count work from November 23, 2021 to November 22, 2026: the five years before today." in page
    another = client.post(reverse("candidates:add_employment"), employment_form(1, another="1"))
    assert another.url == reverse("candidates:add_employment")


def test_the_working_says_from_when_it_is_enough(as_, alice):
    draft = factory.draft(alice, at=NOW)
    factory.employment(draft, at=NOW, began_on=date(2024, 8, 12))
    page = text(as_(alice).get(reverse("candidates:work")))
    assert "<b>35 hours short.</b> If you go on as now (15 hours a week at Marlow County Library)" in page
    assert "you will have enough on <b>December 10, 2026</b>" in page


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"library": ""}, "Enter the name of the library"),
        ({"library": "x" * 201}, "200"),
        ({"kind": "barn"}, "barn is not one of the available choices"),
        ({"post": ""}, "Say what you did there"),
        ({"paid": ""}, "Choose an answer for “Were you paid"),
        ({"began_on_year": "2027"}, "The first day can’t be after today, November 23, 2026"),
        ({"began_on_day": "31", "began_on_month": "2"}, "February 2022 has 28 days"),
        ({"began_on_day": ""}, "Enter the day"),
        (
            {"ended_on_month": "3", "ended_on_day": "6", "ended_on_year": "2022"},
            "The last day can’t be before the first day, March 7, 2022",
        ),
        (
            {"ended_on_month": "11", "ended_on_day": "24", "ended_on_year": "2026"},
            "The last day can’t be after today, November 23, 2026",
        ),
        ({"hours_a_week": "six"}, "Hours a week must be a number, for example 12 or 12.5"),
        ({"hours_a_week": "0"}, "Enter more than 0 hours a week"),
        ({"hours_a_week": "-3"}, "greater than or equal to 0"),
        ({"hours_a_week": "168.5"}, "A week has 168 hours"),
        ({"hours_a_week": "400%"}, "must be a number"),
        ({"hours_a_week": "NaN"}, "must be a number"),
    ],
)
def test_bad_work_is_explained_at_the_field_and_kept(as_, alice, changes, error):
    factory.draft(alice, at=NOW)
    client = as_(alice)
    path = reverse("candidates:add_employment")
    response = client.post(path, employment_form(**changes))
    assert response.status_code == 200
    page = text(response)
    assert error in page
    assert "There is one thing to fix" in page
    assert Employment.objects.count() == 0
    kept = client.get(path).context["form"].initial
    assert kept["hours_a_week"] == changes.get("hours_a_week", "15")


@pytest.mark.parametrize("name", ["Alice \u202eoreM", "12 34", "\u200b"])
def test_a_name_that_cannot_be_printed_is_refused_and_kept(as_, alice, name):
    """It is the name of the certificate: marks that turn the direction around would make it read as another."""
    factory.draft(alice, at=NOW)
    page = text(as_(alice).post(reverse("candidates:who"), {"version": "0", "name": name, "called": "Alice"}))
    alice.refresh_from_db()
    assert alice.name == "Alice Moreau"
    assert "Enter a name with letters." in page


def test_more_than_forty_hours_a_week_are_taken_with_a_warning(as_, alice):
    factory.draft(alice, at=NOW)
    client = as_(alice)
    response = client.post(reverse("candidates:add_employment"), employment_form(hours_a_week="168"), follow=True)
    page = text(response)
    assert "You entered 168 hours a week. No week counts for more than 40 hours, so the rest is not counted." in page
    assert "Weeks cut to 40 hours in all" in page


def test_overlapping_employments_both_count(as_, alice):
    factory.draft(alice, at=NOW)
    client = as_(alice)
    client.post(reverse("candidates:add_employment"), employment_form())
    client.post(reverse("candidates:add_employment"), employment_form(1, library="Lincoln School Library", hours_a_week="10"))
    rows = client.get(reverse("candidates:work")).context["working"].rows
    assert {row.employment.library: row.line.shown for row in rows} == {"Marlow County Library": 3690, "Lincoln School Library": 2460}


@pytest.mark.parametrize("naughty", NAUGHTY)
def test_naughty_text_is_shown_as_text(as_, alice, naughty):
    factory.draft(alice, at=NOW)
    client = as_(alice)
    client.post(reverse("candidates:add_employment"), employment_form(library=naughty))
    response = client.get(reverse("candidates:work"))
    if "\u202e" in naughty:  # It would show the letters after it turned around.
        assert not Employment.objects.exists()
    else:
        assert Employment.objects.get().library == naughty
    assert "<script>alert" not in response.content.decode()
    assert response.status_code == 200


def test_a_null_character_is_refused_and_autosaved_without_it(as_, alice):
    draft = factory.draft(alice, at=NOW)
    client = as_(alice)
    path = reverse("candidates:add_employment")
    assert autosave(client, path, employment_form(library="a\0b"))[0] == 200
    assert queries.get_page(draft, "work/new").typed["library"] == "ab"
    assert client.post(path, employment_form(1, library="a\0b")).status_code == 200


def test_the_back_button_does_not_add_a_employment_twice(as_, alice):
    factory.draft(alice, at=NOW)
    client = as_(alice)
    client.post(reverse("candidates:add_employment"), employment_form())
    assert client.post(reverse("candidates:add_employment"), employment_form()).status_code == 409
    assert Employment.objects.count() == 1


def test_change_and_remove_a_employment(as_, alice):
    draft = factory.draft(alice, at=NOW)
    employment = factory.employment(draft, at=NOW)
    client = as_(alice)
    path = reverse("candidates:change_employment", args=[employment.id])
    page = client.get(path)
    assert 'class="new"' in text(page)
    client.post(path, employment_form(hours_a_week="12,5"))
    employment.refresh_from_db()
    assert employment.hours_a_week == Decimal("12.5")
    assert "12.5 hours" in text(client.get(reverse("candidates:work")))
    remove = reverse("candidates:remove_employment", args=[employment.id])
    assert client.get(remove).status_code == 200
    client.post(remove)
    assert Employment.objects.count() == 0


def test_nobody_reaches_the_employments_of_another(as_, alice, charlie):
    employment = factory.employment(factory.draft(alice, at=NOW), at=NOW)
    factory.draft(charlie, at=NOW)
    client = as_(charlie)
    for name in ("change_employment", "remove_employment"):
        path = reverse(f"candidates:{name}", args=[employment.id])
        assert (client.get(path).status_code, client.post(path, employment_form()).status_code) == (404, 404)


# Resume


def test_a_resume_is_kept_and_opened_by_its_owner_once_it_is_checked(as_, alice, drain):
    draft = factory.draft(alice, at=NOW)
    client = as_(alice)
    assert client.get(reverse("candidates:open_resume")).status_code == 404
    picture = BytesIO()
    Image.new("L", (20, 20)).save(picture, "PNG")
    png = SimpleUploadedFile("resume.png", picture.getvalue(), "image/png")
    assert client.post("/application/resume/", {"resume": png}).status_code == 302
    draft.refresh_from_db()
    assert draft.resume.name == "resume.png"
    page = client.get("/application/resume/").content.decode()
    assert ("resume.png" in page, "Being checked" in page, reverse("candidates:open_resume") in page) == (True, True, False)
    drain(NOW)
    assert reverse("candidates:open_resume") in client.get("/application/resume/").content.decode()
    assert client.get(reverse("candidates:open_resume"), follow=True).status_code == 200


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("resume.exe", b"MZ", "We can’t accept this kind of file"),
        ("resume.pdf", b"", "This file is empty"),
        ("resume.pdf", b"No PDF at all", "The name says PDF, but the content is something else"),
        ("resume.jpg", people.PNG, "The name says JPEG, but the content is PNG"),
    ],
)
def test_a_file_that_we_do_not_take_is_explained(as_, alice, name, content, error):
    draft = factory.draft(alice, at=NOW)
    response = as_(alice).post("/application/resume/", {"resume": SimpleUploadedFile(name, content)})
    assert error in text(response)
    draft.refresh_from_db()
    assert draft.resume is None


# Check and send


def test_check_shows_every_answer_with_a_link_to_change_it(as_, alice):
    factory.ready(alice, at=NOW)
    page = text(as_(alice).get("/application/check/"))
    for part in ("Alice Moreau", "Lincoln High School, Springfield, 2002", "resume.pdf", "Circulation desk, paid, 15 hours a week"):
        assert part in page
    assert page.count(">Change<span") == 7
    assert "Send and continue to payment $350" in page


def test_check_of_an_unfinished_draft_says_what_is_missing(as_, alice):
    draft = factory.draft(alice, at=NOW)
    factory.employment(draft, at=NOW, began_on=date(2024, 8, 12))
    page = text(as_(alice).get("/application/check/"))
    assert "You can’t send it yet" in page
    assert "35 hours short, complete on December 10, 2026 if you keep working as you do now" in page
    assert "Send and continue" not in page


def test_send_leads_to_the_fee_and_sending_again_too(as_, alice):
    application = factory.ready(alice, at=NOW)
    client = as_(alice)
    first = client.post("/application/send/")
    charge = billing.get_charge(purpose=PURPOSE, reference=application.id)
    assert (first.status_code, first.url) == (302, reverse("billing:charge", args=[charge.id]))
    assert client.post("/application/send/").url == first.url
    page = text(client.get("/application/"))
    assert "Your application is waiting for its fee" in page
    assert "Pay $350" in page


def test_who_is_on_a_purchase_order_is_not_told_to_pay(as_, priya, rita):
    ann = people.person("ann@prairie.example", name="Ann Field", called="Ann")
    orders.invoiced(priya, at=NOW, staff=rita, people=[("Ann Field", ann.email, "application", False)], cents=35000)
    factory.ready(ann, at=NOW)
    client = as_(ann)
    assert "Prairie pays the fee. Staff will review it when we receive the money." in text(client.post("/application/send/", follow=True))
    letter = Email.objects.get(notice="candidates/received")
    assert letter.subject == "We have your application: Prairie pays the fee"
    assert "You don’t need to pay." in letter.text
    page = text(client.get("/application/"))
    assert "Prairie pays your fee" in page
    assert "Continue to payment" not in page


def test_the_numbers_on_the_plan_and_in_the_letters_are_those_of_the_terms(as_, alice, rita):
    terms = programs.get_terms(NOW.date())
    known = model_to_dict(terms, exclude=["id", "effective_on", "frozen_at"]) | {
        "required_sets": 2,
        "elective_sets": 4,
        "hours_week_cap": 30,
    }
    changes.add_terms(effective_on=date(2026, 12, 1), numbers=known, actor=rita, at=NOW)
    later = NOW + timedelta(days=30)
    candidacy = factory.candidacy(alice, at=later, staff=rita)
    assert "six competency sets: the two required ones and four that you choose" in " ".join(
        Email.objects.get(notice="candidates/admitted").text.split()
    )
    assert "Two sets are required. Choose four electives." in text(as_(alice).get("/my/plan/"))
    assert candidacy.terms.hours_week_cap == 30
    assert "40 hours" not in " ".join(str(field.help_text) for field in EmploymentForm(today=NOW.date()).fields.values())


def test_send_of_an_unfinished_draft_is_refused_kindly(as_, alice):
    factory.draft(alice, at=NOW)
    response = as_(alice).post("/application/send/", follow=True)
    assert "Something is still missing: your diploma, your ALA member number, your resume." in text(response)


def test_send_without_any_application_leads_to_the_start(as_, alice):
    assert as_(alice).post("/application/send/").url == "/application/"


def test_withdraw_asks_first(as_, alice):
    application = factory.sent(alice, at=NOW)
    client = as_(alice)
    assert "You don’t owe the fee anymore." in text(client.get("/application/withdraw/"))
    page = text(client.post("/application/withdraw/", follow=True))
    application.refresh_from_db()
    assert application.state == ApplicationState.WITHDRAWN
    assert "Your application is withdrawn" in page
    assert "Apply again" in page


def test_the_status_of_each_state(as_, alice, rita):
    client = as_(alice)
    application = factory.in_review(alice, at=NOW)
    page = text(client.get("/application/"))
    assert "They will answer by <b>November 30, 2026</b>" in page
    assert "the five years before you sent it" in page
    when = date(2027, 5, 3)
    actions.refuse(application, reason_code="hours", reason="Count the summer out.", eligible_from=when, actor=rita, at=NOW)
    page = text(client.get("/application/"))
    assert "Count the summer out." in page
    assert "You can apply again from <b>May 3, 2027</b>." in page
    assert "Your fee of $350 will be refunded to your card." in page


# Staff


@pytest.mark.parametrize("person", ["alice", "bob", "charlie"])
def test_staff_pages_are_for_staff(as_, request, rita, priya, person):
    application = factory.in_review(priya, at=NOW)
    client = as_(request.getfixturevalue(person))
    for path in ("/applications/", f"/applications/{application.id}/", f"/applications/{application.id}/resume/"):
        assert client.get(path).status_code == 403
    for verb in ("admit", "refuse"):
        assert client.post(f"/applications/{application.id}/{verb}/").status_code == 403
    assert Candidacy.objects.count() == 0


def test_the_queue_shows_age_and_due_date(as_, alice, bob, rita):
    factory.in_review(alice, at=NOW - timedelta(days=10))
    factory.in_review(bob, at=NOW)
    page = text(as_(rita).get("/applications/"))
    assert page.index("Alice Moreau") < page.index("Bob Tran")
    assert "10 days" in page
    assert 'Nov 20, 2026 <span class="usa-tag tag--late">Late</span>' in page


def test_an_empty_queue_says_so(as_, rita):
    assert "Nothing is waiting." in text(as_(rita).get("/applications/"))


def test_a_draft_is_nobody_elses_business(as_, alice, rita):
    draft = factory.draft(alice, at=NOW)
    client = as_(rita)
    assert client.get(f"/applications/{draft.id}/").status_code == 404
    assert client.post(f"/applications/{draft.id}/admit/").status_code == 404


def test_review_shows_facts_working_and_what_admitting_does(as_, alice, rita):
    application = factory.in_review(alice, at=NOW, member_number="1234567")
    client = as_(rita)
    page = text(client.get(f"/applications/{application.id}/"))
    for part in (
        "Yes, number 1234567",
        "246 weeks × 15 hours",
        "Its last day will be <b>November 23, 2030</b>",
        "You are admitted: finish by November 23, 2030",
        "alice@marlow.example",
        "Admit until November 23, 2030",
    ):
        assert part in page
    assert client.get(f"/applications/{application.id}/resume/", follow=True).status_code == 200


def test_the_preview_is_the_letter_that_goes_out(as_, alice, rita):
    application = factory.in_review(alice, at=NOW)
    client = as_(rita)
    shown = client.get(f"/applications/{application.id}/").context["email"]
    client.post(f"/applications/{application.id}/admit/")
    sent = Email.objects.get(notice="candidates/admitted")
    assert (shown.subject, shown.text) == (sent.subject, sent.text)


def test_admit_once_from_two_tabs(as_, alice, rita):
    application = factory.in_review(alice, at=NOW)
    client = as_(rita)
    page = text(client.post(f"/applications/{application.id}/admit/", follow=True))
    assert "Alice Moreau is admitted until November 23, 2030." in page
    page = text(client.post(f"/applications/{application.id}/admit/", follow=True))
    assert "It may have been decided a moment ago." in page
    assert "Admitted by Rita Lindqvist on November 23, 2026." in page
    assert Candidacy.objects.count() == 1


def test_refuse_needs_a_reason_and_keeps_what_was_typed(as_, alice, rita):
    application = factory.in_review(alice, at=NOW)
    client = as_(rita)
    path = f"/applications/{application.id}/refuse/"
    page = text(client.post(path, {"reason_code": "hours", "reason": "", "eligible_from_month": "5", "eligible_from_year": "2027"}))
    assert "There are three things to fix" in page
    assert "Say what would make the person eligible" in page
    assert 'value="2027"' in page
    form = {
        "reason_code": "hours",
        "reason": "Too few.",
        "what_helps": "More hours at the desk.",
        "eligible_from_month": "5",
        "eligible_from_day": "3",
        "eligible_from_year": "2027",
    }
    page = text(client.post(path, form, follow=True))
    assert "The application of Alice Moreau is refused." in page
    application.refresh_from_db()
    assert (application.state, application.eligible_from) == (ApplicationState.REFUSED, date(2027, 5, 3))


FINDINGS = "Two letters contradict one another."


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("refuse", {"reason_code": "other", "reason": FINDINGS}),
        ("ask", {"note_work": FINDINGS}),
        ("fee", {"refund": "no", "reason": FINDINGS}),
        ("close-question", {"reason": FINDINGS}),
    ],
)
def test_who_decides_too_late_reads_who_decided_and_keeps_what_was_typed(as_, alice, rita, sam, path, form):
    application = factory.in_review(alice, at=NOW)
    actions.admit(application, actor=sam, at=NOW)
    response = as_(rita).post(f"/applications/{application.id}/{path}/", form)
    page = text(response)
    assert response.status_code == 409
    assert "This was decided on November 23, 2026 by Sam Ortiz. Nothing was changed." in page
    assert FINDINGS in page


def test_a_fee_that_can_not_stay_keeps_the_reason_in_its_field(as_, alice, rita):
    application = factory.in_review(alice, at=NOW)
    charge = billing.get_charge(purpose=PURPOSE, reference=application.id)
    money.refund(charge, reason="On the phone.", actor=rita, at=NOW)
    actions.withdraw(application, actor=alice, at=NOW)
    page = text(as_(rita).post(f"/applications/{application.id}/fee/", {"refund": "no", "reason": FINDINGS}))
    assert "This fee was already refunded, so you can’t keep it." in page
    assert f"{FINDINGS}</textarea>" in page


def test_staff_do_not_decide_on_themselves(as_, rita):
    application = factory.in_review(rita, at=NOW)
    client = as_(rita)
    page = text(client.get(f"/applications/{application.id}/"))
    assert "This is your own application." in page
    assert "Admit until" not in page
    page = text(client.post(f"/applications/{application.id}/admit/", follow=True))
    assert Candidacy.objects.count() == 0
    assert "Another staff member must decide on it." in page


def test_an_auditor_reads_and_changes_nothing(as_, alice, charlie):
    application = factory.in_review(alice, at=NOW)
    roles.give_role(charlie, Role.AUDITOR, actor=None, at=NOW)
    client = as_(charlie)
    page = text(client.get(f"/applications/{application.id}/"))
    assert "Alice Moreau" in page
    assert "Admit until" not in page
    assert client.post(f"/applications/{application.id}/admit/").status_code == 403


# Plan


def test_a_person_without_a_candidacy_is_led_to_the_application(as_, alice):
    assert as_(alice).get("/my/plan/").url == "/application/"


def test_the_plan_is_made_changed_and_kept_within_three_electives(as_, alice, rita):
    candidacy = factory.candidacy(alice, at=NOW, staff=rita)
    client = as_(alice)
    assert client.get("/my/plan/").status_code == 200
    form = {"electives": ["youth", "access"], "way_youth": "portfolio", "way_foundations": "course"}
    page = text(client.post("/my/plan/", form, follow=True))
    assert "Your plan is saved." in page
    assert {(slot.code, slot.way) for slot in queries.get_plan(candidacy) if slot.code} == {
        ("foundations", "course"),
        ("communication", None),
        ("technology", None),
        ("youth", "portfolio"),
        ("access", None),
    }
    four = {"electives": ["youth", "access", "reference", "cataloging"]}
    page = text(client.post("/my/plan/", four))
    assert "Choose 3 electives at most. You chose 4" in page
    assert page.count(" checked>") == 4
    assert sum(slot.code is not None for slot in queries.get_plan(candidacy)) == 5


def test_an_achieved_elective_is_fixed_on_the_plan(as_, alice, rita):
    candidacy = factory.candidacy(alice, at=NOW, staff=rita)
    factory.achieve(candidacy, "youth", at=NOW)
    client = as_(alice)
    page = text(client.get("/my/plan/"))
    assert '<span class="usa-tag tag--done">Achieved</span> Approved course, Nov 23, 2026' in page
    assert 'value="youth"' not in page
    page = text(client.post("/my/plan/", {"electives": ["access", "reference", "cataloging"]}))
    assert "Choose 2 electives at most" in page


def test_the_plan_is_read_only_after_the_last_day(as_, alice, rita, monkeypatch):
    factory.candidacy(alice, at=NOW, staff=rita)
    client = as_(alice)
    monkeypatch.setattr("ledger.clock.now", lambda: NOW.replace(year=2031))
    page = text(client.get("/my/plan/"))
    assert "Your time ended on November 23, 2030." in page
    assert "Save your plan" not in page
    client.post("/my/plan/", {"electives": ["youth"]})
    assert all(slot.code != "youth" for slot in queries.get_plan(Candidacy.objects.get()))


# Queries per page


def test_queries_do_not_grow_with_the_employments(as_, alice, django_assert_max_num_queries):
    draft = factory.ready(alice, at=NOW)
    client = as_(alice)
    counted = {}
    for _ in (1, 3):
        for path in ("/application/", "/application/work/", "/application/check/", "/application/work/add/"):
            with django_assert_max_num_queries(25) as queries_run:
                client.get(path)
            counted.setdefault(path, []).append(len(queries_run))
        factory.employment(draft, at=NOW)
        factory.employment(draft, at=NOW)
    assert all(one == three for one, three in counted.values()), counted


def test_queries_of_the_queue_do_not_grow(as_, alice, bob, beth, rita, django_assert_num_queries):
    factory.in_review(alice, at=NOW)
    client = as_(rita)
    client.get("/applications/")
    with django_assert_num_queries(5):
        client.get("/applications/")
    factory.in_review(bob, at=NOW)
    factory.in_review(beth, at=NOW)
    with django_assert_num_queries(5):
        client.get("/applications/")


# An admission that was a mistake


def test_staff_take_an_admission_back_on_its_page_with_a_reason(as_, alice, rita):
    row = factory.in_review(alice, at=NOW)
    actions.admit(row, actor=rita, at=NOW)
    client, page = as_(rita), reverse("candidates:review", args=[row.id])
    back = reverse("candidates:withdraw_admission", args=[row.id])
    assert f'action="{back}"' in text(client.get(page))
    assert "Error: " in text(client.post(back, {"reason": " "}))
    assert Candidacy.objects.filter(application=row).exists()
    told = text(client.post(back, {"reason": "The wrong button."}, follow=True))
    assert "The admission is undone, and Alice Moreau gets an email. You can decide again now." in told
    assert back not in told
    row.refresh_from_db()
    assert (row.state, Candidacy.objects.filter(application=row).exists()) == ("in_review", False)
    # Too late, in words that keep what was typed.
    assert "Once more" in text(client.post(back, {"reason": "Once more"}, follow=True))
    assert Email.objects.filter(notice="candidates/admission_withdrawn").count() == 1


def test_others_take_no_admission_back(as_, alice, rita, bob, charlie):
    row = factory.in_review(alice, at=NOW)
    actions.admit(row, actor=rita, at=NOW)
    auditor = people.person("otto@lssc.example", roles=(Role.AUDITOR,))
    back = reverse("candidates:withdraw_admission", args=[row.id])
    assert back not in text(as_(auditor).get(reverse("candidates:review", args=[row.id])))
    for person in (alice, bob, charlie, auditor):
        assert as_(person).post(back, {"reason": "Mine"}).status_code == 403
    row.refresh_from_db()
    assert row.state == "admitted"
