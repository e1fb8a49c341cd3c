"""What leaves the program when something breaks: enough to find the place, and nothing of the person who met it."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from celery import shared_task
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client, RequestFactory
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from lssc import error_reports

# A report quotes the lines of code around the place, so no marker stands near it.
PASSWORD, NAME, CALLED, EMAIL = "vellichor-pass-9431", "Quillon Namewell", "Namewell", "quillon@mail.example"
IP, QUERY, COOKIE, KEY = "203.0.113.77", "vellichorquery", "vellichorcookie", "vellichor:key"
MARKERS = (CALLED, EMAIL, IP, "vellichor", "Quillon")


class Memory(Transport):
    """Keeps whole envelopes, as bytes, where the real one sends them."""

    def __init__(self, options: dict[str, Any] | None = None) -> None:
        super().__init__(options)
        self.sent: list[str] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        """Keep it."""
        self.sent.append(envelope.serialize().decode())


@pytest.fixture
def reports() -> Iterator[Memory]:
    memory = Memory()
    error_reports.start("https://public@errors.example/1", transport=memory)
    yield memory
    sentry_sdk.init()


def _only(reports: Memory) -> dict[str, Any]:
    """The one report, which has no marker in any of its parts."""
    assert len(reports.sent) == 1
    assert [mark for mark in MARKERS if mark in reports.sent[0]] == []
    parts = [json.loads(line) for line in reports.sent[0].splitlines() if line.strip()]
    return next(part for part in parts if "exception" in part or "logentry" in part)


@pytest.mark.django_db
def test_an_error_at_sign_up_is_reported_without_what_was_typed(reports: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()

    def broken(self: Any, request: Any) -> None:
        typed = request.POST["password1"]
        raise RuntimeError(f"Key (email)=({request.POST['email']}) and {typed}")

    monkeypatch.setattr("people.signup.SignupForm.try_save", broken)
    client = Client(raise_request_exception=False, REMOTE_ADDR=IP)
    client.cookies["sessionid"] = COOKIE
    said = {"name": NAME, "called": CALLED, "email": EMAIL, "password1": PASSWORD}
    answer = client.post(f"/account/signup/?next={QUERY}", said, headers={"X-Forwarded-For": IP, "Referer": f"http://testserver/?{QUERY}"})
    assert answer.status_code == 500
    report = _only(reports)
    assert report["transaction"] == "/account/signup/"
    assert [one["type"] for one in report["exception"]["values"]] == ["RuntimeError"]
    assert report["exception"]["values"][0]["stacktrace"]["frames"][-1]["function"] == "broken"


@pytest.mark.django_db
def test_a_secret_in_the_path_is_reported_as_its_pattern(reports: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Any, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("allauth.account.views.ConfirmEmailView.get_object", broken)
    asked = RequestFactory(REMOTE_ADDR=IP, HTTP_COOKIE=f"sessionid={COOKIE}").get(f"/account/confirm-email/{KEY}/?{QUERY}")
    b"".join(WSGIHandler()(asked.environ, lambda status, headers: None))
    report = _only(reports)
    assert report["transaction"] == "/account/confirm-email/{key}/"
    assert report["request"] == {"method": "GET"}


def test_an_error_in_a_task_is_reported_without_its_arguments(reports: Memory) -> None:
    @shared_task
    def break_down(email: str, *, name: str) -> None:
        text = f"{name} <{email}>"
        raise RuntimeError(text)

    break_down.apply(args=[EMAIL], kwargs={"name": NAME})
    report = _only(reports)
    assert report["transaction"].endswith("break_down")
    assert report["exception"]["values"][0]["type"] == "RuntimeError"


def test_a_line_of_the_log_is_reported_without_its_values(reports: Memory) -> None:
    logging.getLogger("people").error("The letter to %s could not be sent", EMAIL)
    assert _only(reports)["logentry"] == {"message": "The letter to %s could not be sent"}
