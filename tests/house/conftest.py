"""The real browser, for pages that are drawn by the real templates."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from playwright.sync_api import Playwright

from tests.house.chrome import Chrome
from tests.house.everybody import NOW, House, build

# Playwright keeps a loop running in this thread, and Django would take it for asynchronous code of ours.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


HANGS_SECONDS = 240


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives the browser: these tests are a step of their own."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(autouse=True)
def _a_browser_that_hangs_is_a_failure(request: pytest.FixtureRequest) -> Iterator[None]:
    """End a browser that keeps a test waiting forever, so that the test fails instead."""
    if "browser" not in request.fixturenames:
        yield
        return
    with request.getfixturevalue("browser").within(HANGS_SECONDS):
        yield


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Chrome]:
    """One browser for all tests of a process."""
    started = Chrome(playwright)
    yield started
    started.close()


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    """A house with something in every app, in one transaction that never ends well; its tests are marked `django_db`."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setattr("ledger.clock.now", lambda: NOW)
        for name, value in {"DEMO": False, "STRIPE_SECRET_KEY": "", "STRIPE_WEBHOOK_SECRET": "whsec_test"}.items():
            patch.setattr(settings, name, value)
        yield build()
        transaction.set_rollback(True)
    # With Playwright's loop in this thread, Django gives it a connection of its own, which nobody else closes.
    connection.close()
