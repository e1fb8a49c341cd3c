"""Second steps: their secrets are unreadable in the database, and a passkey's answer that is none is refused in words."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from people.encryption import MARK, seal, unseal
from tests.factories import people

pytestmark = pytest.mark.django_db
KEY = '{"id":"AAAA","rawId":"AAAA","type":"public-key","response":%s}'
NO_KEYS = {
    "a number of many digits": "9" * 5000,
    "one inside": '{"id": ' + "9" * 5000 + "}",
    "a deep nest": "[" * 100_000,
    "not JSON": "{",
    "half of it": '{"id":1}',
    "a list": "[]",
    "no answer in it": KEY % "1",
    "an empty answer": KEY % "{}",
    "an answer of other kind": KEY % '{"clientDataJSON":"e30","attestationObject":"AAAA"}',
}


@given(st.text(max_size=200))
def test_what_is_sealed_can_be_read_again_and_not_without_the_key(text: str) -> None:
    assert unseal(seal(text)) == text
    assert seal(text) != seal(text)


def test_an_earlier_key_opens_and_another_does_not(settings: Any) -> None:
    before = seal("JBSWY3DPEHPK3PXP")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key", [settings.SECRET_KEY]
    assert unseal(before) == "JBSWY3DPEHPK3PXP"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(ValidationError, match="This code is wrong or has expired"):
        get_adapter().decrypt(before)


def test_the_database_holds_no_secret_that_can_be_used(alice: Any) -> None:
    secret = generate_totp_secret()
    totp = TOTP.activate(alice, secret)
    codes = RecoveryCodes.activate(alice).get_unused_codes()
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert kept.count(MARK) == 2
    assert totp.validate_code(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))
    assert len(codes) == 10


@pytest.mark.parametrize("kind", NO_KEYS)
@pytest.mark.parametrize("page", ["login", "add"])
def test_an_answer_that_no_passkey_gave_is_refused_in_words(page: str, kind: str, alice: Any) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    cache.clear()
    client = Client()
    if page == "add":
        client.post("/account/login/", {"login": alice.email, "password": people.PASSWORD})
        client.post("/account/reauthenticate/", {"password": people.PASSWORD})
    answer = client.post(f"/account/2fa/webauthn/{page}/", {"credential": NO_KEYS[kind], "name": "Key"}, follow=True)
    assert answer.status_code < 500
    assert not Authenticator.objects.exists()
    assert ("_auth_user_id" in client.session) is (page == "add")
