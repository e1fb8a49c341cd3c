"""The cast and the ground that every test stands on."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Playwright, sync_playwright

os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("EMAIL_URL", "memorymail://")

# What migrations put there is part of the program: a test that really commits empties every other table afterwards.
KEPT = {
    "auth_permission",
    "auth_group",
    "django_content_type",
    "django_migrations",
    "billing_feeamount",
    "billing_invoiceterms",
    "portfolios_suggestion",
}


def _flush(self: Any, **options: Any) -> None:
    """After a test that really commits: empty the tables past the guards, keep what migrations wrote."""
    from django.db import connections

    connection = connections[options["database"]]
    tables = [
        table
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False)
        if table not in KEPT and not table.startswith("programs_") and table != "ledger_chainhead"
    ]
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '30s'")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("TRUNCATE " + ", ".join(f'"{table}"' for table in tables) + " RESTART IDENTITY")
        cursor.execute("UPDATE ledger_chainhead SET position = 0, hash = decode(repeat('00', 32), 'hex')")
        cursor.execute("DELETE FROM billing_feeamount WHERE kind = 'certificate_renewal'")
        cursor.execute("UPDATE programs_terms SET frozen_at = NULL")
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("SET lock_timeout = DEFAULT")


def _forget_statements(**_: Any) -> None:
    """Compile the inbox anew: its queues may hold settings, which change in tests alone."""
    from ledger import queues

    queues.keep.cache_clear()


def pytest_configure(config: pytest.Config) -> None:
    """Serve static files as they lie, and hash passwords quickly."""
    from django.conf import settings
    from django.core.management.commands import flush
    from django.test.signals import setting_changed

    flush.Command.handle = _flush  # type: ignore[method-assign]
    setting_changed.connect(_forget_statements)
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PUBLIC_URL = "http://testserver"
    settings.ALLOWED_HOSTS = ["*"]
    settings.REQUIRE_MFA = False
    settings.CACHES = {
        name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name} for name in ("default", "counts")
    }
    settings.VERIFY_PER_MINUTE = 0
    settings.KEEP_PAGES = False
    # A thread of a test's server gives its connection back, so that nobody is connected when the database is dropped.
    settings.DATABASES["default"]["CONN_MAX_AGE"] = 0


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What starts browsers: there can be one in a process."""
    with sync_playwright() as started:
        yield started


def pytest_make_parametrize_id(val: object) -> str | None:
    """Call files alike in the names of tests: some are packed or encrypted anew, and two processes must know a test by one name."""
    return "file" if isinstance(val, bytes) else None


@pytest.fixture(autouse=True)
def _nobody_wakes_a_worker(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Tests work the outbox themselves; no broker is asked, unless the test is a journey."""
    if request.node.get_closest_marker("journey") is None:
        monkeypatch.setattr("ledger.workers.send", lambda task: None)


@pytest.fixture
def at() -> datetime:
    """Monday, November 23, 2026, at ten in the morning in New York."""
    return datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def _person(called: str, name: str, email: str) -> Any:
    from people.models import User

    person = User(email=email, name=name, called=called)
    person.set_password("correct horse battery")
    person.save()
    return person


def _in_group(person: Any, name: str) -> Any:
    from django.contrib.auth.models import Group

    person.groups.add(Group.objects.get_or_create(name=name)[0])
    return person


@pytest.fixture
def alice(db: None) -> Any:
    """The candidate."""
    return _person("Alice", "Alice Moreau", "alice@marlow.example")


@pytest.fixture
def bob(db: None) -> Any:
    """An evaluator."""
    return _in_group(_person("Bob", "Bob Tran", "bob@prairie.example"), "portfolio evaluators")


@pytest.fixture
def beth(db: None) -> Any:
    """Another evaluator."""
    return _in_group(_person("Beth", "Beth Alvarez", "beth@lakeside.example"), "portfolio evaluators")


@pytest.fixture
def charlie(db: None) -> Any:
    """A stranger with an account."""
    return _person("Charlie", "Charlie Okafor", "charlie@elsewhere.example")


@pytest.fixture
def rita(db: None) -> Any:
    """The program's staff."""
    return _in_group(_person("Rita", "Rita Lindqvist", "rita@lssc.example"), "staff")


@pytest.fixture
def priya(db: None) -> Any:
    """Who pays for others."""
    return _person("Priya", "Priya Natarajan", "priya@marlow-payer.example")


@pytest.fixture
def framework(db: None) -> Any:
    """The ten sets."""
    from programs import queries

    return queries.get_framework()


@pytest.fixture
def terms(db: None, at: datetime) -> Any:
    """The Terms in force."""
    from programs import queries

    return queries.get_terms(at.date())


@pytest.fixture
def drain(db: None, at: datetime) -> Iterator[Any]:
    """Deliver all events that are due at `at` (or a later instant), and look through the files that wait, as a worker would."""
    from ledger import outbox
    from people import file_checks

    def work(when: datetime = at) -> None:
        while outbox.deliver(at=when) + outbox.deliver_outside(at=when) + file_checks.check_waiting(at=when):
            pass

    yield work
