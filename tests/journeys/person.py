"""Somebody at a browser: signs up, reads mail, and does what the pages offer."""

import itertools
import re
import shutil
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Playwright, expect

from tests.journeys.stack import Stack

PASSWORD = "many quiet shelves 7"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    raise AssertionError("No Chromium on the PATH. Install it, for example with: apt-get install chromium")


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=find_chromium(), args=QUIET)


# Everybody comes from a network of their own, as in life: a limit is for one address.
PLACES = itertools.count(1)


class Person:
    """One browser of one person. Every step saves a screenshot."""

    def __init__(self, browser: Browser, stack: Stack, *, called: str, name: str, email: str, shots: Path, javascript: bool = True) -> None:
        self.stack, self.called, self.name, self.email, self.shots = stack, called, name, email, shots
        self.complaints: list[str] = []
        self.context = self._open(browser, javascript=javascript)
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.taken = 0

    def _open(self, browser: Browser, *, javascript: bool) -> BrowserContext:
        number = next(PLACES)
        return browser.new_context(
            base_url=self.stack.url,
            java_script_enabled=javascript,
            viewport={"width": 1280, "height": 900},
            accept_downloads=True,
            extra_http_headers={"X-Forwarded-For": f"10.0.{number // 250}.{number % 250 + 1}"},
        )

    def _listen(self, message: ConsoleMessage) -> None:
        """Keep what the browser complains of on our own pages; a form that comes back with its errors is none of it."""
        is_ours = message.location["url"].startswith(self.stack.url)
        if message.type == "error" and is_ours and "status of 422" not in message.text:
            self.complaints.append(message.text)

    def shot(self, what: str) -> None:
        """Save the page as it is now."""
        self.taken += 1
        self.shots.mkdir(parents=True, exist_ok=True)
        with suppress(Error):  # A picture that the browser does not finish is no reason to fail.
            self.page.screenshot(path=self.shots / f"{self.called.lower()}-{self.taken:02}-{what}.png", full_page=True, timeout=10_000)

    def go(self, path: str) -> None:
        self.page.goto(path)

    def fill(self, **by_label: str) -> None:
        """Fill fields by the words of their label, with _ for a space."""
        for label, value in by_label.items():
            self.page.get_by_label(label.replace("_", " ")).fill(value)

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words).click()

    def follow(self, words: str) -> None:
        self.page.get_by_role("link", name=words).first.click()

    def sees(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.locator("main")).to_contain_text(words)

    def sign_up(self) -> None:
        """Make an account, read the mail, confirm the address."""
        self.go("/account/signup/")
        self.page.get_by_label("Email").fill(self.email)
        self.page.get_by_label("full name").fill(self.name)
        self.page.get_by_label("call you").fill(self.called)
        self.page.get_by_label("Password", exact=False).first.fill(PASSWORD)
        self.shot("sign-up")
        self.press("Create my account")
        self.go(self.stack.link(self.email, "Confirm"))
        self.press("Yes, it is mine")
        self.go("/home/")

    def sign_in(self, password: str = PASSWORD) -> None:
        self.go("/account/login/")
        self.page.get_by_label("Email").fill(self.email)
        self.page.get_by_label("Password", exact=False).first.fill(password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url(lambda url: "/account/login/" not in url)

    def date(self, legend: str, month: int, day: int, year: int) -> None:
        """Type a day into its three boxes."""
        group = self.page.get_by_role("group", name=legend)
        for label, value in (("Month", month), ("Day", day), ("Year", year)):
            group.get_by_label(label).fill(str(value))

    def upload(self, label: str, name: str, content: bytes, kind: str) -> None:
        self.page.get_by_label(label).set_input_files({"name": name, "mimeType": kind, "buffer": content})

    def pay(self, *, card: str = "") -> None:
        """Pay what the charge page asks, on the stand-in's page, and wait until the program knows."""
        self.press("Pay by card")
        expect(self.page.locator("body")).to_contain_text("stand-in")
        self.shot("stand-in")
        self.page.get_by_role("button", name=re.compile("^Pay")).click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("Paid", timeout=60_000)
        self.shot("paid")
