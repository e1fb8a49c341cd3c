"""Each of allauth's mails is a letter of ours, worded for people."""

import pytest
from allauth.account.adapter import get_adapter
from allauth.core import context
from django.template.loader import get_template
from django.test import RequestFactory

from ledger.models import Email
from people import notices

# What allauth hands over with each mail; see its `send_mail` and `send_notification_mail`.
FACTS = {
    "activate_url": "http://evil.example/account/confirm-email/abc/",
    "password_reset_url": "http://testserver/account/password/reset/key/1-abc/",
    "signup_url": "http://testserver/account/signup/",
    "to_email": "new@marlow.example",
    "deleted_email": "old@marlow.example",
}


@pytest.mark.parametrize("name", notices.ACCOUNT)
def test_allauth_has_a_mail_of_this_name(name):
    assert get_template(f"{name}_subject.txt")


@pytest.mark.parametrize("name", notices.ACCOUNT)
def test_every_letter_is_whole(alice, name):
    with context.request_context(RequestFactory().get("/")):
        get_adapter().send_mail(name, alice.email, FACTS)
    letter = Email.objects.get()
    assert (letter.notice, letter.person, letter.to, letter.must_arrive) == (notices.ACCOUNT[name].notice, alice, alice.email, True)
    expected = FACTS.get(notices.ACCOUNT[name].link, "http://testserver/account/me/").replace("evil.example", "testserver")
    assert expected in letter.text
    assert expected in letter.html
    assert all(FACTS[fact] in letter.text for fact in notices.ACCOUNT[name].context)
    assert 10 < len(letter.subject) < 60
    assert "{{" not in letter.text


def test_a_letter_to_nobody_we_know_greets_no_one(db):
    with context.request_context(RequestFactory().get("/")):
        get_adapter().send_mail("account/email/unknown_account", "nobody@marlow.example", FACTS)
    letter = Email.objects.get()
    assert (letter.person, letter.to) == (None, "nobody@marlow.example")
    assert "nobody@marlow.example" in letter.text
