"""Changes of how somebody signs in: only with a fresh sign-in, told to the addresses of before, undone by a link, and recorded."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from ledger.models import Email, Entry
from ledger.queries import tell
from people import actions, documents, security
from people.models import AccountChange, SecurityEvent, User
from people.states import Role
from tests.factories import people
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
OLD, NEW = "dora@county.example", "thief@elsewhere.example"


@pytest.fixture(autouse=True)
def _no_attempts_yet() -> None:
    cache.clear()


@pytest.fixture
def dora(db: None) -> User:
    return people.person(OLD)


def sign_in(password: str = PASSWORD, email: str = OLD) -> Client:
    client = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"})
    client.post("/account/login/", {"login": email, "password": password})
    return client


def letters(to: str) -> list[str]:
    return [row.notice.removeprefix("people/") for row in Email.objects.filter(to=to).order_by("created_at")]


def link(to: str, notice: str) -> str:
    letter = Email.objects.filter(to=to, notice=f"people/{notice}").latest("created_at")
    return re.search(r"http://testserver(/\S+)", letter.text)[1]  # type: ignore[index]


def take_over(thief: Client) -> None:
    """What somebody does who finds a browser signed in, and knows the password after all."""
    thief.post("/account/email/", {"email": NEW, "action_add": ""})
    thief.post(link(NEW, "confirm_email"))
    thief.post("/account/email/", {"email": NEW, "action_primary": ""})
    thief.post("/account/email/", {"email": OLD, "action_remove": ""})


@pytest.mark.parametrize("action", ["add", "primary", "remove"])
def test_an_unattended_session_changes_no_address(action: str, dora: User) -> None:
    EmailAddress.objects.create(user=dora, email="second@county.example", verified=True)
    address = NEW if action == "add" else "second@county.example"
    answer = sign_in().post("/account/email/", {"email": address, f"action_{action}": ""})
    assert answer.url.startswith("/account/reauthenticate/")
    assert set(EmailAddress.objects.values_list("email", "primary")) == {(OLD, True), ("second@county.example", False)}


@pytest.mark.parametrize("name", ["people:download", "close_account"])
def test_an_unattended_session_exports_and_closes_nothing(name: str, dora: User) -> None:
    assert sign_in().post(reverse(name)).url.startswith("/account/reauthenticate/")
    assert not dora.downloads.exists()
    assert User.objects.get().is_active


def test_every_change_is_told_to_the_old_address_and_in_the_audit(dora: User) -> None:
    take_over(people.fresh(Client(), dora))
    assert letters(OLD) == ["email_added", "email_confirmed", "email_changed", "email_removed"]
    told = [tell(entry).sentence for entry in Entry.objects.filter(verb__startswith="people.address").order_by("id")]
    assert told == [
        f"Dora Vance added the address {NEW}, which is not confirmed yet.",
        f"Dora Vance confirmed the address {NEW}.",
        f"Dora Vance made {NEW} the address to sign in with, instead of {OLD}.",
        f"Dora Vance removed the address {OLD}.",
    ]


@pytest.mark.parametrize("notice", ["email_added", "email_confirmed", "email_changed", "email_removed"])
def test_the_old_address_undoes_it_and_chooses_a_new_password(notice: str, dora: User) -> None:
    thief = people.fresh(Client(), dora)
    take_over(thief)
    sign_in(email=NEW)
    assert UserSession.objects.exists()
    owner, way = Client(), link(OLD, notice)
    assert "Undo a change to your account?" in owner.get(way).content.decode()
    assert User.objects.get().email == NEW, "reading changes nothing"
    answer = owner.post(way, follow=True)
    assert "Choose a new password" in answer.content.decode()
    dora.refresh_from_db()
    assert (dora.email, dora.has_usable_password()) == (OLD, False)
    assert OLD in EmailAddress.objects.filter(verified=True).values_list("email", flat=True)
    assert not UserSession.objects.exists()
    assert thief.get("/account/me/").status_code == 302, "signed out"
    owner.post(answer.redirect_chain[-1][0], {"password1": "four words of mine", "password2": "four words of mine"})
    assert sign_in("four words of mine").get("/account/me/").status_code == 200
    assert Client().post(way).status_code == 410, "it works once"


def test_who_took_an_account_over_can_not_undo_the_undoing(dora: User) -> None:
    thief = people.fresh(Client(), dora)
    take_over(thief)
    theirs = link(NEW, "email_changed")
    newest = link(OLD, "email_removed")
    assert Client().post(theirs).status_code == 302, "even where they were faster, the owner's link works"
    assert Client().post(newest).status_code == 302
    assert list(EmailAddress.objects.values_list("email", "primary", "verified")) == [(OLD, True, True)]
    for way in (theirs, link(NEW, "email_removed")):
        assert Client().post(way).status_code == 410


def test_a_link_to_undo_ends_after_days_and_is_no_ones_to_make(dora: User, settings: Any) -> None:
    people.fresh(Client(), dora).post("/account/email/", {"email": NEW, "action_add": ""})
    way = link(OLD, "email_added")
    with time_machine.travel(AccountChange.objects.get().ends_at, tick=False):
        assert Client().post(way).status_code == 410
    for wrong in (way[:-3] + "xx/", "/account/undo/%00/"):
        assert Client().get(wrong).status_code == 404


def test_an_address_that_is_another_persons_now_is_not_taken_from_them(dora: User) -> None:
    EmailAddress.objects.create(user=dora, email="second@county.example", verified=True)
    people.fresh(Client(), dora).post("/account/email/", {"email": "second@county.example", "action_remove": ""})
    other = people.person("second@county.example")
    assert Client().post(link(OLD, "email_removed")).status_code == 302
    assert set(EmailAddress.objects.values_list("user", "email")) == {(dora.pk, OLD), (other.pk, "second@county.example")}


def test_a_second_factor_that_a_stranger_added_goes_and_the_own_one_stays(dora: User) -> None:
    own = TOTP.activate(dora, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP").instance
    theirs = Authenticator.objects.create(user=dora, type="webauthn", data={})
    security.record_change(dora, "people.factor.add", "people/second_step_added", at=people.AT, actor=dora, details={"factor": "a passkey"})
    with time_machine.travel(people.AT, tick=False):
        Client().post(link(OLD, "second_step_added"))
    assert list(Authenticator.objects.all()) == [own]
    assert not Authenticator.objects.filter(pk=theirs.pk).exists()


def test_a_new_password_comes_only_to_the_address_to_sign_in_with(dora: User) -> None:
    EmailAddress.objects.create(user=dora, email="second@county.example", verified=True)
    for email in ("second@county.example", OLD):
        Client().post("/account/password/reset/", {"email": email})
    assert (letters("second@county.example"), letters(OLD)) == (["other_address"], ["password_reset"])
    assert "password/reset/key" not in Email.objects.get(to="second@county.example").text


def test_sign_ins_failures_and_sign_outs_are_recorded_and_shown(dora: User, rita: Any, django_assert_num_queries: Any) -> None:
    sign_in("not it at all")
    sign_in("not it at all", email="nobody@county.example")
    client = sign_in()
    client.post("/account/logout/")
    events = list(SecurityEvent.objects.order_by("id").values_list("person", "kind", "ip", "user_agent"))
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    assert events == [
        (dora.pk, "failed", "127.0.0.1", agent),
        (None, "failed", None, ""),
        (dora.pk, "sign_in", "127.0.0.1", agent),
        (dora.pk, "sign_out", "127.0.0.1", agent),
    ]
    own = sign_in().get(reverse("people:security")).content.decode()
    office = people.fresh(Client(), rita).get(reverse("people:person_security", args=[dora.public_id])).content.decode()
    for page in (own, office):
        assert [text in page for text in ("Sign-in failed", "Signed in", "Signed out", "Firefox on Linux")] == [True] * 4
    with django_assert_num_queries(2):
        security.list_lines(dora)


def test_sign_ins_are_forgotten_after_a_year(dora: User, at: datetime) -> None:
    for days in (364, 366):
        SecurityEvent.objects.create(person=dora, kind="sign_in", at=at - timedelta(days=days))
    security.forget_old(at=at)
    assert SecurityEvent.objects.count() == 1


@pytest.mark.parametrize("role", [Role.STAFF, Role.AUDITOR])
def test_who_opens_a_persons_file_in_the_office_is_recorded_once_a_day(role: Role, dora: User) -> None:
    reader, file = people.person("otto@lssc.example", roles=(role,), name="Otto Lang"), people.document(dora)
    for who in (reader, reader, dora):
        client = people.fresh(Client(), who)
        assert client.get(documents.link(file, who)).status_code == 200
    told = [tell(entry).sentence for entry in Entry.objects.filter(verb="people.document.open")]
    assert told == ["Otto Lang opened the file resume.pdf of Dora Vance."]


def test_a_person_closes_their_account_and_opens_it_again_by_the_email(dora: User) -> None:
    client = people.fresh(Client(), dora)
    assert "Close your account?" in client.get(reverse("close_account")).content.decode()
    answer = client.post(reverse("close_account"), {"reason": "I retire."})
    assert ("Your account is closed" in answer.content.decode(), answer["Clear-Site-Data"]) == (True, '"cache", "storage"')
    assert not User.objects.get().is_active
    assert (letters(OLD), client.get("/account/me/").status_code) == (["account_closed"], 302)
    assert "_auth_user_id" not in sign_in().session
    assert Client().post(link(OLD, "account_closed")).status_code == 302
    assert User.objects.get().is_active
    assert [entry.reason for entry in Entry.objects.filter(verb="people.account.close")] == ["I retire."]


def test_staff_lock_an_account_and_open_it_again(dora: User, rita: Any) -> None:
    theirs, staff = sign_in(), people.fresh(Client(), rita)
    people.fresh(Client(), dora).post("/account/email/", {"email": NEW, "action_add": ""})
    way = link(OLD, "email_added")
    asked = reverse("people:lock", args=[dora.public_id])
    assert staff.post(asked, {"reason": ""}).status_code == 422
    staff.post(asked, {"reason": "Two people use it."})
    assert theirs.get("/account/me/").status_code == 302
    assert "_auth_user_id" not in sign_in().session
    assert Client().post(way).status_code == 410, "a link from before opens nothing that staff have locked"
    assert staff.post(asked, {"reason": "Again."}).status_code == 422
    staff.post(reverse("people:reopen", args=[dora.public_id]), {"reason": "Settled."})
    assert theirs.get("/account/me/").status_code == 302, "who was signed in before stays out"
    assert sign_in().get("/account/me/").status_code == 200
    assert [(entry.verb, entry.reason) for entry in Entry.objects.filter(verb__startswith="people.account.").order_by("id")[1:]][-2:] == [
        ("people.account.lock", "Two people use it."),
        ("people.account.reopen", "Settled."),
    ]
    assert letters(OLD)[-2:] == ["account_locked", "account_reopened"]


def test_a_closed_account_gets_no_reminders_and_nothing_else_but_what_must_reach_it(dora: User, at: datetime) -> None:
    from ledger import actions as ledger
    from ledger import email_delivery

    known = {"at": at, "path": "/", "context": {"until": "x", "reason": "x", "role": "x", "means": "x"}}
    ledger.queue_email(dora, "people/role_given", key="before", must_arrive=False, **known)
    actions.close_account(dora, reason="", at=at)
    dora.refresh_from_db()
    ledger.queue_email(dora, "people/role_given", key="after", must_arrive=False, **known)
    ledger.queue_email(dora, "people/role_ended", key="after", **known)
    assert letters(OLD) == ["account_closed", "role_ended"]
    email_delivery.send_due(at=at)
    assert dict(Email.objects.values_list("notice", "state")) == {"people/account_closed": "sent", "people/role_ended": "closed"}


def test_a_new_role_is_told_to_all_other_staff_and_needs_a_fresh_sign_in(dora: User, rita: Any) -> None:
    people.person("sam@lssc.example", roles=(Role.STAFF,), name="Sam Ode", called="Sam")
    address, stale = reverse("people:give_role", args=[dora.public_id, Role.STAFF]), Client()
    stale.force_login(rita)
    assert stale.post(address, {"reason": "New."}).url.startswith("/account/reauthenticate/")
    assert not Email.objects.exists()
    people.fresh(Client(), rita).post(address, {"reason": "New."})
    assert (letters(OLD), letters("sam@lssc.example"), letters(rita.email)) == (["role_given"], ["staff_appointed"], [])
    email = Email.objects.get(to="sam@lssc.example")
    assert email.subject == "Dora Vance has a new role: Staff"
    assert "Rita Lindqvist gave Dora Vance the role Staff." in email.text
