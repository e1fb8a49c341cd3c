"""The real browser of the project's tests: one that hangs is ended and started anew, since no wait of ours would end it."""

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from playwright.sync_api import Browser, BrowserContext, Page, Playwright

FLAGS = [
    "no-sandbox",
    "disable-gpu",
    "disable-quic",
    "no-first-run",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
]


class Chrome:
    """Debian's Chromium, driven by Playwright."""

    def __init__(self, playwright: Playwright) -> None:
        path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        assert path, "These tests need a browser. Install it: apt-get install chromium"
        self.playwright, self.path, self.mark = playwright, path, f"--mark-of-these-tests={uuid4().hex}"
        self.browser = self._start()

    def _start(self) -> Browser:
        return self.playwright.chromium.launch(executable_path=self.path, args=[*(f"--{flag}" for flag in FLAGS), self.mark])

    def _live(self) -> Browser:
        if not self.browser.is_connected():
            self.browser = self._start()
        return self.browser

    def new_context(self, **options: Any) -> BrowserContext:
        """Make a context, in a new browser where the old one has ended."""
        return self._live().new_context(**options)

    def new_page(self) -> Page:
        """Open a page in a context of its own."""
        return self._live().new_page()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """End the browser when this takes longer; what waits for it then raises Playwright's Error."""
        timer = threading.Timer(seconds, self._kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _kill(self) -> None:
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with suppress(OSError):
                    if self.mark.encode() in (entry / "cmdline").read_bytes():
                        os.kill(int(entry.name), signal.SIGKILL)

    def close(self) -> None:
        """End it in order."""
        if self.browser.is_connected():
            self.browser.close()
