"""What strangers, other sites and curious people get: nothing that is not theirs, no way out of this site, and no word too many."""

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse
from django.views import defaults

from ledger.models import Email
from people import documents
from people.guards import PUBLIC, guard_of
from people.models import Document, User
from tests.factories.people import PASSWORD
from tests.project.everybody import NOW, Project, rolled_back
from tests.project.test_addresses import GUARDED, TABLE, WHO, whom

pytestmark = pytest.mark.django_db
PEOPLE = ("newcomer", "stranger", "rates", "evaluator", "staff", "auditor")
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
    "\thttps://evil.example/",
)


# Documents


def test_a_link_to_a_document_is_for_one_person_and_a_quarter_of_an_hour(project: Project) -> None:
    evidence = Document.objects.get(id=project.args["people:document"][0])
    with time_machine.travel(NOW, tick=False):
        link = documents.link(evidence, evidence.owner)
        assert project.clients["owner"].get(link).status_code == 200
        assert {who: project.clients[who].get(link).status_code for who in PEOPLE} == dict.fromkeys(PEOPLE, 404)
        assert project.clients["visitor"].get(link).status_code == 302
    with time_machine.travel(NOW + timedelta(minutes=16), tick=False):
        late = project.clients["owner"].get(link)
    assert late.status_code == 410
    assert b"%PDF" not in late.content


def test_a_document_comes_as_a_file_that_can_do_nothing(project: Project) -> None:
    evidence = Document.objects.get(id=project.args["people:document"][0])
    answer = project.clients["owner"].get(documents.link(evidence, evidence.owner) + "&inline=1")
    assert answer.getvalue().startswith(b"%PDF")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"


# Other sites


@pytest.mark.parametrize("elsewhere", ELSEWHERE[:3])
def test_no_address_leads_to_another_site(elsewhere: str, project: Project) -> None:
    """Whoever brings `next` or anything like it: every redirect stays here."""
    away = dict.fromkeys(("next", "return_path", "return_to", "url", "back", "for", "redirect_to"), elsewhere)
    account = ("account_login", "account_logout", "account_signup", "account_reauthenticate", "account_email", "mfa_index")
    wanted = [(reverse(name), who, method) for name in account for who in ("visitor", "owner") for method in ("get", "post")]
    for name, told in TABLE.items():
        for method, answers in zip(("get", "post"), told, strict=True):
            # Who finds nothing, or may not, is led nowhere.
            may = {who for who, answer in zip(WHO, answers, strict=True) if answer not in (403, 404, 405)}
            wanted += [(project.address(name), whom(name, who), method) for who in ("visitor", "owner", "staff") if who in may]
    out = []
    for address, who, method in wanted:
        with rolled_back():
            answer = getattr(project.browser(who), method)(address, away)
        if answer.status_code in (301, 302, 303, 307) and not re.match(r"/(?![/\\])", answer["Location"]):
            out.append(f"{address} as {who}: {answer['Location']}")
    assert out == []


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_signing_in_stays_here(elsewhere: str, project: Project) -> None:
    with rolled_back():
        typed = {"login": "alice@marlow.example", "password": PASSWORD, "next": elsewhere}
        answer = Client().post(reverse("account_login"), typed)
    cache.clear()
    assert answer.url == reverse("home")


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_the_way_back_from_a_button_stays_here(elsewhere: str, project: Project) -> None:
    answer = project.clients["visitor"].post(project.address("portfolios:accept"), headers={"Referer": elsewhere})
    assert "evil" not in answer["Location"]


def test_every_post_but_the_card_companys_needs_our_token(project: Project) -> None:
    """A form of another site changes nothing: each address that takes a POST from somebody refuses it from them without the token."""
    taken = []
    for name, (_, posts) in TABLE.items():
        who = next((who for who, answer in zip(WHO, posts, strict=True) if answer in (200, 302, 409, 422)), None)
        if who is None:
            continue
        client = project.browser(whom(name, who), enforce_csrf_checks=True)
        with rolled_back():
            answer = client.post(project.address(name), headers={"Origin": "https://evil.example"})
        if answer.status_code != 403:
            taken.append(f"{name}: {answer.status_code}")
    assert taken == []
    assert [name for name, view in GUARDED.items() if getattr(view, "csrf_exempt", False)] == ["email_events", "billing:webhook"]


def test_a_form_without_the_token_is_told_what_helps(project: Project) -> None:
    client = project.browser("newcomer", enforce_csrf_checks=True)
    answer = client.post(reverse("people:preferences"), {"name": "Someone"})
    assert answer.status_code == 403
    assert "This form has expired, so nothing was saved yet" in answer.content.decode()
    assert "CSRF" not in answer.content.decode()


def test_signing_out_takes_a_post(project: Project) -> None:
    client = project.browser("newcomer")
    with rolled_back():
        client.get(reverse("account_logout"))
        assert client.get(reverse("people:account")).status_code == 200


# Headers


