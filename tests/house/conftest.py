"""The real browser, for pages that are drawn by the real templates."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from playwright.sync_api import Browser, sync_playwright

from tests.house.everybody import NOW, House, build

# Playwright keeps a loop running in this thread, and Django would take it for asynchronous code of ours.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

FLAGS = [
    "no-sandbox",
    "disable-gpu",
    "disable-quic",
    "no-first-run",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests of a process."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "These tests need a browser. Install it: apt-get install chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=[f"--{flag}" for flag in FLAGS])
        yield started
        started.close()


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    """A house with something in every room, in one transaction that never ends well; its tests are marked `django_db`."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setattr("ledger.clock.now", lambda: NOW)
        for name, value in {"DEMO": False, "STRIPE_SECRET_KEY": "", "STRIPE_WEBHOOK_SECRET": "whsec_test"}.items():
            patch.setattr(settings, name, value)
        yield build()
        transaction.set_rollback(True)
