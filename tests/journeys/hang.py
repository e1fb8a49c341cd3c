"""Measure how the program is while the card company hangs; run by hand, on a machine that does nothing else.

python -m ops.launch --tests --join services -- python -m tests.journeys.hang --seconds 600

Twenty requests a second for pages without the card company, before and while it hangs, when somebody presses Pay every second.
"""

import argparse
import itertools
import json
import os
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests

from tests.journeys.stack import Stack

PAGES = ("/", "/courses/", "/fees/", "/webinars/", "/account/login/", "/billing/")
EMAIL_EVERY = 20

CAST = """
import json, uuid
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from billing import actions
from ledger import clock
from people.models import User

def payer(number):
    user = User.objects.create(email=f"hang{number}@silent.example", name=f"Payer {number}", called="Payer", password="!")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    owed = actions.charge(user, purpose="hang.fee", reference=uuid.uuid4(), kind="portfolio", member=False, on=clock.now().date(),
                          description="A fee in silence", return_path="/", actor=user, at=clock.now())
    return {"session": str(store.session_key), "charge": str(owed.id)}

print(json.dumps([payer(number) for number in range(10)]))
"""


def cast(stack: Stack) -> list[dict[str, str]]:
    """Ten people who owe a fee, with their sessions."""
    told: list[dict[str, str]] = json.loads(stack.manage("shell", "--no-imports", "--command", CAST).strip().splitlines()[-1])
    return told


def switch(stack: Stack, name: str, **asked: Any) -> Any:
    """Turn a switch of the stand-in."""
    request = urllib.request.Request(f"http://127.0.0.1:{stack.stripe_port}/control/{name}", data=json.dumps(asked).encode())
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)["answer"]


def press(stack: Stack, *, session: str, charge: str) -> str:
    """Press Pay and read where it leads, with what it says there."""
    token = "a" * 32
    with requests.Session() as browser:
        browser.headers.update({"Origin": stack.url, "Referer": stack.url + "/"})
        browser.cookies.update({"sessionid": session, "csrftoken": token})
        answer = browser.post(f"{stack.url}/billing/{charge}/pay/", data={"csrfmiddlewaretoken": token}, timeout=60)
        return answer.text


def ask(stack: Stack, address: str) -> None:
    """Have an email sent: somebody forgot a password."""
    token = "a" * 32
    headers = {"Cookie": f"csrftoken={token}", "Origin": stack.url, "Referer": stack.url + "/"}
    form = {"csrfmiddlewaretoken": token, "email": address}
    answer = requests.post(f"{stack.url}/account/password/reset/", data=form, headers=headers, timeout=30, allow_redirects=False)
    assert answer.status_code == 302, answer.status_code


def emails_to(stack: Stack, address: str) -> int:
    """How many emails somebody has got."""
    return sum(address in str(letter["To"]) for letter in stack.mailbox.letters)


def _rounds(seconds: float, *, every: float, act: Callable[[int], None]) -> None:
    """Do something on time, again and again, in threads."""
    ends = time.monotonic() + seconds
    with ThreadPoolExecutor(40) as pool:
        for number in itertools.count():
            if time.monotonic() > ends:
                break
            pool.submit(act, number)
            time.sleep(every)


def measure(stack: Stack, seconds: float) -> dict[str, Any]:
    """Ask for pages, for /readyz and for emails, for so long."""
    took: list[float] = []
    statuses: list[int] = []
    ready: list[int] = []
    sent: list[float] = []

    def page(number: int) -> None:
        began = time.monotonic()
        statuses.append(requests.get(stack.url + PAGES[number % len(PAGES)], timeout=60).status_code)
        took.append(time.monotonic() - began)

    def readyz(_: int) -> None:
        ready.append(requests.get(f"{stack.url}/readyz", timeout=60).status_code)

    def email(number: int) -> None:
        address = f"hang{number % 10}@silent.example"
        before, began = emails_to(stack, address), time.monotonic()
        ask(stack, address)
        while emails_to(stack, address) == before and time.monotonic() < began + 60:
            time.sleep(0.05)
        sent.append(time.monotonic() - began)

    jobs = [(1 / 20, page), (5, readyz), (EMAIL_EVERY, email)]
    threads = [threading.Thread(target=_rounds, args=[seconds], kwargs={"every": every, "act": act}) for every, act in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took.sort()
    return {
        "pages": len(took),
        "p50 ms": round(1000 * took[len(took) // 2]),
        "p95 ms": round(1000 * took[len(took) * 95 // 100]),
        "slowest ms": round(1000 * took[-1]),
        "statuses": sorted(set(statuses)),
        "readyz": sorted(set(ready)),
        "slowest email s": round(max(sent), 1),
        "emails": len(sent),
    }


def main() -> None:
    """Start a whole system, measure it twice, print both, and stop it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0, help="for how long the card company hangs (600)")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lssc.settings")
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder))
        try:
            stack.up()
            payers = cast(stack)
            measure(stack, 5)
            sys.stdout.write(f"before: {measure(stack, min(60, asked.seconds))}\n")
            switch(stack, "hang", seconds=asked.seconds + 60)
            paying = threading.Thread(
                target=_rounds, args=[asked.seconds], kwargs={"every": 1, "act": lambda number: press(stack, **payers[number % 10])}
            )
            paying.start()
            sys.stdout.write(f"while it hangs: {measure(stack, asked.seconds)}\n")
            paying.join()
        finally:
            stack.down()


if __name__ == "__main__":
    main()
