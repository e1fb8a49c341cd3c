"""What every page must be, in the real browser: valid, without barriers that axe-core finds, no wider than the window, no complaints."""

import re
from itertools import product
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import ConsoleMessage, Error, Page

from tests.project.chrome import Chrome
from tests.project.validity import faults

AXE = (Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST = ["color-contrast"]
WIDTHS = (320, 1280)
HANGS_SECONDS = 90
SCHEMES = ("light", "dark")
# All rules at both widths; of the same page in its other colors, the contrast.
LOOKS: tuple[tuple[Literal["light", "dark"], int, list[str]], ...] = (
    ("light", 1280, RULES),
    ("dark", 320, RULES),
    ("light", 320, CONTRAST),
    ("dark", 1280, CONTRAST),
)
PART = re.compile(r'<([a-z]\w*)(?: [^>]*?class="([^"]*)")?[^>]*>')


def parts(html: str) -> set[str]:
    """What a page is made of: its elements with their classes."""
    return {f"{tag}.{'.'.join(sorted(classes.split()))}" for tag, classes in PART.findall(html)}


def signed_in(person: Any) -> dict[str, str]:
    """The cookie of a browser in which this person has signed in, and shown once more that it is them, as important steps ask."""
    from allauth.account.models import EmailAddress

    EmailAddress.objects.get_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})
    cache.clear()  # allauth counts the tries of an address there
    client = Client()
    for path, typed in (("/account/login/", {"login": person.email}), ("/account/reauthenticate/", {})):
        answer = client.post(path, {**typed, "password": "correct horse battery"})
        assert answer.status_code == 302, answer.content
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}


def look_at(browser: Chrome, server: str, path: str, *, cookie: dict[str, str] | None = None, status: int = 200) -> list[str]:
    """Open a page narrow and wide, light and dark, and say everything that is wrong with it.

    Looking changes nothing, so a browser that hangs is started anew, and the page is looked at once more.
    """
    try:
        with browser.within(HANGS_SECONDS):
            return _look_at(browser, server, path, cookie=cookie, status=status)
    except Error as trouble:
        if "closed" not in str(trouble):
            raise
        with browser.within(HANGS_SECONDS):
            return _look_at(browser, server, path, cookie=cookie, status=status)


def _look_at(browser: Chrome, server: str, path: str, *, cookie: dict[str, str] | None, status: int) -> list[str]:
    found: list[str] = []
    for scheme, width in product(SCHEMES, WIDTHS):
        context = browser.new_context(color_scheme=scheme, reduced_motion="reduce", viewport={"width": width, "height": 900})
        if cookie:
            context.add_cookies([{**cookie, "url": server}])
        page = context.new_page()
        _listen(page, found, status)
        answer = page.goto(server + path)
        assert answer is not None
        if urlsplit(answer.url).path != urlsplit(path).path:
            found.append(f"{path} led to {answer.url}")
        if answer.status != status:
            found.append(f"{path}: status {answer.status}, not {status}")
        if (scheme, width) == (SCHEMES[0], WIDTHS[0]):
            found += [f"{path}: {fault}" for fault in faults(answer.text())]
        found += [f"{path} {scheme} {width} px: {what}" for what in barriers(page)]
        context.close()
    return found


def _listen(page: Page, found: list[str], status: int) -> None:
    page.on("pageerror", lambda error: found.append(f"script: {error}"))
    page.on("console", lambda message: found.extend(_complaint(message, status)))


def _complaint(message: ConsoleMessage, status: int) -> list[str]:
    """What the console says; a page that is meant to answer 404 makes the browser say so, too."""
    expected = status != 200 and str(status) in message.text
    return [f"console: {message.text}"] if message.type in ("error", "warning") and not expected else []


def barriers(page: Page, rules: list[str] = RULES) -> list[str]:
    """Say what is wrong with the page as it stands: violations that axe-core finds, and sideways scrolling.

    `rules` are tags of axe-core's rules; a page that is only shown in other colors needs no more than CONTRAST.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    kind = "rule" if rules == CONTRAST else "tag"
    violations = page.evaluate(
        "([type, values]) => axe.run({runOnly: {type, values}, resultTypes: ['violations']}).then(result => result.violations)",
        [kind, rules],
    )
    found = [
        f"{violation['id']} ({violation['help']}): " + "; ".join(node["html"][:120] for node in violation["nodes"][:3])
        for violation in violations
    ]
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, f"scrolls sideways by {over} px"] if over > 0 else found
