"""Signing up, confirming, signing in and out: as a person does it, with letters instead of a mail box."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.db import connection
from django.test import Client

from ledger import queries as ledger
from ledger.models import Email
from people.models import User
from tests.factories.people import PASSWORD, fresh, person

SIGN_UP = {"name": " Dora  Vance ", "called": "Dora", "email": "Dora@County.example", "password1": PASSWORD, "time_zone": "America/Chicago"}
NEW_ONE = "a new one for dora"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _no_attempts_yet():
    """Limits count in the cache."""
    cache.clear()


def _link(letter):
    """The path that a letter's button leads to."""
    return re.search(r"http://testserver(/\S+)", letter.text)[1]


def _sign_in(client, email="dora@county.example", password=PASSWORD, **more):
    return client.post("/account/login/", {"login": email, "password": password, **more})


def _is_signed_in(client):
    return "_auth_user_id" in client.session


def _shown(response):
    return re.sub(r"\s+", " ", response.content.decode())


def test_a_person_signs_up_confirms_and_signs_in(client, db):
    response = client.post("/account/signup/", SIGN_UP)
    assert (response.status_code, response.url) == (302, "/account/confirm-email/")
    dora = User.objects.get()
    assert (dora.email, dora.name, dora.called, dora.time_zone) == ("dora@county.example", "Dora Vance", "Dora", "America/Chicago")
    assert not _is_signed_in(client)
    letter = Email.objects.get()
    assert (letter.notice, letter.to, letter.person, letter.must_arrive) == ("people/confirm_email", "dora@county.example", dora, True)
    assert letter.subject == "Confirm your email address for LSSC"

    link = _link(letter)
    assert client.get(link).status_code == 200
    assert not EmailAddress.objects.get().verified, "opening the link is not enough: mail scanners do that"
    response = client.post(link)
    assert EmailAddress.objects.get().verified
    assert _is_signed_in(client)
    assert response.url == "/home/"
    assert [ledger.tell(entry).sentence for entry in ledger.list_entries(dora)] == [
        "Dora Vance confirmed the address dora@county.example.",
        "Dora Vance created an account.",
    ]

    client.post("/account/logout/")
    assert not _is_signed_in(client)
    assert _sign_in(client).url == "/home/"
    assert _is_signed_in(client)


def test_who_has_not_confirmed_gets_the_letter_again_and_not_in(client, db):
    client.post("/account/signup/", SIGN_UP)
    cache.clear()
    response = _sign_in(Client())
    assert response.url == "/account/confirm-email/"
    assert [letter.notice for letter in Email.objects.all()] == ["people/confirm_email"] * 2


def test_a_confirmation_ends_after_three_days(client, db, at):
    with time_machine.travel(at, tick=False) as clock:
        client.post("/account/signup/", SIGN_UP)
        link = _link(Email.objects.get())
        clock.shift(timedelta(days=3, seconds=1))
        client.post(link)
    assert not EmailAddress.objects.get().verified


@pytest.mark.parametrize(("late", "works"), [(-timedelta(seconds=1), True), (timedelta(seconds=1), False)])
def test_the_link_of_another_address_ends_after_three_days_and_says_so(client, db, at, late, works):
    with time_machine.travel(at, tick=False) as clock:
        fresh(client, person()).post("/account/email/", {"email": "dora@home.example", "action_add": ""})
        link = _link(Email.objects.get(to="dora@home.example"))
        clock.shift(timedelta(days=3) + late)
        page = _shown(Client().get(link))
        answer = Client().post(link)
    assert ("It has expired or was already used" not in page) == works
    assert answer.status_code == (302 if works else 404)
    assert EmailAddress.objects.get(email="dora@home.example").verified == works


@pytest.mark.parametrize(("late", "works"), [(timedelta(), True), (timedelta(seconds=1), False)])
def test_the_link_of_a_forgotten_password_ends_after_three_days(client, db, at, late, works):
    dora = person()
    with time_machine.travel(at, tick=False) as clock:
        client.post("/account/password/reset/", {"email": "dora@county.example"})
        link = _link(Email.objects.get())
        clock.shift(timedelta(days=3) + late)
        form = client.get(link, follow=True)
        assert ("password1" in _shown(form)) == works
        client.post(form.redirect_chain[-1][0] if form.redirect_chain else link, dict.fromkeys(("password1", "password2"), NEW_ONE))
    dora.refresh_from_db()
    assert dora.check_password(NEW_ONE) == works


@pytest.mark.parametrize("address", ["/account/password/change/", "/account/reauthenticate/", "/account/password/reset/"])
def test_a_password_manager_knows_whose_password_it_is(client, db, address):
    """Chromium complains on its console where it can’t."""
    dora = person()
    if address == "/account/password/reset/":
        client.post(address, {"email": dora.email})
        address = _link(Email.objects.get())
    else:
        fresh(client, dora)
    page = client.get(address, follow=True).content.decode()
    form = re.search(r"<form(?:(?!</form>).)*type=\"password\".*?</form>", page, re.DOTALL)[0]
    assert f'value="{dora.email}" autocomplete="username" aria-label="Email" hidden' in form