def test_every_page_says_what_a_browser_may_do_with_it(project: Project) -> None:
    wrong = []
    for name in TABLE:
        public = guard_of(GUARDED[name]) == PUBLIC
        for who in ("visitor", "owner", "staff"):
            answer = project.clients[who].get(project.address(name))
            answer.getvalue()
            policy = answer.get("Content-Security-Policy", "")
            pairs = {
                "default-src 'self'": "default-src 'self'" in policy or "default-src 'none'" in policy,
                "frame-ancestors": "frame-ancestors 'none'" in policy or "sandbox" in policy,
                "no unsafe": "unsafe" not in policy,
                "nosniff": answer.get("X-Content-Type-Options") == "nosniff",
                "referrer": answer.get("Referrer-Policy") == "same-origin",
                "frames": answer.get("X-Frame-Options") == "DENY",
                "not shared": public or answer.status_code != 200 or "private" in answer.get("Cache-Control", ""),
            }
            wrong += [f"{name} as {who}: {what}" for what, held in pairs.items() if not held]
    assert wrong == []


# A word too many


@pytest.mark.parametrize("path", ["/nowhere/", "/portfolios/00000000-0000-0000-0000-000000000000/", "/office/people/x/"])
def test_what_is_not_there_tells_nothing_of_the_machine(path: str, project: Project) -> None:
    page = project.clients["stranger"].get(path).content.decode()
    assert not re.search(r"Traceback|urlconf|settings\.|SECRET|postgres|/work/|site-packages|pattern", page)


def test_a_failure_of_ours_tells_nothing_of_the_machine(project: Project, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("postgres://lssc:secret@db/lssc")

    monkeypatch.setattr("lssc.views.public._page", fail)
    client = Client(raise_request_exception=False)
    answer = client.get("/help/")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "Something went wrong on our side" in page
    assert not re.search(r"Traceback|RuntimeError|secret|postgres|site-packages", page)
    assert page == defaults.server_error(answer.wsgi_request).content.decode()


def test_no_log_holds_a_password(project: Project, caplog: pytest.LogCaptureFixture) -> None:
    """Neither signing in, signing up nor a failure in the middle of it writes down what was typed."""
    typed = "hunter2-hunter2-hunter2"
    client = Client(raise_request_exception=False)
    with caplog.at_level(logging.DEBUG), rolled_back():
        client.post(reverse("account_login"), {"login": "alice@marlow.example", "password": typed})
        client.post(reverse("account_signup"), {"email": "new@marlow.example", "name": "N", "called": "N", "password1": typed})
        client.post(reverse("account_login"), {"login": "\0", "password": typed})
    assert typed not in caplog.text


def test_the_webhook_says_nothing_of_what_it_knows(project: Project) -> None:
    answer = project.clients["visitor"].post(reverse("billing:webhook"), b"{}", content_type="application/json")
    assert (answer.status_code, answer.content) == (400, b"The signature does not hold.\n")


@pytest.mark.parametrize("demo", [True, False])
def test_the_demonstrations_pages_are_there_only_in_a_demonstration(demo: bool, project: Project) -> None:
    names = [name for name in TABLE if name.startswith("demo:")]
    assert len(names) == 4
    with override_settings(DEMO=demo):
        answers = {name: project.clients["visitor"].get(project.address(name)).status_code for name in names}
    assert answers == dict.fromkeys(names, 200 if demo else 404)


def test_the_office_reads_that_a_letter_was_written_and_not_its_link(project: Project) -> None:
    """A letter may hold the link that sets a new password: whoever reads a person's file must not become that person."""
    charlie = User.objects.get(email="charlie@elsewhere.example")
    with rolled_back():
        Client().post(reverse("account_reset_password"), {"email": charlie.email})
        letter = Email.objects.get(person=charlie, notice="people/password_reset")
        page = project.clients["auditor"].get(reverse("person", args=[charlie.public_id])).content.decode()
    assert "/password/reset/key/" in letter.text
    assert letter.subject in page
    assert "/password/reset/" not in page


# Nobody decides on themselves


def test_staff_who_are_candidates_decide_nothing_about_themselves(project: Project) -> None:
    """The very person of each case becomes staff, and presses each button with a reason: it stays as it was."""
    from django.contrib.auth.models import Group

    from candidates.models import Application
    from certificates.models import Certificate
    from courses.models import Completion
    from portfolios.models import Portfolio

    said = {"reason": "Because.", "reason_code": "other", "name": "New Name", "reason_for_name": "Because."}
    rows = {
        "candidates": Application.objects.get(id=project.args["candidates:admit"][0]),
        "courses": Completion.objects.get(id=project.args["courses:accept"][0]),
        "certificates": Certificate.objects.get(id=project.args["certificates:revoke"][0]),
        "portfolios": Portfolio.objects.get(id=project.args["portfolios:office"][0]),
    }
    buttons = {
        "candidates": ("admit", "refuse"),
        "courses": ("accept", "refuse"),
        "certificates": ("suspend", "revoke", "replace"),
        "portfolios": ("replace", "reopen"),
    }
    for room, row in rows.items():
        person = row.candidacy.person if room == "portfolios" else row.person
        with rolled_back():
            person.groups.add(Group.objects.get(name="staff"))
            client = Client()
            client.force_login(person)
            answers = [client.post(project.address(f"{room}:{button}"), said).status_code for button in buttons[room]]
            # Who typed a reason reads it again; a page that only leads back does not.
            assert set(answers) == {"portfolios": {404}, "candidates": {302, 409}}.get(room, {302}), room
            assert type(row).objects.get(pk=row.pk).state == row.state, room
    assert Certificate.objects.filter(replaces=rows["certificates"]).count() == 0
