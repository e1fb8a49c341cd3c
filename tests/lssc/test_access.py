"""A line of the access log: which request, whose, and nothing that opens a door."""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import StringConverter
from gunicorn.config import Config
from gunicorn.glogging import Logger

from lssc.access import SECRET, hide_secrets
from ops import gunicorn_conf

pytestmark = pytest.mark.django_db
# Parts of an address that are text and open nothing.
OPEN = {"name", "number", "role", "uidb36", "url"}


def line(response: Any) -> str:
    """What gunicorn writes about an answer."""
    sent = SimpleNamespace(status="200 OK", sent=1, headers=list(response.headers.items()))
    asked = SimpleNamespace(headers=[])
    took = SimpleNamespace(seconds=0, microseconds=0)
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": response.request["PATH_INFO"],
        "SERVER_PROTOCOL": "HTTP/1.1",
        **response.wsgi_request.META,
    }
    logger = Logger(Config())
    return str(gunicorn_conf.access_log_format % logger.atoms_wrapper_class(logger.atoms(sent, asked, environ, took)))


def list_patterns(patterns: list[Any], before: str = "") -> Iterator[tuple[str, set[str]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from list_patterns(pattern.url_patterns, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            typed = {name for name, converter in pattern.pattern.converters.items() if type(converter) is StringConverter}
            yield before + str(pattern.pattern), typed | set(re.findall(r"\(\?P<(\w+)>", str(pattern.pattern)))


def test_it_has_an_id_that_the_answer_has_too(client: Client) -> None:
    response = client.get("/help/")
    assert re.search(rf'"GET /help/" 200 .* {response["X-Request-Id"]} -$', line(response))


def test_a_proxys_id_is_kept_and_what_is_none_is_not(client: Client) -> None:
    assert client.get("/help/", headers={"X-Request-Id": "abc-123-def"})["X-Request-Id"] == "abc-123-def"
    for strange in ("short", "a\tb and more", "x" * 65, 'quo"ted-and-long'):
        assert client.get("/help/", headers={"X-Request-Id": strange})["X-Request-Id"] != strange


def test_it_says_who_was_signed_in(client: Client, alice: Any) -> None:
    client.force_login(alice)
    assert line(client.get(reverse("people:account"))).endswith(f" {alice.pk}")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("account_confirm_email", {"key": "MQ:1abc:secret"}),
        ("account_reset_password_from_key", {"uidb36": "1", "key": "abc-secret"}),
        ("portfolios:answer", {"token": "MQ:secret"}),
        ("courses:confirm", {"token": "MQ:secret"}),
        ("webinars:leave", {"key": "secret-key"}),
    ],
)
def test_a_link_that_opens_something_is_not_in_it(client: Client, name: str, parts: dict[str, str]) -> None:
    response = client.get(reverse(name, kwargs=parts))
    assert "secret" not in line(response)
    assert "*" in line(response)


def test_an_address_without_secrets_stands_as_it_is() -> None:
    assert [hide_secrets(path) for path in ("/", "/nothing/here/", "/v/LSSC-1/")] == ["/", "/nothing/here/", "/v/LSSC-1/"]


def test_every_text_in_an_address_is_known_to_be_open_or_secret() -> None:
    unknown = {path: parts - OPEN - SECRET for path, parts in list_patterns(get_resolver().url_patterns)}
    assert {path: parts for path, parts in unknown.items() if parts} == {}