def test_without_a_script_the_zone_is_the_default(client, db):
    client.post("/account/signup/", {**SIGN_UP, "time_zone": ""})
    assert User.objects.get().time_zone == "America/New_York"


def test_a_zone_that_we_do_not_know_is_the_default(client, db):
    client.post("/account/signup/", {**SIGN_UP, "time_zone": "../../etc/passwd"})
    assert User.objects.get().time_zone == "America/New_York"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Enter your full name"),
        ("name", "12 34", "Enter a name with letters."),
        ("called", "", "Enter what we should call you"),
        ("email", "dora", "Enter an email address like"),
        ("password1", "short", "This password is too short."),
        ("password1", "password123", "This password is too common."),
        ("password1", "dora@county.example", "too similar"),
    ],
)
def test_a_sign_up_that_can_not_be_says_why_and_keeps_the_rest(client, db, field, value, said):
    response = client.post("/account/signup/", {**SIGN_UP, field: value})
    assert response.status_code == 200
    assert said in _shown(response)
    assert "Dora" in _shown(response)
    assert "<title>Error: " in _shown(response)
    assert User.objects.count() == 0


def test_sign_up_does_not_tell_who_has_an_account(client, db):
    person()
    known = client.post("/account/signup/", {**SIGN_UP, "email": "DORA@county.example"})
    other = Client()
    unknown = other.post("/account/signup/", {**SIGN_UP, "email": "new@county.example"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url) == (302, "/account/confirm-email/")
    assert _shown(client.get(known.url)).replace("dora@", "new@") == _shown(other.get(unknown.url))
    assert [(letter.notice, letter.to) for letter in Email.objects.order_by("created_at")] == [
        ("people/account_already_exists", "dora@county.example"),
        ("people/confirm_email", "new@county.example"),
    ]
    assert User.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_pressing_the_button_four_times_at_once_makes_one_account():
    together = Barrier(4)

    def press(_):
        together.wait(10)
        try:
            response = Client().post("/account/signup/", SIGN_UP)
            return response.status_code, response.url
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(press, range(4))) == [(302, "/account/confirm-email/")] * 4
    assert User.objects.count() == 1
    assert [letter.notice for letter in Email.objects.all()] == ["people/confirm_email"]


@pytest.mark.parametrize(
    ("password", "notice"),
    [(PASSWORD, "people/confirm_email"), ("the password of another", "people/account_already_exists")],
)
def test_only_who_knows_the_password_gets_the_link_of_an_unconfirmed_account_again(client, db, password, notice):
    client.post("/account/signup/", SIGN_UP)
    cache.clear()
    Client().post("/account/signup/", {**SIGN_UP, "password1": password})
    assert [letter.notice for letter in Email.objects.order_by("created_at")] == ["people/confirm_email", notice]
    assert User.objects.get().check_password(PASSWORD)


def test_a_forgotten_password_does_not_tell_who_has_an_account(client, db):
    person()
    known = client.post("/account/password/reset/", {"email": "dora@county.example"})
    unknown = client.post("/account/password/reset/", {"email": "nobody@county.example"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url) == (302, "/account/password/reset/done/")
    assert [(letter.notice, letter.to, letter.person_id is None) for letter in Email.objects.order_by("created_at")] == [
        ("people/password_reset", "dora@county.example", False),
        ("people/unknown_account", "nobody@county.example", True),
    ]


def test_a_wrong_password_and_an_unknown_address_read_the_same(client, db):
    person()
    wrong, unknown = _sign_in(client, password="not it at all"), _sign_in(client, email="nobody@county.example")
    said = "The email address or the password is not right. Check both, or set a new password."
    assert [(response.status_code, said in _shown(response)) for response in (wrong, unknown)] == [(200, True), (200, True)]
    assert not _is_signed_in(client)


def test_a_forgotten_password_is_set_anew_once(client, db):
    dora = person()
    client.post("/account/password/reset/", {"email": "Dora@county.example"})
    link = _link(Email.objects.get())
    form = client.get(link, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "a new one for dora", "password2": "a new one for dora"})
    dora.refresh_from_db()
    assert dora.check_password("a new one for dora")
    again = Client().get(link, follow=True)
    assert again.status_code == 200
    assert "password1" not in _shown(again)


def test_letters_lead_to_the_public_address_whatever_the_request_calls_itself(client, db, settings):
    settings.PUBLIC_URL = "https://lssc.example"
    person()
    client.post("/account/password/reset/", {"email": "dora@county.example"}, headers={"Host": "evil.example"})
    letter = Email.objects.get()
    assert "https://lssc.example/account/password/reset/key/" in letter.text
    assert "evil" not in letter.text + letter.html


