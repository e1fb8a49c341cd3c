"""Links that we mail: a scanner that opens one changes nothing; used, expired, altered or in other hands, each says what to do now."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from courses import actions as course_actions
from courses import notices as course_notices
from ledger.models import Email, Entry
from people import documents, security
from people.models import User
from portfolios import actions as portfolio_actions
from portfolios import notices as portfolio_notices
from tests.factories import appeals, candidates, courses, people, portfolios, webinars
from webinars import queries as webinar_queries

PASSWORD = "many quiet shelves 7"


@dataclass(kw_only=True)
class Mailed:
    """A link as it was mailed: how it is used, and what its page must say when it can't be; `ends` is the setting that ends it for good."""

    path: str
    use: Callable[[Client], Any] | None
    used: tuple[int, str] = (200, "")
    lasts: timedelta | None = None
    expired: tuple[int, str] = (200, "")
    ends: str = ""
    ended: str = ""
    altered: tuple[int, str] = (404, "")
    expire: Callable[[datetime], None] = field(default=lambda at: None)
    reader: Any = None


@dataclass(kw_only=True)
class Cast:
    """Who is there."""

    alice: Any
    bob: Any
    beth: Any
    charlie: Any
    rita: Any
    at: datetime


def _invitation(cast: Cast) -> Mailed:
    candidacy = candidates.candidacy(cast.alice, at=cast.at, staff=cast.rita)
    pair = [portfolios.evaluator(one, at=cast.at) for one in (cast.bob, cast.beth)]
    assignment = portfolios.slot(portfolios.assigned(candidacy, *pair, staff=cast.rita, at=cast.at), 1)
    path = portfolio_notices.invitation_path(assignment)

    def pass_on(at: datetime) -> None:
        portfolios.evaluator(cast.charlie, at=at)
        portfolio_actions.pass_on(assignment, at=at)

    return Mailed(
        path=path,
        use=lambda browser: browser.post(path, {"answer": "accept"}),
        used=(200, "Thank you: you accepted"),
        lasts=timedelta(days=10),
        expire=pass_on,
        expired=(410, "we offered the portfolio to someone else"),
        ends="INVITATION_DAYS",
        ended="sign in and see what you are invited to rate",
        altered=(404, "Open the email again and click its link"),
    )


def _confirmation(cast: Cast) -> Mailed:
    courses.contact(people.person("pat@prairie-courses.example"), staff=cast.rita, at=cast.at)
    candidacy = candidates.candidacy(cast.alice, at=cast.at, staff=cast.rita)
    confirmation = courses.asked(candidacy, at=cast.at, course=courses.offering()).confirmations.get()
    path = course_notices.confirmation_path(confirmation)
    return Mailed(
        path=path,
        use=lambda browser: browser.post(path, {"answer": "yes"}),
        used=(410, "This link was already used"),
        lasts=timedelta(days=31),
        expired=(410, "Give Alice Moreau a signed form instead"),
        ends="PROVIDER_LINK_DAYS",
        ended="Give the candidate a signed form instead",
        altered=(404, "Open the email again and click its link"),
    )


def _address(cast: Cast) -> Mailed:
    said = {"name": "Dora Vance", "called": "Dora", "email": "dora@county.example", "password1": PASSWORD, "time_zone": ""}
    Client().post("/account/signup/", said)
    path = _letter_path("dora@county.example")
    over = (200, "It has expired or was already used")
    return Mailed(
        path=path, use=lambda browser: browser.post(path), used=over, lasts=timedelta(days=3, seconds=1), expired=over, altered=over
    )


def _new_password(cast: Cast) -> Mailed:
    Client().post("/account/password/reset/", {"email": cast.alice.email})
    path = _letter_path(cast.alice.email)
    over = (200, "Ask for a new link")

    def use(browser: Client) -> Any:
        ways = browser.get(path, follow=True).redirect_chain
        return browser.post(ways[-1][0] if ways else path, {"password1": PASSWORD, "password2": PASSWORD})

    return Mailed(path=path, use=use, used=over, lasts=timedelta(days=3, seconds=1), expired=over, altered=over)


def _file(cast: Cast) -> Mailed:
    added = appeals.filed(appeals.noticed(cast.alice, at=cast.at, staff=cast.rita), at=cast.at)
    return Mailed(
        path=documents.link(added.document, cast.alice),
        use=None,
        lasts=timedelta(minutes=15, seconds=1),
        expired=(410, "Go back and open it again"),
        altered=(404, "We can’t find this page"),
        reader=cast.alice,
    )


def _place(cast: Cast) -> Mailed:
    guest = webinars.guest(webinars.webinar(at=cast.at, staff=cast.rita), at=cast.at)
    path = reverse("webinars:leave", args=[webinar_queries.LEAVE.sign(guest.id)])
    return Mailed(
        path=path,
        use=lambda browser: browser.post(path),
        used=(200, "This spot was already canceled"),
        lasts=timedelta(days=7),
        expired=(200, "This webinar has begun, or is over"),
        ends="WEBINAR_LINK_DAYS",
        ended="See upcoming webinars",
        altered=(404, "Open the email again and click its link"),
    )


def _undo(cast: Cast) -> Mailed:
    security.record_change(cast.alice, "people.password.change", "people/password_changed", at=cast.at, actor=cast.alice)
    path = _letter_path(cast.alice.email)
    over = (410, "choose a new password . If that does not work")
    return Mailed(
        path=path,
        use=lambda browser: browser.post(path),
        used=over,
        lasts=timedelta(days=3),
        expired=over,
        ends="UNDO_DAYS",
        ended=over[1],
        altered=(404, "Open the email again and click its link"),
    )


