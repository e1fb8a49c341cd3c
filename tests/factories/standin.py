"""The stand-in for Stripe, as tests drive it: over HTTP, as everybody else."""

import json
import urllib.request
from pathlib import Path
from typing import Any

from standin.server import Standin

KEY = "sk_test_for_tests"
WEBHOOK_SECRET = "whsec_for_tests"


class Remote:
    """The switches of a running stand-in. `url` is for STRIPE_API_BASE."""

    def __init__(self, url: str) -> None:
        self.url = url

    def turn(self, switch: str, **asked: Any) -> Any:
        """Turn a switch for tests; see `Standin.control`."""
        request = urllib.request.Request(f"{self.url}/control/{switch}", data=json.dumps(asked).encode())
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["answer"]

    def pay(self, session: str, **changes: Any) -> dict[str, Any]:
        """Pay on the payment page, as a test card does; see `Standin.pay_session` for what can be different."""
        paid: dict[str, Any] = self.turn("pay", session=session, **changes)
        return paid

    def events(self, type: str | None = None) -> list[dict[str, Any]]:
        """What happened so far."""
        return [event for event in self.turn("events") if type in (None, event["type"])]

    def count(self, call: str) -> int:
        """How often a call was made, such as "POST /v1/refunds"."""
        return int(self.turn("calls").count(call))


def start(*, public_url: str = "http://127.0.0.1:9", state: Path | None = None) -> tuple[Standin, Remote]:
    """Start a stand-in in a thread of this process. Webhooks are held until a test lets them go."""
    standin = Standin(key=KEY, webhook_secret=WEBHOOK_SECRET, public_url=public_url, state=str(state or ":memory:"))
    standin.webhooks = "hold"
    standin.start()
    return standin, Remote(standin.url)


def point(settings: Any, standin: Standin) -> None:
    """Let the gateway speak to this stand-in."""
    settings.STRIPE_SECRET_KEY = KEY
    settings.STRIPE_WEBHOOK_SECRET = WEBHOOK_SECRET
    settings.STRIPE_API_BASE = standin.url
