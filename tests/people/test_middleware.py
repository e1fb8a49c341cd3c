"""The reader's zone, the second step of those who need one, and how text is packed."""

import gzip
import re
from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from people.middleware import PackingMiddleware, TimeZoneMiddleware
from people.states import Role
from tests.factories.people import person

MASKED = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.mark.parametrize(("zone", "hour"), [("America/New_York", 10), ("Pacific/Honolulu", 5), (None, 10)])
def test_hours_are_shown_in_the_readers_zone(alice, zone, hour):
    seen = []
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    if zone:
        alice.time_zone, request.user = zone, alice

    def view(request):
        seen.append(timezone.localtime(datetime(2026, 11, 23, 15, tzinfo=UTC)).hour)
        return HttpResponse()

    TimeZoneMiddleware(view)(request)
    assert seen == [hour]
    assert timezone.get_current_timezone_name() == "America/New_York"


@pytest.fixture
def required(settings):
    settings.REQUIRE_MFA = True


def _client(user):
    client = Client()
    client.force_login(user)
    return client


def _is_led(user):
    """Is this person led to set up a second step, instead of to a page (here one that is not there)?"""
    response = _client(user).get("/documents/00000000-0000-0000-0000-000000000000/")
    assert (response.status_code, response.headers.get("Location")) in {(302, "/account/2fa/"), (404, None)}
    return response.status_code == 302


@pytest.mark.parametrize("role", [Role.STAFF, Role.COMMITTEE, Role.AUDITOR])
@pytest.mark.usefixtures("required")
def test_a_role_that_needs_a_second_step_is_led_to_set_it_up(db, role):
    assert _is_led(person(roles=(role,)))


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.COURSE_EVALUATOR])
@pytest.mark.usefixtures("required")
def test_other_roles_may_go_on(db, role):
    assert not _is_led(person(roles=(role,)))


@pytest.mark.usefixtures("required")
def test_the_own_account_and_public_pages_stay_open(db):
    client = _client(person(roles=(Role.STAFF,)))
    open_pages = ["/account/me/", "/account/me/preferences/", "/account/2fa/", "/account/email/", "/account/sessions/", "/help/"]
    assert [client.get(page).status_code for page in open_pages] == [200] * len(open_pages)
    assert client.get("/account/2fa/totp/activate/").url.startswith("/account/reauthenticate/")
    assert client.post("/account/logout/").status_code == 302


@pytest.mark.usefixtures("required")
def test_nothing_is_done_on_the_way(db):
    client = _client(person(roles=(Role.STAFF,)))
    assert client.post("/documents/00000000-0000-0000-0000-000000000000/").url == "/account/2fa/"


@pytest.mark.usefixtures("required")
def test_with_an_authenticator_app_the_way_is_free(db):
    staff = person(roles=(Role.STAFF,))
    TOTP.activate(staff, SECRET)
    assert not _is_led(staff)


@pytest.mark.usefixtures("required")
def test_with_a_passkey_the_way_is_free(db):
    staff = person(roles=(Role.STAFF,))
    Authenticator.objects.create(user=staff, type=Authenticator.Type.WEBAUTHN, data={"name": "key", "credential": {}})
    assert not _is_led(staff)


@pytest.mark.usefixtures("required")
def test_recovery_codes_alone_are_no_second_step(db):
    staff = person(roles=(Role.STAFF,))
    RecoveryCodes.activate(staff)
    assert _is_led(staff)


def test_where_no_second_step_is_required_staff_may_go_on(db):
    assert not _is_led(person(roles=(Role.STAFF,)))


def test_a_persons_page_is_packed_and_never_of_one_length(client, alice):
    client.force_login(alice)
    page = reverse("people:account")
    plain = client.get(page)
    packed = [client.get(page, headers={"Accept-Encoding": "gzip"}) for _ in range(8)]
    assert "Content-Encoding" not in plain
    assert {answer["Content-Encoding"] for answer in packed} == {"gzip"}
    assert all("Accept-Encoding" in answer["Vary"] for answer in packed)
    assert {MASKED.sub(b"", gzip.decompress(answer.content)) for answer in packed} == {MASKED.sub(b"", plain.content)}
    assert max(len(answer.content) for answer in packed) < len(plain.content) / 2
    assert len({len(answer.content) for answer in packed}) > 1


@pytest.mark.parametrize(
    ("kind", "packs"), [("text/csv", True), ("application/json", True), ("application/pdf", False), ("image/png", False)]
)
def test_only_text_is_packed(kind, packs):
    request = RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})
    for answer in (HttpResponse(b"x" * 5000, content_type=kind), StreamingHttpResponse([b"x" * 5000] * 3, content_type=kind)):
        response = PackingMiddleware(lambda _, given=answer: given)(request)
        content = b"".join(response) if response.streaming else response.content
        assert ("Content-Encoding" in response) is packs
        assert (gzip.decompress(content) if packs else content) == b"x" * (15000 if response.streaming else 5000)
