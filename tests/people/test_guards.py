"""Every view says who may open it; what it says is kept."""

import logging

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import condition, require_POST

from people import permissions
from people.guards import PUBLIC, SIGNED_IN, Guard, allowed, guard_of, public, signed_in


@public
def open_page(request):
    return HttpResponse("open")


@signed_in
def own_page(request):
    return HttpResponse("own")


@allowed(permissions.is_staff)
def staff_page(request):
    return HttpResponse("staff")


@allowed(permissions.is_staff, permissions.is_auditor)
def office_page(request):
    return HttpResponse("office")


@signed_in
@require_POST
@csrf_exempt
def button(request):
    return HttpResponse("done")


@signed_in
@condition(etag_func=lambda request: '"1"')
def cached_page(request):
    return HttpResponse("cached")


def forgotten_page(request):
    return HttpResponse("no one should see this")


urlpatterns = [
    path("guarded/open/", open_page),
    path("guarded/own/", own_page),
    path("guarded/staff/", staff_page),
    path("guarded/office/", office_page),
    path("guarded/button/", button),
    path("guarded/cached/", cached_page),
    path("guarded/forgotten/", forgotten_page),
    path("", include("lssc.urls")),
]
here = override_settings(ROOT_URLCONF=__name__)


def _as(person):
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def test_a_guard_is_declared_on_the_view():
    assert [guard_of(view) for view in (open_page, own_page, staff_page, forgotten_page)] == [
        PUBLIC,
        SIGNED_IN,
        Guard("allowed", (permissions.is_staff,)),
        None,
    ]


def test_allowed_without_a_predicate_is_a_mistake():
    with pytest.raises(TypeError):
        allowed()


@here
@pytest.mark.parametrize(
    ("address", "answers"),
    [
        ("/guarded/open/", [200, 200, 200]),
        ("/guarded/own/", [302, 200, 200]),
        ("/guarded/staff/", [302, 403, 200]),
        ("/guarded/office/", [302, 403, 200]),
        ("/guarded/forgotten/", [404, 404, 404]),
    ],
)
def test_each_guard_admits_whom_it_names(alice, rita, address, answers):
    assert [_as(person).get(address).status_code for person in (None, alice, rita)] == answers


@here
def test_one_of_several_predicates_is_enough(alice):
    from django.contrib.auth.models import Group

    alice.groups.add(Group.objects.get(name="auditors"))
    assert _as(alice).get("/guarded/office/").status_code == 200


@here
def test_a_view_without_a_guard_is_logged(client, db, caplog):
    with caplog.at_level(logging.ERROR, logger="people.middleware"):
        client.get("/guarded/forgotten/")
    assert [record.getMessage() for record in caplog.records if record.name == "people.middleware"] == [
        f"The view {__name__}.forgotten_page declares no guard and was refused"
    ]


@here
def test_the_anonymous_come_back_to_the_page_after_they_signed_in(client, db):
    assert client.get("/guarded/own/?tab=2").url == "/account/login/?next=/guarded/own/%3Ftab%3D2"


@here
@pytest.mark.parametrize(
    ("referer", "url"),
    [
        ("http://testserver/guarded/own/?tab=2#part", "/account/login/?ended=1&next=/guarded/own/%3Ftab%3D2"),
        ("http://evil.example/own/", "/account/login/?ended=1&next="),
        ("", "/account/login/?ended=1&next="),
    ],
)
def test_the_anonymous_who_pressed_a_button_come_back_to_its_page(client, db, referer, url):
    assert client.post("/guarded/button/", headers={"Referer": referer}).url == url


@here
def test_autosave_hears_that_the_session_has_ended(client, db):
    response = client.post("/guarded/own/", headers={"X-Autosave": "1"})
    assert (response.status_code, response.json()["error"][:19]) == (401, "You are signed out.")


@here
def test_guards_work_above_other_decorators(alice):
    client = _as(alice)
    assert client.get("/guarded/button/").status_code == 405
    assert client.post("/guarded/button/").content == b"done"
    assert client.get("/guarded/cached/").content == b"cached"
    assert client.get("/guarded/cached/", headers={"If-None-Match": '"1"'}).status_code == 304
    assert button.csrf_exempt is True


@here
def test_pages_behind_a_guard_are_not_kept_by_others(alice):
    client = _as(alice)
    assert client.get("/guarded/own/")["Cache-Control"] == "private, no-store"
    assert client.get("/guarded/open/")["Cache-Control"] == "private, no-store", "the header names the person"
    assert "Cache-Control" not in Client().get("/guarded/open/")


def test_a_closed_account_is_in_no_role(rita):
    rita.is_active = False
    request = RequestFactory().get("/")
    request.user = rita
    with pytest.raises(PermissionDenied):
        staff_page(request)


def test_nobody_is_in_no_role():
    assert permissions.role_names(AnonymousUser()) == frozenset()


def _patterns(resolver):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(entry)
        elif isinstance(entry, URLPattern):
            yield entry


def test_every_view_of_allauth_has_a_guard():
    names = {entry.name: guard_of(entry.callback, entry.name) for entry in _patterns(get_resolver("allauth.urls"))}
    assert [name for name, guard in names.items() if guard is None] == []
    assert {name for name, guard in names.items() if guard == PUBLIC} == {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_signup",
        "account_email_verification_sent",
        "account_confirm_login_code",
        "account_confirm_email",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "mfa_authenticate",
        "mfa_login_webauthn",
    }


@here
def test_the_anonymous_are_sent_to_sign_in_by_the_table_for_allauth(client, db):
    assert client.get("/account/email/").url == "/account/login/?next=/account/email/"


def test_all_roles_cost_one_query(rita, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert permissions.is_staff(rita)
        assert not permissions.is_auditor(rita)
        assert permissions.can_see_office(rita)
        assert permissions.needs_second_factor(rita)
        assert not permissions.is_evaluator(rita)
        assert not permissions.is_course_evaluator(rita)
        assert not permissions.is_committee(rita)