def _review(cast: Cast) -> Mailed:
    """A link into the account, as nearly all letters have: here that of a course evaluator."""
    made = courses.in_review(courses.contact(cast.alice, staff=cast.rita, at=cast.at), at=cast.at)
    pair = [courses.evaluator(one, at=cast.at) for one in (cast.beth, cast.charlie)]
    review = course_actions.invite_reviewers(made, evaluators=pair, actor=cast.rita, at=cast.at)[0]
    path = reverse("courses:review", args=[review.id])
    return Mailed(
        path=path,
        use=lambda browser: courses.recommend(review, at=cast.at),
        used=(200, "You sent this on November 23, 2026"),
        altered=(404, "We can’t find this page"),
        reader=cast.beth,
    )


ROSTER = {
    "invitation to rate": _invitation,
    "a provider's confirmation": _confirmation,
    "a new address": _address,
    "a new password": _new_password,
    "a file": _file,
    "a place in a webinar": _place,
    "a change undone": _undo,
    "a page of the account": _review,
}


@pytest.fixture
def cast(alice: Any, bob: Any, beth: Any, charlie: Any, rita: Any, at: datetime) -> Iterator[Cast]:
    cache.clear()
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    with time_machine.travel(at, tick=False):
        yield Cast(alice=alice, bob=bob, beth=beth, charlie=charlie, rita=rita, at=at)


@pytest.fixture(params=sorted(ROSTER))
def mailed(request: pytest.FixtureRequest, cast: Cast) -> Mailed:
    return ROSTER[request.param](cast)


def _letter_path(to: str) -> str:
    letter = Email.objects.filter(to=to).latest("created_at")
    return urlsplit(re.findall(r"http://testserver\S+", letter.text)[0]).path


def _browser(reader: Any = None) -> Client:
    browser = Client()
    if reader is not None:
        browser.force_login(reader)
    return browser


def _text(response: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def _answer(browser: Client, path: str) -> tuple[int, str]:
    response = browser.get(path, follow=True)
    return response.status_code, "" if response.streaming else _text(response)


def _check(browser: Client, path: str, expected: tuple[int, str]) -> None:
    status, text = _answer(browser, path)
    assert (status, expected[1] in text) == (expected[0], True), text[:1500]


def _everything() -> tuple[Any, ...]:
    """What a use would change: the audit, who is confirmed, and passwords."""
    return (
        list(Entry.objects.order_by("id").values_list("id", "verb")),
        list(EmailAddress.objects.order_by("id").values_list("id", "verified")),
        list(User.objects.order_by("id").values_list("id", "password")),
    )


def test_a_scanner_changes_nothing_and_leaves_the_link_as_it_was(mailed: Mailed) -> None:
    before = _everything()
    for reader in (None, mailed.reader):
        scanner = _browser(reader)
        for method in (scanner.get, scanner.head, scanner.get):
            assert method(mailed.path, follow=True).status_code == 200
    assert _everything() == before
    if mailed.use is not None:
        mailed.use(_browser(mailed.reader))
        assert _everything() != before


def test_a_used_link_says_what_came_of_it(mailed: Mailed) -> None:
    if mailed.use is None:
        for _ in range(2):
            assert _answer(_browser(mailed.reader), mailed.path)[0] == 200
        return
    mailed.use(_browser(mailed.reader))
    after = _everything()
    for _ in range(2):
        _check(_browser(mailed.reader), mailed.path, mailed.used)
    if not mailed.reader:
        mailed.use(_browser())
    assert _everything() == after


def test_an_expired_link_says_what_to_do_now(mailed: Mailed, at: datetime) -> None:
    if mailed.lasts is None:
        return
    later = at + mailed.lasts
    with time_machine.travel(later, tick=False):
        mailed.expire(later)
        before = _everything()
        _check(_browser(mailed.reader), mailed.path, mailed.expired)
        if mailed.use is not None:
            mailed.use(_browser(mailed.reader))
        assert _everything() == before


def test_a_signed_link_ends_by_its_setting_and_says_what_to_do(mailed: Mailed, at: datetime, settings: Any) -> None:
    if not mailed.ends:
        return
    before = _everything()
    for days in (getattr(settings, mailed.ends), 0):
        setattr(settings, mailed.ends, days)
        with time_machine.travel(at + timedelta(days=days, seconds=1), tick=False):
            _check(_browser(), mailed.path, (410, mailed.ended))
            mailed.use(_browser())
    assert _everything() == before


def test_an_altered_link_says_so(mailed: Mailed) -> None:
    """Each single character of what is secret, by its neighbor."""
    before = _everything()
    path, _, query = mailed.path.partition("?")
    secret = query or path.rstrip("/").rsplit("/", 1)[-1]
    start = mailed.path.rindex(secret)
    for place in range(start + (2 if query else 0), start + len(secret)):
        letter = mailed.path[place]
        wrong = mailed.path[:place] + ("0" if letter != "0" else "1") + mailed.path[place + 1 :]
        _check(_browser(mailed.reader), wrong, mailed.altered)
    assert _everything() == before


def test_in_other_hands_it_opens_nothing_of_the_reader(mailed: Mailed) -> None:
    other = _browser(people.person("olaf@elsewhere-too.example", name="Olaf Berg", called="Olaf"))
    status, text = _answer(other, mailed.path)
    if mailed.reader:
        assert (status in (403, 404), "Go to your home page" in text) == (True, True), text
    else:
        said = text.replace("Olaf Berg", "")
        assert (status, "Olaf" in said) == (200, False)
