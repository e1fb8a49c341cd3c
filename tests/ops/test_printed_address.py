"""The whole job at the address that `make run` prints, in an ordinary browser that must find nothing to complain of."""

import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Playwright, Request, expect

from demo import cast
from ops.runtime import PROJECT
from tests.journeys import test_main_job as job
from tests.journeys.person import Person, find_chromium
from tests.ops.test_launcher import Launch, reaches

pytestmark = pytest.mark.journey


class Demo:
    """What `make run` started, known by what it printed alone."""

    def __init__(self, printed: str) -> None:
        self.url = re.findall(r"^LSSC is running at (\S+)$", printed, re.MULTILINE)[0]
        self.password = re.findall(r"\(password for all: (.+)\)", printed)[0]
        self.people = dict(re.findall(r"^  (\S+@\S+) +(.+)$", printed, re.MULTILINE))

    def who(self, words: str) -> str:
        """The address of somebody whose line in the printed list has these words."""
        return next(email for email, sees in self.people.items() if words in sees)


class Guest(Person):
    """Somebody who knows the printed address alone: reads the program's emails in the demo, and keeps whatever the browser says."""

    def _open(self, browser: Browser, *, javascript: bool) -> BrowserContext:
        context = browser.new_context(base_url=self.stack.url)
        context.on("requestfailed", self._failed)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        return context

    def _listen(self, message: ConsoleMessage) -> None:
        self.complaints.append(f"{message.type}: {message.text} ({message.location['url']})")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # Who leaves a page does not wait for its last picture.
            self.complaints.append(f"{request.method} {request.url}: {request.failure}")

    def emails(self, to: str, subject: str) -> list[tuple[str, str]]:
        """To whom, and where to read it, of each email with such a subject, newest first."""
        self.go(f"/demo/emails/?to={to}")
        rows = self.page.locator("tbody tr", has_text=subject).all()
        return [(row.locator("td").first.inner_text(), row.get_by_role("link").get_attribute("href") or "") for row in rows]

    def open_email(self, subject: str) -> None:
        """Read the newest email with such a subject, as soon as it is there, and follow its first link."""
        for _ in range(60):
            if found := self.emails(self.email, subject):
                self.go(found[0][1])
                return self.page.locator(f".email a[href*='{self.stack.url}']").first.click()
            self.page.wait_for_timeout(500)
        raise AssertionError(f"No email to {self.email}: {subject}")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("printed")
    launch = Launch(folder)
    try:
        launch.begin()
        launch.wait_until(lambda: "LSSC is running at" in launch.output.read_text(), seconds=600)
        yield Demo(launch.output.read_text())
    finally:
        if launch.process:
            launch.process.terminate()
            launch.process.wait(10)
        for path in reaches(folder):
            shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def guest(demo: Demo, playwright: Playwright, request: pytest.FixtureRequest) -> Iterator[Callable[..., Guest]]:
    """Bring people to browsers with ordinary settings; root can have no sandbox, and what automation turns off is on again."""
    guests: list[Guest] = []
    shots = PROJECT / "var" / "screenshots" / str(request.node.name)

    def bring(email: str = "", *, called: str = "Visitor", name: str = "", has_account: bool = True) -> Guest:
        stack: Any = demo
        guests.append(Guest(browser, stack, called=called, name=name, email=email, shots=shots))
        if email and has_account:
            guests[-1].sign_in(demo.password)
        return guests[-1]

    browser = playwright.chromium.launch(
        executable_path=find_chromium(), args=["--no-sandbox"], ignore_default_args=["--disable-back-forward-cache"]
    )
    yield bring
    complaints = [f"{guest.called}: {complaint}" for guest in guests for complaint in guest.complaints]
    for guest in guests:
        guest.shot("end")
    browser.close()
    assert complaints == []


def sign_up(person: Guest) -> None:
    person.go("/")
    person.go("/account/signup/")
    person.page.get_by_label("Email").fill(person.email)
    person.page.get_by_label("full name").fill(person.name)
    person.page.get_by_label("call you").fill(person.called)
    person.page.get_by_label("Password", exact=False).first.fill("many quiet shelves 7")
    person.press("Create my account")
    person.open_email("Confirm")
    person.press("Yes, it is mine")
    person.go("/home/")


def rate(evaluator: Guest) -> None:
    evaluator.open_email("Can you rate a")
    evaluator.press("Accept")
    evaluator.follow("Start rating")
    evaluator.follow("Rate competency 1")
    for number in range(1, 10):
        expect(evaluator.page.get_by_text(f"Competency {number} of 9", exact=True)).to_be_visible()
        evaluator.page.get_by_label("Met", exact=False).first.check()
        evaluator.press(re.compile("^Save and"))
    evaluator.press("Send my ratings")


def test_from_signing_up_to_a_verified_certificate(demo: Demo, guest: Callable[..., Guest]) -> None:
    assert set(demo.people) == {hint.email for hint in cast.HINTS}
    vivian = guest("vivian@orchard.example", called="Vivian", name="Vivian Lund", has_account=False)
    sign_up(vivian)
    job.apply(vivian)
    vivian.pay()
    vivian.follow("Continue")
    vivian.sees("Staff are reviewing your application")
    rita = guest(demo.who("the program office"), called="Rita")
    rita.go("/office/people/?q=vivian")
    rita.shot("file")
    rita.follow("Under review")
    rita.press(re.compile("^Admit until"))
    vivian.open_email("admitted")

    job.write_portfolio(vivian)
    vivian.press("Seal and go to the payment")
    vivian.pay()
    rita.go("/office/?queue=Portfolios")
    rita.page.locator("tbody tr", has_text="Vivian Lund").get_by_role("link", name="Invite two evaluators").click()
    rita.press("Invite these two")
    invited = [to for to, _ in guest().emails("", "Can you rate a")][:2]
    for email in invited:
        rate(guest(email, called=email.split("@")[0]))
    vivian.open_email("Technology")
    vivian.go("/my/")
    vivian.shot("one-set")

    ines = guest(demo.who("fee to pay by card"), called="Ines")
    ines.go("/billing/")
    ines.shot("fees")
    ines.follow("Portfolio: Technology")
    ines.pay()

    sam = guest(demo.who("all six sets"), called="Sam")
    sam.go("/my/")
    sam.follow("Request it")
    sam.press("Request my certificate")
    rita.go("/certificates/waiting/")
    rita.shot("waiting")
    rita.press("Preview the selected ones")
    rita.press(re.compile("^Issue"))
    sam.open_email("certificate is ready")
    number = sam.page.locator("dd.num").first.inner_text()

    visitor = guest()
    visitor.go("/verify/")
    visitor.page.get_by_label("Certificate number").fill(number)
    visitor.press("Check")
    visitor.sees("Sam Rivers")
    visitor.sees("Active")
