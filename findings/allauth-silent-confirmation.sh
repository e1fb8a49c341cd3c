#!/usr/bin/env bash
# django-allauth 65.21.1, where an address must be confirmed by a link: who signs in before having confirmed is sent the link once
# more, and the page says "We have sent an email to you". Within 180 seconds of the last one (the limit "confirm_email", counted from
# the email of the sign-up) nothing is sent, and the page is the same. Someone who mistyped nothing and waits for a slow mail server
# signs in twice, reads twice that an email was sent, and gets none.
# Output seen: emails after sign-up 1, sign-in 1 (page says sent: True), sign-in 181 s later 2
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet django==5.2.19 django-allauth==65.21.1
"$work/venv/bin/python" - <<'PY'
import time
from unittest import mock

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="of-this-script",
    ALLOWED_HOSTS=["testserver"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=[f"django.contrib.{app}" for app in ("auth", "contenttypes", "sessions", "messages")] + ["allauth", "allauth.account"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "allauth.account.middleware.AccountMiddleware",
    ],
    AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    ACCOUNT_LOGIN_METHODS={"email"},
    ACCOUNT_SIGNUP_FIELDS=["email*", "password1*"],
    ACCOUNT_EMAIL_VERIFICATION="mandatory",
)
django.setup()

from django.core import mail
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.test.utils import setup_test_environment
from django.urls import include, path

urlpatterns = [path("account/", include("allauth.urls")), path("", lambda request: HttpResponse("Home"))]
setup_test_environment()
call_command("migrate", verbosity=0)
client, wall = Client(), time.time
client.post("/account/signup/", {"email": "ana@library.example", "password1": "seven-Green-boats"})
after_signup = len(mail.outbox)


def sign_in() -> tuple[int, bool]:
    page = client.post("/account/login/", {"login": "ana@library.example", "password": "seven-Green-boats"}, follow=True)
    return len(mail.outbox), "We have sent an email to you" in page.content.decode()


soon = sign_in()
with mock.patch("time.time", lambda: wall() + 181):
    later = sign_in()
print("emails after sign-up", after_signup, "sign-in", soon, "sign-in 181 s later", later)
assert after_signup == 1
assert soon == (1, True)
assert later == (2, True)
PY