def test_after_five_wrong_passwords_there_is_a_pause_even_for_the_right_one(client, db, at):
    person()
    with time_machine.travel(at, tick=False) as clock:
        for _ in range(5):
            _sign_in(client, password="not it at all")
        refused = _sign_in(client)
        assert "There were too many wrong tries. Wait five minutes, or set a new password." in _shown(refused)
        assert not _is_signed_in(client)
        clock.shift(timedelta(minutes=5, seconds=1))
        _sign_in(client)
    assert _is_signed_in(client)


def test_sign_ups_from_one_address_of_the_network_are_limited(client, db):
    answers = [client.post("/account/signup/", {**SIGN_UP, "email": f"p{number}@county.example"}).status_code for number in range(21)]
    assert answers == [302] * 20 + [429]


def test_signing_in_leads_back_to_where_a_person_wanted_to_go(client, db):
    person()
    assert _sign_in(client, next="/account/me/").url == "/account/me/"


def test_signing_in_leads_to_no_other_site(client, db):
    person()
    assert _sign_in(client, next="https://evil.example/").url == "/home/"


def test_a_closed_account_does_not_open(client, db):
    dora = person()
    User.objects.filter(pk=dora.pk).update(is_active=False)
    _sign_in(client)
    assert not _is_signed_in(client)


def _code(secret=SECRET):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def test_with_an_authenticator_app_the_password_alone_is_not_enough(client, db, at):
    TOTP.activate(person(), SECRET)
    with time_machine.travel(at, tick=False):
        assert _sign_in(client).url == "/account/2fa/authenticate/"
        assert not _is_signed_in(client)
        assert client.get("/account/me/").url.startswith("/account/login/")
        wrong = client.post("/account/2fa/authenticate/", {"code": "000000"})
        assert "This code is wrong or has expired." in _shown(wrong)
        assert not _is_signed_in(client)
        code = _code()
        assert client.post("/account/2fa/authenticate/", {"code": code}).url == "/home/"
        assert _is_signed_in(client)
        other = Client()
        _sign_in(other)
        other.post("/account/2fa/authenticate/", {"code": code})
        assert not _is_signed_in(other), "a code works once"


def test_an_authenticator_app_is_set_up_with_its_code(client, db, at, django_capture_on_commit_callbacks):
    dora = person()
    with time_machine.travel(at, tick=False):
        _sign_in(client)
        asked = client.get("/account/2fa/totp/activate/")
        assert asked.url.startswith("/account/reauthenticate/"), "the password is asked again"
        assert client.post(asked.url, {"password": PASSWORD}).url == "/account/2fa/totp/activate/"
        assert client.get("/account/2fa/totp/activate/").status_code == 200
        secret = client.session["mfa.totp.secret"]
        with django_capture_on_commit_callbacks(execute=True):
            client.post("/account/2fa/totp/activate/", {"code": _code(secret)})
    assert [letter.notice for letter in Email.objects.order_by("created_at")] == ["people/second_step_added"]
    assert set(Authenticator.objects.filter(user=dora).values_list("type", flat=True)) == {"totp", "recovery_codes"}


def test_other_sessions_are_listed_and_ended(client, db):
    dora = person()
    other = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"})
    _sign_in(other)
    _sign_in(client)
    assert "Firefox" in _shown(client.get("/account/sessions/"))
    assert UserSession.objects.filter(user=dora).count() == 2
    client.post("/account/sessions/")
    assert other.get("/account/me/").status_code == 302
    assert client.get("/account/me/").status_code == 200


def test_another_address_is_confirmed_before_it_counts(client, db):
    dora = person()
    _sign_in(client)
    asked = client.post("/account/email/", {"email": "Dora.Vance@home.example", "action_add": ""})
    assert asked.url.startswith("/account/reauthenticate/")
    assert not Email.objects.exists()
    client.post(asked.url, {"password": PASSWORD})
    letter = Email.objects.get(notice="people/confirm_email")
    assert (letter.notice, letter.to, letter.person) == ("people/confirm_email", "dora.vance@home.example", dora)
    client.post("/account/email/", {"email": "dora.vance@home.example", "action_primary": ""})
    dora.refresh_from_db()
    assert dora.email == "dora@county.example"
    client.post(_link(letter))
    client.post("/account/email/", {"email": "dora.vance@home.example", "action_primary": ""})
    dora.refresh_from_db()
    assert dora.email == "dora.vance@home.example"


def test_the_old_password_is_asked_before_a_new_one(client, db):
    dora = person()
    _sign_in(client)
    new = {"password1": "a new one for dora", "password2": "a new one for dora"}
    wrong = client.post("/account/password/change/", {"oldpassword": "not it at all", **new})
    assert "Enter the password that you sign in with now." in _shown(wrong)
    response = client.post("/account/password/change/", {"oldpassword": PASSWORD, **new})
    dora.refresh_from_db()
    assert dora.check_password("a new one for dora")
    assert _is_signed_in(client)
    assert response.status_code == 302
    told = [str(message) for message in get_messages(response.wsgi_request)]
    assert told == ["Your password is changed. Use the new one the next time you sign in."]
