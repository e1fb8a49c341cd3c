"""What the masthead and the footer offer, by the roles of the person who reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from candidates import queries as candidates
from candidates.states import CandidacyState
from people import permissions
from renewals import queries as renewals

# Label, URL name, and the beginnings of further addresses that belong to the same part of the work.
Offer = tuple[str, str, tuple[str, ...]]
ABOUT: Offer = ("About", "about", ("/sets/", "/how/", "/fees/", "/help/", "/contact/", "/privacy/", "/accessibility/"))
COURSES: Offer = ("Courses", "courses:catalog", ("/courses/", "/agreements/"))
VERIFY: Offer = ("Check a certificate", "certificates:verify", ("/verify/", "/v/", "/directory/"))
SIGN_IN: Offer = ("Sign in", "account_login", ("/account/",))
INBOX: Offer = (
    "Inbox",
    "office",
    ("/applications/", "/candidacies/", "/completions/", "/portfolios/", "/approvals/", "/renewals/", "/office/"),
)
PEOPLE: Offer = ("People", "people", ())
EVALUATORS: Offer = ("Evaluators", "portfolios:evaluators", ())
CERTIFICATES: Offer = ("Certificates", "certificates:issued", ("/certificates/",))
ORDERS: Offer = ("Orders", "billing:orders", ("/billing/orders/", "/billing/invoices/", "/billing/payers/", "/billing/fees/"))
TO_RATE: Offer = ("To rate", "portfolios:to_rate", ("/rating/",))
TAKES_ON: Offer = ("My sets and availability", "portfolios:standing", ("/evaluators/training/", "/evaluators/apply/", "/conflicts/"))
RATED: Offer = ("Rated", "portfolios:rated", ())
TO_REVIEW: Offer = ("Courses to review", "courses:reviews", ())
TO_APPROVE: Offer = ("Courses to decide", "courses:courses", ())
APPEALS: Offer = ("Appeals", "appeals:queue", ("/office/appeals/",))
PROVIDER: Offer = ("My provider", "courses:portal", ("/providers/",))
RENEWAL: Offer = ("My renewal", "renewals:renewal", ("/renewal/",))
SIX_SETS: Offer = ("My six sets", "my", ("/portfolios/", "/planner/", "/completions/mine/", "/graduated/", "/certificates/"))
COLLEGE: Offer = ("My college", "agreements:college", ("/college/",))
APPLICATION: Offer = ("My application", "candidates:application", ("/application/",))
FOOTER = (
    ("Questions and answers", "help"),
    ("Webinars", "webinars:webinars"),
    ("Contact", "people:contact"),
    ("Fees", "fees"),
    ("Privacy", "privacy"),
    ("Accessibility", "accessibility"),
    ("All pages", "pages"),
)


@dataclass(frozen=True, slots=True)
class Link:
    """One entry; `current` is the value of aria-current: "page", "true" for another page of this part, or nothing."""

    label: str
    url: str
    current: str = ""


@dataclass(frozen=True, slots=True)
class Navigation:
    """The masthead's links, the footer's, where the wordmark leads, the page for help, and that of a demonstration."""

    links: tuple[Link, ...]
    footer: tuple[Link, ...]
    home: str
    help: str
    demo: str


def navigation(request: HttpRequest) -> dict[str, object]:
    """Context processor: `navigation`, made when a template first asks for it, once for a request."""
    if not hasattr(request, "_navigation"):
        request._navigation = SimpleLazyObject(lambda: build(request))  # type: ignore[attr-defined]
    return {"navigation": request._navigation}  # type: ignore[attr-defined]


def build(request: HttpRequest) -> Navigation:
    """Gather the links; at most one query beyond the person's groups, one more for who completed the program, none for a visitor."""
    signed_in = request.user.is_authenticated
    return Navigation(
        links=_mark_current(list(_offers(request)), request.path),
        footer=_footer(signed_in),
        home=_address("home" if signed_in else "home_public"),
        help=_address("help"),
        demo=_address("demo:people") if settings.DEMO else "",
    )


@cache
def _footer(signed_in: bool) -> tuple[Link, ...]:
    return tuple(Link(label, _address(name)) for label, name in (*FOOTER, *([("About the program", "about")] if signed_in else [])))


@cache
def _address(name: str) -> str:
    """The address of a page that every page leads to, found once a process."""
    return reverse(name)


def _offers(request: HttpRequest) -> Iterator[Offer]:
    user = request.user
    if not user.is_authenticated:
        yield from (ABOUT, COURSES, VERIFY, SIGN_IN)
        return
    office, rates = permissions.can_see_office(user), permissions.is_evaluator(user)
    reviews, speaks = permissions.is_course_evaluator(user), permissions.is_provider_contact(user)
    decides, college = permissions.is_committee(user) and not office, permissions.is_college_contact(user)
    if office:
        yield from (INBOX, PEOPLE, EVALUATORS, CERTIFICATES)
    if rates:
        yield from (TO_RATE, RATED, TAKES_ON)
    if office or permissions.is_payer(user):
        yield ORDERS
    if reviews:
        yield TO_REVIEW
    if decides:
        yield TO_APPROVE
        yield APPEALS
    if speaks:
        yield PROVIDER
    if college:
        yield COLLEGE
    standing = candidates.get_standing(user)
    if standing:
        yield SIX_SETS
        if standing == CandidacyState.COMPLETED and renewals.has_renewal(user):
            yield RENEWAL
    elif standing is not None or not (office or rates or reviews or decides or speaks or college):
        yield APPLICATION
    yield COURSES
    yield (user.get_full_name(), "people:account", ("/account/", "/billing/"))


def _mark_current(offers: list[Offer], path: str) -> tuple[Link, ...]:
    """Mark the entry whose address is the page's, else the one whose part the page belongs to: the longest beginning wins."""
    known = [(label, _address(name), parts) for label, name, parts in offers]
    lengths = [
        max((len(part) for part in (url, *parts) if path == url or (part != "/" and path.startswith(part))), default=0)
        for _, url, parts in known
    ]
    best = lengths.index(max(lengths)) if any(lengths) else None
    return tuple(
        Link(label, url, "" if number != best else "page" if path == url else "true") for number, (label, url, _) in enumerate(known)
    )
