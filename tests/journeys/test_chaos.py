"""Web, worker and broker are killed at random while 200 people pay and 50 certificates are issued: nothing is lost, nothing is doubled."""

import json
import random
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
import requests

from ops import commands
from tests.journeys.stack import ROOT, Stack

pytestmark = [pytest.mark.journey, pytest.mark.chaos]

KILLS = 20
# The processes of one worker, each of which may be in the middle of a letter.
WORKERS = int(commands.WORKER[commands.WORKER.index("--concurrency") + 1])
PEACE_SECONDS = 120
PATIENCE_SECONDS = 240
FEES = "(SELECT id FROM billing_charge WHERE purpose = 'chaos.fee')"


class Visitor:
    """Somebody who presses again when nobody answers."""

    def __init__(self, stack: Stack, session: str) -> None:
        self.stack, self.session, self.until = stack, session, time.monotonic() + PATIENCE_SECONDS

    def _headers(self, token: str = "") -> dict[str, str]:
        cookies = f"sessionid={self.session}" + (f"; csrftoken={token}" if token else "")
        return {"Cookie": cookies, "Origin": self.stack.url, "Referer": self.stack.url + "/"}

    def post(self, path: str, **fields: Any) -> requests.Response:
        """Send a form with a token of our own making, as often as it takes to be answered."""
        token = "a" * 32
        while True:
            try:
                answer = requests.post(
                    self.stack.url + path,
                    data={"csrfmiddlewaretoken": token, **fields},
                    headers=self._headers(token),
                    allow_redirects=False,
                    timeout=20,
                )
                if answer.status_code < 500:
                    return answer
            except requests.RequestException:
                pass
            assert time.monotonic() < self.until, f"{path} was never answered.\n{self.stack.logs()}"
            time.sleep(0.3)


def pay(stack: Stack, *, session: str, charge: str) -> None:
    """Open the card page and pay there; if that page was already paid on, be content."""
    visitor = Visitor(stack, session)
    while True:
        answer = visitor.post(f"/billing/{charge}/pay/")
        page = answer.headers.get("Location", "")
        if not page.startswith(stack.env["STRIPE_API_BASE"]):
            if stack.ask("SELECT 1 FROM billing_charge WHERE id = %s AND state = 'settled'", charge):
                return
            time.sleep(0.3)
            assert time.monotonic() < visitor.until, f"No card page: {answer.status_code} {page}"
            continue
        requests.post(page, data={"number": "4242424242424242", "choice": "pay"}, allow_redirects=False, timeout=20)
        return


def storm(jobs: list[list[partial[Any]]], stack: Stack) -> list[str]:
    """Start a share of the jobs, then kill and restart a process while payments are under way, once for each share; what was killed.

    In the thread of the test: the kernel ends a process when the thread that started it ends (see `Stack.start`).
    """
    dice = random.Random(7)
    kills = []
    with ThreadPoolExecutor(6) as pool:
        started: list[Future[Any]] = []
        payments: list[Future[Any]] = []
        for share in jobs:
            for job in share:
                started.append(pool.submit(job))
                if job.func is pay:
                    payments.append(started[-1])
            wait_for_the_moment(payments, seconds=dice.uniform(0.05, 0.6))
            assert any(job.running() for job in payments), "There must be a payment to disturb"
            kills.append(dice.choice(["web", "worker", "outside", "broker"]))
            stack.kill(kills[-1])
            time.sleep(dice.uniform(0.1, 0.8))
            stack.start(kills[-1])
        for job in started:
            job.result()
    return kills


