"""Pages for every visitor are drawn once and kept until something that they show changes; nobody's own page ever is."""

import gzip
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from courses.models import Offering
from ledger import public_changes
from ledger.models import PublicChange
from lssc import kept_pages, site
from tests.factories import courses

pytestmark = pytest.mark.django_db
CATALOG = "/courses/"


@pytest.fixture(autouse=True)
def _kept(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.KEEP_PAGES = True
    monkeypatch.setattr(kept_pages, "LOOK_SECONDS", 0)


@pytest.fixture
def visitor() -> Client:
    return Client()


def queries_of(visitor: Client, path: str, **headers: str) -> tuple[Any, int]:
    with CaptureQueriesContext(connection) as queries:
        response = visitor.get(path, headers=headers)
    return response, len(queries)


def test_a_page_is_drawn_once_and_then_asks_nothing(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    courses.offering("Old Maps")
    monkeypatch.setattr(kept_pages, "LOOK_SECONDS", 3600)
    first, some = queries_of(visitor, CATALOG)
    again, none = queries_of(visitor, CATALOG)
    unchanged, still_none = queries_of(visitor, CATALOG, if_none_match=first["ETag"])
    assert b"Old Maps" in first.content
    assert first.content == again.content
    assert (some > 2, none, still_none) == (True, 0, 0)
    assert (unchanged.status_code, unchanged.content, unchanged["ETag"]) == (304, b"", first["ETag"])


@pytest.mark.parametrize("change", ["save", "update", "sql", "delete", "bulk"])
def test_whoever_changes_a_row_in_whatever_way_the_page_shows_it(visitor: Client, change: str) -> None:
    row = courses.offering("Old Maps")
    assert b"Old Maps" in visitor.get(CATALOG).content
    if change == "save":
        row.title = "New Maps"
        row.save()
    elif change == "update":
        Offering.objects.filter(pk=row.pk).update(title="New Maps")
    elif change == "sql":
        with connection.cursor() as cursor:
            cursor.execute("UPDATE courses_offering SET title = 'New Maps' WHERE id = %s", [row.pk])
    elif change == "bulk":
        row.title = "New Maps"
        Offering.objects.bulk_update([row], ["title"])
    else:
        row.approvals.all().delete()
        row.delete()
    content = visitor.get(CATALOG).content
    assert b"Old Maps" not in content
    assert (b"New Maps" in content) == (change != "delete")


def test_a_look_at_the_notes_is_one_query(visitor: Client) -> None:
    visitor.get(CATALOG)
    assert queries_of(visitor, CATALOG)[1] == 1


def test_a_note_that_comes_late_moves_the_numbers(db: None) -> None:
    PublicChange.objects.bulk_create([PublicChange(id=id, at=datetime(2026, 1, 1, tzinfo=UTC)) for id in (10**9 + 1, 10**9 + 3)])
    before = public_changes.read()
    PublicChange.objects.create(id=10**9 + 2, at=datetime(2026, 1, 1, tzinfo=UTC))
    assert public_changes.read() != before


def test_old_notes_are_forgotten(at: datetime) -> None:
    PublicChange.objects.all().delete()
    PublicChange.objects.create(at=at - timedelta(hours=7))
    newer = PublicChange.objects.create(at=at - timedelta(hours=1))
    public_changes.drop_old(at=at)
    assert list(PublicChange.objects.all()) == [newer]


def test_nobodys_own_page_is_kept(visitor: Client, charlie: Any) -> None:
    own = Client()
    own.force_login(charlie)
    for path in (CATALOG, "/help/", "/"):
        for reader in (own, visitor, own):
            content = reader.get(path, headers={"User-Agent": "Quince 7", "Referer": "http://testserver/?quince=7"}).content.decode()
            assert ("Charlie Okafor" in content) == (reader is own)
            assert "uince" not in content


@pytest.mark.parametrize("cookie", ["sessionid", "messages", "anything"])
def test_whoever_brings_a_cookie_is_not_answered_from_what_is_kept(visitor: Client, cookie: str) -> None:
    visitor.get(CATALOG)
    visitor.cookies[cookie] = "x"
    assert queries_of(visitor, CATALOG)[1] > 1
    visitor.cookies.clear()
    visitor.cookies["csrftoken"] = "x" * 32
    assert queries_of(visitor, CATALOG)[1] == 1


def test_a_message_is_seen_and_seen_once(visitor: Client) -> None:
    visitor.get("/help/")
    from django.contrib.messages import constants
    from django.contrib.messages.storage.base import Message
    from django.contrib.messages.storage.cookie import CookieStorage

    visitor.cookies["messages"] = CookieStorage(None)._encode([Message(constants.SUCCESS, "Thank you, quince.")])  # type: ignore[arg-type]
    assert "Thank you, quince." in visitor.get("/help/").content.decode()
    assert "quince" not in visitor.get("/help/").content.decode()
    assert "quince" not in Client().get("/help/").content.decode()


def test_words_that_were_typed_are_never_kept(visitor: Client) -> None:
    for _ in range(2):
        assert queries_of(visitor, f"{CATALOG}?q=quince")[1] > 1
        assert queries_of(visitor, f"{CATALOG}?set={'x' * 300}")[1] > 1
    assert queries_of(visitor, f"{CATALOG}?set=technology")[1] > 1
    assert queries_of(visitor, f"{CATALOG}?set=technology")[1] == 1


def test_only_so_many_pages_are_kept(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_pages, "MOST_PAGES", 2)
    for number in (1, 2, 3):
        visitor.get(f"{CATALOG}?page={number}&set=technology")
    assert queries_of(visitor, CATALOG)[1] > 1
    assert queries_of(visitor, CATALOG)[1] == 1


def test_a_page_is_packed_for_who_can_unpack_it(visitor: Client) -> None:
    plain = visitor.get(CATALOG)
    packed = visitor.get(CATALOG, headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) / 2


def test_a_page_is_drawn_anew_on_the_next_day_and_after_a_minute(visitor: Client, monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    monkeypatch.setattr("ledger.clock.now", lambda: at)
    visitor.get(CATALOG)
    assert queries_of(visitor, CATALOG)[1] == 1
    monkeypatch.setattr("ledger.clock.now", lambda: at + timedelta(days=1))
    assert queries_of(visitor, CATALOG)[1] > 1
    monkeypatch.setattr(kept_pages, "FRESH_SECONDS", -1)
    assert queries_of(visitor, CATALOG)[1] > 1


def test_a_name_that_is_not_ours_is_refused(visitor: Client, settings: Any) -> None:
    visitor.get(CATALOG)
    settings.ALLOWED_HOSTS = ["testserver"]
    assert visitor.get(CATALOG, headers={"Host": "evil.example"}).status_code == 400


def test_a_post_and_a_page_that_is_not_there_pass_through(visitor: Client) -> None:
    visitor.get(CATALOG)
    assert visitor.post(CATALOG).status_code == 405
    assert visitor.get("/sets/no-such-set/").status_code == 404
    assert visitor.get(f"{CATALOG}?page=99").status_code == 302
    assert visitor.head(CATALOG).status_code == 200


def _kept_names() -> set[str]:
    found, waiting = set(), [("", get_resolver())]
    while waiting:
        space, resolver = waiting.pop()
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                waiting.append((f"{entry.namespace}:" if entry.namespace else space, entry))
            elif isinstance(entry, URLPattern) and hasattr(entry.callback, "kept"):
                found.add(f"{space}{entry.name}")
    return found


def test_what_is_kept_gives_no_cookie_and_says_the_same_to_all(visitor: Client) -> None:
    """The pages of the site, the catalog and the agreements; a page with a form that is sent would give a cookie."""
    names = _kept_names()
    assert {"home_public", "help", "courses:catalog", "agreements:list", "set"} <= names
    paths = [reverse(name) for name in names - {"set"}] + [site.set_url("technology")]
    for path in paths:
        response = visitor.get(path)
        assert response.status_code == 200, path
        assert not response.cookies, path
        assert queries_of(visitor, path)[1] == 1, path
