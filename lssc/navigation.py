"""What the masthead and the footer offer, by the roles of the person who reads."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject


@dataclass(frozen=True, slots=True)
class Link:
    """One entry; `current` is the value of aria-current: "page", "true" for a page below it, or nothing."""

    label: str
    url: str
    current: str = ""


@dataclass(frozen=True, slots=True)
class Navigation:
    """The masthead's links, where its wordmark leads, and the footer's links."""

    links: tuple[Link, ...]
    footer: tuple[Link, ...]
    home: str
    help: str


def navigation(request: HttpRequest) -> dict[str, object]:
    """Context processor: `navigation`, made when a template first asks for it."""
    return {"navigation": SimpleLazyObject(lambda: build(request))}


def build(request: HttpRequest) -> Navigation:
    """Gather the links; one query beyond the person's groups, none for a visitor."""
    user = getattr(request, "user", None)
    offered = [
        ("About", "home_public"),
        ("Courses", "courses:catalog"),
        ("Check a certificate", "certificates:verify"),
        ("Sign in", "account_login"),
    ]
    if user is not None and user.is_authenticated:
        offered = [("Home", "home"), (user.get_full_name(), "account_email")]
    links = []
    for label, name in offered:
        try:
            links.append(Link(label, reverse(name), "page" if reverse(name) == request.path else ""))
        except NoReverseMatch:
            continue
    footer = tuple(
        Link(label, url)
        for label, url in (
            ("Help and contact", "/help/"),
            ("Fees", "/fees/"),
            ("Privacy", "/privacy/"),
            ("Accessibility", "/accessibility/"),
        )
    )
    return Navigation(tuple(links), footer, "/", "/help/")
