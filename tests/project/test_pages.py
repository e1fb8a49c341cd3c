"""Each page as each person, in the real browser: no barrier that axe-core finds, no sideways scrolling, no complaint in the console."""

from typing import Any

import pytest
from django.urls import reverse

from tests.factories import people
from tests.project.chrome import Chrome
from tests.project.pages import barriers, look_at, signed_in

# Pages that no link leads to; all others are looked at by tests/journeys/test_every_page.py.
PUBLIC = [
    "people:contact_sent",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_email_verification_sent",
    "account_inactive",
]
ACCOUNT = ["account_reauthenticate", "mfa_activate_totp", "mfa_add_webauthn"]


@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages_have_no_barriers(name: str, live_server: Any, browser: Chrome) -> None:
    assert look_at(browser, live_server.url, reverse(name)) == []


@pytest.mark.parametrize("answers", ["member=yes&portfolios=2&years=4&course1=250", "member=yes&portfolios=2&years=9&course1=much"])
def test_a_sum_of_costs_has_no_barriers(answers: str, live_server: Any, browser: Chrome) -> None:
    assert look_at(browser, live_server.url, f"{reverse('costs')}?{answers}") == []


def test_a_question_and_its_answers_have_no_barriers(live_server: Any, browser: Chrome, rita: Any) -> None:
    row = people.inquiry()
    people.inquiry()
    assert look_at(browser, live_server.url, reverse("people:inquiry", args=[row.id]), cookie=signed_in(rita)) == []


def test_a_page_that_is_not_there_has_no_barriers(live_server: Any, browser: Chrome) -> None:
    assert look_at(browser, live_server.url, "/nowhere/", status=404) == []


@pytest.mark.parametrize("name", ACCOUNT)
def test_pages_of_the_account_have_no_barriers(name: str, live_server: Any, browser: Chrome, alice: Any) -> None:
    assert look_at(browser, live_server.url, reverse(name), cookie=signed_in(alice)) == []


def test_recovery_codes_have_no_barriers(live_server: Any, browser: Chrome, alice: Any) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    cookie = signed_in(alice)
    TOTP.activate(alice, generate_totp_secret())
    RecoveryCodes.activate(alice)
    for name in ("mfa_index", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_deactivate_totp"):
        assert look_at(browser, live_server.url, reverse(name), cookie=cookie) == []


def test_a_form_with_mistakes_has_no_barriers_and_brings_the_reader_to_them(live_server: Any, browser: Chrome) -> None:
    page = browser.new_page()
    page.goto(live_server.url + reverse("account_signup"))
    page.fill("#id_email", "not an address")
    page.click("main .usa-button")
    page.wait_for_selector("#errors")
    assert page.title() == "Error: Create an account - LSSC"
    assert page.evaluate("document.activeElement.id") == "errors"
    assert page.input_value("#id_email") == "not an address"
    page.click("#errors a >> nth=0")
    assert page.evaluate("document.activeElement.id") == "id_name"
    assert barriers(page) == []
    page.close()


def test_the_look_finds_a_planted_barrier(live_server: Any, browser: Chrome) -> None:
    """A check that never fails proves nothing: an image without words and a line that is too long are found."""
    context = browser.new_context()
    page = context.new_page()
    page.route("**/planted/", lambda route: route.fulfill(content_type="text/html", body=PLANTED))
    page.goto(live_server.url + "/planted/")
    found = barriers(page)
    context.close()
    assert [what.split()[0] for what in found] == ["image-alt", "scrolls"]


PLANTED = (
    "<!doctype html><html lang=en><title>Planted</title><main><h1>Planted</h1><img src='data:,'>"
    "<p style='width: 3000px'>Too long</p></main></html>"
)


def test_a_passkey_is_added_and_signs_in(live_server: Any, browser: Chrome, alice: Any) -> None:
    """The pages' scripts, the security policy and the server together, with a made-up key in the browser."""
    # In a browser of its own: one that has had a made-up key leaves the pages after it waiting forever.
    own = Chrome(browser.playwright)
    context = own.new_context()
    context.add_cookies([{**signed_in(alice), "url": live_server.url}])
    page = context.new_page()
    keys = context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto(live_server.url + reverse("mfa_add_webauthn"))
    page.check("#id_passwordless")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "/webauthn/add/" not in url)
    context.clear_cookies()
    page.goto(live_server.url + reverse("account_login"))
    page.click("#passkey_login")
    page.wait_for_url(lambda url: "/login/" not in url)
    page.goto(live_server.url + reverse("people:account"))
    assert page.inner_text(".usa-nav__primary li:last-child") == "Alice Moreau"
    own.close()
