"""The real browser, for pages that are drawn by the real templates."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Playwright

from tests.project.chrome import Chrome
from tests.project.everybody import NOW, Project, build
from tests.worlds import World

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


@contextmanager
def _on_that_day() -> Iterator[None]:
    """The clock of the project, and settings that no environment changes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.clock.now", lambda: NOW)
        for name, value in {"DEMO": False, "STRIPE_SECRET_KEY": "", "STRIPE_WEBHOOK_SECRET": "whsec_test"}.items():
            patch.setattr(settings, name, value)
        yield


@pytest.fixture(scope="session")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """A project with something in every app, for all files of a process."""
    with django_db_blocker.unblock(), _on_that_day():
        world = World("project", build)
    yield world
    with django_db_blocker.unblock():
        world.drop()


@pytest.fixture(scope="module")
def project(world: World, django_db_blocker: Any) -> Iterator[Project]:
    """The project with browsers of this file's own; its tests are marked `django_db`, so that each takes back what it changes."""
    with django_db_blocker.unblock(), _on_that_day(), world.entered() as project:
        yield replace(project, clients={who: project.browser(who) for who in project.clients})
