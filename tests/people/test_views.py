"""A person's own account and preferences."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from people.models import User
from tests.factories.people import document, person
from tests.markup import markup


def _client(user):
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


PAGES = ["/account/me/", "/account/me/preferences/"]


@pytest.mark.parametrize("page", PAGES)
def test_a_visitor_signs_in_first(db, page):
    assert Client().get(page).url == f"/account/login/?next={page}"


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["alice", "bob", "rita", "charlie"])
def test_everybody_has_an_own_account(request, page, who):
    user = request.getfixturevalue(who)
    shown = _client(user).get(page).content.decode()
    assert user.name in shown


def test_a_document_asks_a_visitor_to_sign_in(alice):
    kept = document(alice)
    assert Client().get(f"/documents/{kept.id}/").url == f"/account/login/?next=/documents/{kept.id}/"


def test_the_account_tells_what_can_be_changed(rita):
    shown = _client(rita).get("/account/me/").content.decode()
    links = ["/account/password/change/", "/account/email/", "/account/2fa/", "/account/sessions/"]
    for part in ["Rita Lindqvist", "rita@lssc.example", "Eastern (New York)", "<dt>Role</dt><dd>Staff</dd>", *links]:
        assert part in shown


@pytest.mark.parametrize("addresses", [1, 3])
def test_the_account_costs_the_same_for_one_address_and_three(db, django_assert_num_queries, addresses):
    dora = person()
    for number in range(1, addresses):
        EmailAddress.objects.create(user=dora, email=f"dora{number}@county.example", verified=True)
    client = _client(dora)
    client.get("/account/me/")
    with django_assert_num_queries(6):
        client.get("/account/me/")


def test_preferences_are_saved_and_said(alice):
    client = _client(alice)
    typed = {"name": "Alice Moreau-Diaz", "called": "Ali", "time_zone": "Pacific/Honolulu"}
    response = client.post("/account/me/preferences/", typed, follow=True)
    assert response.redirect_chain == [("/account/me/", 302)]
    assert "Your preferences are saved." in response.content.decode()
    assert "Hawaii (Honolulu)" in response.content.decode()
    assert User.objects.values("name", "called", "time_zone").get() == typed


@pytest.mark.parametrize(("name", "asked"), [("王小明", []), ("Li \U0002a6d6", ["\U0002a6d6"])])
def test_who_has_a_name_that_no_paper_can_show_is_asked_at_once(alice, name, asked):
    typed = {"name": name, "called": "Ali", "time_zone": "Pacific/Honolulu"}
    page = _client(alice).post("/account/me/preferences/", typed, follow=True).content.decode()
    assert re.findall("We have no font for “(.+)” in your name.", page) == asked
    signup = {"name": name, "called": "Li", "email": "li@county.example", "password1": "many quiet shelves 7"}
    page = Client().post("/account/signup/", signup, follow=True).content.decode()
    assert re.findall("We have no font for “(.+)” in your name.", page) == asked


LONG = "Maria de los Ángeles Guadalupe Inmaculada Concepción de la Vega"
ASKED = "Is it the whole name, and nothing else?"


def test_a_long_name_is_asked_about_once_where_it_is_changed(alice):
    typed, browser = {"name": LONG, "called": "Mari", "time_zone": "Pacific/Honolulu"}, _client(alice)
    page = markup(browser.post("/account/me/preferences/", typed))
    assert ASKED in page
    assert User.objects.get().name == "Alice Moreau"
    assert browser.post("/account/me/preferences/", {**typed, "name-whole": "on"}).status_code == 302
    assert User.objects.get().name == LONG
    kept = markup(browser.get("/account/me/preferences/"))
    assert 'id="id_name-whole" checked' in kept
    refused = markup(browser.post("/account/me/preferences/", {**typed, "name": f"{LONG} evil.example", "name-whole": "on"}))
    assert "without an email or web address" in refused


def test_a_long_name_is_asked_about_once_at_sign_up(db):
    typed = {"name": LONG, "called": "Mari", "email": "maria@county.example", "password1": "many quiet shelves 7"}
    page = markup(Client().post("/account/signup/", typed))
    assert ASKED in page
    assert 'name="name-whole" id="id_name-whole">' in page
    assert not User.objects.exists()
    Client().post("/account/signup/", {**typed, "name-whole": "on"})
    assert User.objects.get().name == LONG


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", " ", "Enter your full name"),
        ("name", "\u202e1234", "Enter a name with letters."),
        ("name", "x" * 121, "at most 120 characters"),
        ("called", "", "Enter what we should call you"),
        ("time_zone", "Mars/Phobos", "Select a valid choice."),
    ],
)
def test_preferences_that_can_not_be_say_why_and_keep_the_rest(alice, field, value, said):
    typed = {"name": "Alice Typed", "called": "Typed", "time_zone": "Pacific/Honolulu", field: value}
    shown = _client(alice).post("/account/me/preferences/", typed).content.decode()
    assert said in shown
    assert "Typed" in shown
    assert User.objects.get().name == "Alice Moreau"


def test_names_of_people_are_shown_as_text(alice):
    User.objects.filter(pk=alice.pk).update(name="<script>alert(1)</script>", called="<b>A</b>")
    shown = _client(alice).get("/account/me/").content.decode()
    assert "<script>alert" not in shown
    assert "&lt;b&gt;A&lt;/b&gt;" in shown
