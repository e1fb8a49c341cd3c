"""Passwords that others guess: one's own name in parts, the program's words, years, and common ones in disguise."""

from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client

from people.models import User

HOA = User(name="Hòa Harbor", called="Hoa", email="hoa.harbor@cedar.example")


@pytest.mark.parametrize(
    "password",
    [
        "hoa harbor",
        "Harbor-Hòa",
        "harbor2012",
        "cedarharbor",
        "library2012",
        "library-staff",
        "LSSC-support-2026",
        "Password-123!",
        "password2012",
        "qwerty-qwerty",
        "abcabcabcabc",
        "1234567890",
        "2012 2013 2014",
    ],
)
def test_what_others_guess_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, HOA)


@pytest.mark.parametrize(
    "password", ["correct horse battery", "a new one for dora", "four words of mine", "harbor teapot wolf", "ünï çødé wörds"]
)
def test_a_password_with_words_of_its_own_is_taken(password: str) -> None:
    validate_password(password, HOA)


def test_a_sign_up_compares_with_the_name_that_is_typed_beside_it(db: Any) -> None:
    cache.clear()
    said = {"name": "Hoa Harbor", "called": "Hoa", "email": "x@y.example", "password1": "hoa harbor"}
    answer = Client().post("/account/signup/", said)
    assert "easy to guess" in answer.content.decode()
    assert not User.objects.exists()
