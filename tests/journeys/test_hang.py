"""The card company hangs while ten people press Pay: everybody else is served, and emails go out."""

import threading

import pytest
import requests

from tests.journeys import hang
from tests.journeys.stack import Stack

pytestmark = pytest.mark.journey


def test_while_the_card_company_hangs_pages_and_emails_come_and_payers_read_why(stack: Stack) -> None:
    payers = hang.cast(stack)
    # A payment that is under way, so that the sweep asks about it while nobody answers.
    assert "test" in hang.press(stack, **payers[0])
    stack.ask("UPDATE billing_payment SET next_look_at = now() WHERE state = 'started' RETURNING 1")
    asked_before = len(hang.switch(stack, "calls"))
    hang.switch(stack, "hang", seconds=600)
    told: list[str] = []
    threads = [threading.Thread(target=lambda one=one: told.append(hang.press(stack, **one))) for one in payers]
    try:
        for thread in threads:
            thread.start()
        address = "hang5@silent.example"
        hang.ask(stack, address)
        # The switch is on until we turn it off: whatever is answered here is answered while the card company hangs.
        stack.wait_until(lambda: hang.emails_to(stack, address), seconds=50, what="the email of a forgotten password")
        for path in ("/healthz", "/readyz", "/", "/courses/"):
            assert requests.get(stack.url + path, timeout=30).status_code == 200, path
        for thread in threads:
            thread.join(timeout=60)
        assert len(told) == len(payers)
        assert all("Nothing was charged" in page for page in told), told
        # Ten people, and not ten calls, each asked twice: most were told at once.
        assert len(hang.switch(stack, "calls")) - asked_before < 2 * len(payers)
        stack.wait_until(
            lambda: requests.get(f"{stack.url}/readyz", timeout=30).json()["told"]["cards"] != "ok", seconds=60, what="the circuit to open"
        )
        page = requests.get(f"{stack.url}/billing/{payers[1]['charge']}/", cookies={"sessionid": payers[1]["session"]}, timeout=30).text
        assert "The card company is not responding right now" in page
    finally:
        hang.switch(stack, "hang", seconds=0)
    # Whoever comes after it can pay: after its pause, the program asks again.
    stack.wait_until(lambda: "Nothing was charged" not in hang.press(stack, **payers[2]), seconds=180, what="the circuit to close")
    assert requests.get(f"{stack.url}/readyz", timeout=30).json()["told"]["cards"] == "ok"