def wait_for_the_moment(payments: list[Future[Any]], *, seconds: float) -> None:
    """Wait so long, but not until the last payment is made."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and sum(not job.done() for job in payments) > 1:
        time.sleep(0.002)


def count(stack: Stack, sql: str) -> int:
    return int(stack.ask(sql)[0][0])


def test_nothing_is_lost_or_doubled_in_a_storm(stack: Stack) -> None:
    people = json.loads(
        stack.manage("shell", "--no-imports", "--command", (ROOT / "tests/journeys/large_fixture.py").read_text()).strip().splitlines()[-1]
    )
    jobs: list[partial[Any]] = [partial(pay, stack, **one) for one in people["payments"]]
    jobs += [partial(Visitor(stack, people["staff"]).post, "/certificates/issue/", certificate=one) for one in people["certificates"]]
    random.Random(7).shuffle(jobs)
    kills = storm([jobs[place::KILLS] for place in range(KILLS)], stack)
    assert len(kills) == KILLS
    assert set(kills) == {"web", "worker", "outside", "broker"}

    of_payers = "JOIN people_user u ON u.id = e.person_id WHERE u.email LIKE 'payer%%'"
    told = "FROM ledger_entry e JOIN people_user u ON u.id = e.person_id WHERE u.email LIKE 'holder%%' AND e.verb ="
    ready = "FROM ledger_email WHERE notice = 'certificates/ready' AND state = 'sent' AND \"to\" LIKE 'holder%%'"
    of_holders = (
        "FROM certificates_certificate c LEFT JOIN certificates_rendering r ON r.certificate_id = c.id WHERE c.printed_name LIKE 'Holder%%'"
    )
    expected = {
        "charges settled": ("SELECT count(*) FROM billing_charge WHERE purpose = 'chaos.fee' AND state = 'settled'", 200),
        "payments that succeeded": ("SELECT count(*) FROM billing_payment WHERE state = 'succeeded' AND charge_id IN " + FEES, 200),
        "payments given back": ("SELECT count(*) FROM billing_refund", 0),
        "receipts sent": (
            "SELECT count(*) FROM ledger_email WHERE notice = 'billing/receipt' AND state = 'sent' AND \"to\" LIKE 'payer%%'",
            200,
        ),
        "entries of settlement": (f"SELECT count(*) FROM ledger_entry e {of_payers} AND e.verb = 'billing.charge.settle'", 200),
        "certificates issued": (f"SELECT count(*) {of_holders} AND c.state = 'issued'", 50),
        "numbers": (f"SELECT count(DISTINCT c.number) {of_holders}", 50),
        "PDFs drawn": (f"SELECT count(r.id) {of_holders}", 50),
        "entries of issuing": (f"SELECT count(*) {told} 'certificates.certificate.issue'", 50),
        "entries of drawing": (f"SELECT count(*) {told} 'certificates.certificate.render'", 50),
        "letters on certificates": (f"SELECT count(*) {ready}", 50),
        "holders who got one": (f'SELECT count(DISTINCT "to") {ready}', 50),
        "events not delivered": ("SELECT count(*) FROM ledger_delivery WHERE done_at IS NULL", 0),
        "letters not sent": ("SELECT count(*) FROM ledger_email WHERE state IN ('queued', 'sending')", 0),
    }

    def wrong() -> dict[str, tuple[int, int]]:
        found = {name: (count(stack, sql), wanted) for name, (sql, wanted) in expected.items()}
        return {name: pair for name, pair in found.items() if pair[0] != pair[1]}

    until = time.monotonic() + PEACE_SECONDS
    while (left := wrong()) and time.monotonic() < until:
        time.sleep(1)
    assert left == {}, stack.logs()

    # A letter whose send was cut short comes again, under its own id and with the same words; nothing else comes twice.
    stored = stack.ask('SELECT id, "to", subject FROM ledger_email WHERE "to" LIKE \'%%@chaos.example\'')
    letters = Counter(
        (str(letter["Message-ID"])[1:].partition("@")[0], str(letter["To"]), str(letter["Subject"]))
        for letter in stack.mailbox.letters
        if "chaos.example" in str(letter["To"])
    )
    assert set(letters) == {(str(id), to, subject) for id, to, subject in stored}
    assert letters.total() - len(letters) <= kills.count("worker") * WORKERS
    assert "The chain holds" in stack.manage("verify_chain")
    assert stack.manage("books").endswith("The books balance.\n")
    assert "everything agrees" in stack.manage("reconcile")
