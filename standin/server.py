"""The stand-in's server: Stripe's answers, the payment page, the sending of webhooks, and the switches for tests."""

import hashlib
import hmac
import json
import re
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from standin import pages
from standin.money import Money, Refusal
from standin.store import Store

RETRY_AFTER = (0.5, 1, 2, 4, 8, 15, 30, 60, 60, 60)
SHORTEST, LONGEST = 30 * 60, 24 * 60 * 60
SESSION_TAKES = {
    "adaptive_pricing",
    "allowed_payment_method_types",
    "cancel_url",
    "client_reference_id",
    "customer_email",
    "expires_at",
    "line_items",
    "metadata",
    "mode",
    "payment_intent_data",
    "success_url",
}
KINDS = {
    "checkout.session": "/v1/checkout/sessions",
    "payment_intent": "/v1/payment_intents",
    "charge": "/v1/charges",
    "refund": "/v1/refunds",
    "dispute": "/v1/disputes",
    "radar.early_fraud_warning": "/v1/radar/early_fraud_warnings",
}
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Standin:
    """One stand-in; port 0 takes any free one.

    `url` is the name by which browsers know it, since a page may send a form only to the very name that its policy gives.
    `public_url` is where webhooks go.
    """

    def __init__(self, *, key: str, webhook_secret: str, public_url: str, url: str = "", port: int = 0, state: str = ":memory:") -> None:
        self.store = Store(state)
        self.key = key
        self.webhook_secret = webhook_secret
        self.public_url = public_url.rstrip("/")
        self.webhooks = "deliver"
        self.money = Money(self.store, self._happened)
        self.failures: list[dict[str, Any]] = []
        self.hang_seconds = 0.0
        self._go_on = threading.Event()
        self.api_calls: list[str] = []
        handler = type("BoundHandler", (Handler,), {"standin": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        self.url = url.rstrip("/") or f"http://127.0.0.1:{self._server.server_port}"

    def serve(self) -> None:
        """Serve until stopped; what a kill left undelivered is delivered now."""
        for event in self.store.events(undelivered=True):
            self._send_later(event)
        self._server.serve_forever(poll_interval=0.05)

    def start(self) -> None:
        """Serve in a thread."""
        threading.Thread(target=self.serve, daemon=True).start()

    def stop(self) -> None:
        """Stop listening and close the file."""
        self.hang(0)
        self._server.shutdown()
        self._server.server_close()
        self.webhooks = "lose"
        self.store.close()

    # Stripe's answers

    def create_session(self, params: dict[str, Any]) -> dict[str, Any]:
        """POST /v1/checkout/sessions."""
        for name in params.keys() - SESSION_TAKES:
            raise Refusal(400, f"Received unknown parameter: {name}", code="parameter_unknown")
        try:
            price = params["line_items"]["0"]["price_data"]
            amount = int(price["unit_amount"]) * int(params["line_items"]["0"]["quantity"])
            currency, name = price["currency"], price["product_data"]["name"]
            success, cancel, expires = params["success_url"], params["cancel_url"], int(params["expires_at"])
        except (KeyError, TypeError, ValueError) as missing:
            raise Refusal(400, f"Missing or wrong parameter: {missing}", code="parameter_missing") from missing
        if params.get("mode") != "payment":
            raise Refusal(400, "Only mode=payment is known here.")
        if amount < 50:
            raise Refusal(400, "The amount must be at least 50 cents.", code="amount_too_small")
        if not SHORTEST <= expires - time.time() <= LONGEST:
            raise Refusal(400, "The `expires_at` timestamp must be between 30 minutes and 24 hours from now.")
        id = f"cs_test_{secrets.token_hex(24)}"
        session = {
            "id": id,
            "object": "checkout.session",
            "amount_total": amount,
            "currency": currency,
            "description": name,
            "mode": "payment",
            "livemode": False,
            "status": "open",
            "payment_status": "unpaid",
            "payment_intent": None,
            "client_reference_id": params.get("client_reference_id"),
            "customer_email": params.get("customer_email"),
            "metadata": params.get("metadata", {}),
            "intent_metadata": params.get("payment_intent_data", {}).get("metadata", {}),
            "success_url": success.replace("{CHECKOUT_SESSION_ID}", id),
            "cancel_url": cancel,
            "created": int(time.time()),
            "expires_at": expires,
            "url": f"{self.url}/pay/{id}",
        }
        self.store.put(session)
        return session

    def get_session(self, id: str) -> dict[str, Any]:
        """GET /v1/checkout/sessions/ID; a session whose time is over expires when someone looks."""
        session = self._get("checkout.session", id)
        if session["status"] == "open" and session["expires_at"] < time.time():
            return self._end(session, "expired")
        return session

    def expire_session(self, id: str) -> dict[str, Any]:
        """POST /v1/checkout/sessions/ID/expire."""
        with self.store.change():
            session = self.get_session(id)
            if session["status"] != "open":
                raise Refusal(400, f"Only open sessions can be expired; this one is {session['status']}.")
            return self._end(session, "expired")

    def pay_session(
        self, id: str, *, amount: int | None = None, currency: str | None = None, captured: int | None = None, delayed: bool = False
    ) -> dict[str, Any]:
        """What a test card does on the payment page; a second click changes nothing.

        A switch can let another amount or currency come, only a part of it, or the money later, as with a bank debit.
        """
        with self.store.change():
            session = self.get_session(id)
            if session["status"] != "open":
                return session
            intent = self.money.start(session, amount=amount, currency=currency)
            session["payment_intent"] = intent["id"]
            if not delayed:
                self.money.capture(intent, captured=captured)
                session["payment_status"] = "paid"
            return self._end(session, "complete")

    def finish_payment(self, id: str, status: str) -> dict[str, Any]:
        """End a delayed payment: succeeded or failed."""
        with self.store.change():
            session = self._get("checkout.session", id)
            intent = self._get("payment_intent", session["payment_intent"])
            if status == "succeeded":
                self.money.capture(intent)
                session["payment_status"] = "paid"
            else:
                intent["status"] = "requires_payment_method"
                self.store.put(intent)
            self.store.put(session)
            self._happened(f"checkout.session.async_payment_{status}", session)
            return session

    def charge_again(self, id: str, *, new_intent: bool = False) -> dict[str, Any]:
        """A second charge for a session that is paid: on its intent, or on one of its own."""
        with self.store.change():
            session = self._get("checkout.session", id)
            intent = self.money.start(session) if new_intent else self._get("payment_intent", session["payment_intent"])
            return self.money.capture(intent)

    def hang(self, seconds: float) -> None:
        """Let every call of the API from now on wait so long before its answer; 0 lets them go on."""
        self.hang_seconds = seconds
        if seconds:
            self._go_on.clear()
        else:
            self._go_on.set()

    def next_failure(self, call: str) -> dict[str, Any]:
        """The next failure that is meant for this call, such as "POST /v1/refunds", or for any."""
        for failure in self.failures:
            if failure.get("call", call) == call:
                self.failures.remove(failure)
                return failure
        return {}

    def wait(self) -> None:
        """Wait while the stand-in hangs."""
        if self.hang_seconds:
            self._go_on.wait(self.hang_seconds)

    def list_things(self, kind: str, url: str, params: dict[str, Any]) -> dict[str, Any]:
        """A list of Stripe's: the newest first, a page at a time."""
        first = int(params.get("created", {}).get("gte", 0))
        fields = {name: params[name] for name in ("payment_intent", "charge") if name in params}
        things = [thing for thing in self.store.find(object=kind, **fields) if thing.get("created", 0) >= first]
        things.sort(key=lambda thing: (thing.get("created", 0), thing["id"]), reverse=True)
        ids = [thing["id"] for thing in things]
        start = ids.index(params["starting_after"]) + 1 if params.get("starting_after") in ids else 0
        page = things[start : start + int(params.get("limit", 10))]
        return {"object": "list", "data": page, "has_more": start + len(page) < len(things), "url": url}

    def _get(self, kind: str, id: str) -> dict[str, Any]:
        return self.money.get(kind, id)

    def _end(self, session: dict[str, Any], status: str) -> dict[str, Any]:
        with self.store.change():
            session["status"] = status
            if status == "expired":
                session["url"] = None
            self.store.put(session)
            self._happened("checkout.session.completed" if status == "complete" else "checkout.session.expired", session)
        return session

    # Webhooks

    def _happened(self, type: str, thing: dict[str, Any]) -> None:
        event = {
            "id": f"evt_{secrets.token_hex(12)}",
            "object": "event",
            "type": type,
            "livemode": thing.get("livemode", False),
            "created": int(time.time()),
            "data": {"object": thing},
        }
        self.store.add_event(event)
        if self.webhooks == "deliver":
            self._send_later(event)
        elif self.webhooks == "lose":
            self.store.mark_delivered(event["id"])

    def sign(self, payload: str, *, at: float | None = None) -> str:
        """The Stripe-Signature header for a body."""
        timestamp = int(time.time() if at is None else at)
        seal = hmac.new(self.webhook_secret.encode(), f"{timestamp}.{payload}".encode(), hashlib.sha256).hexdigest()
        return f"t={timestamp},v1={seal}"

    def send(self, event: dict[str, Any]) -> int:
        """Deliver an event once, here and now; return the status, 0 when no one answered."""
        payload = json.dumps(event)
        request = urllib.request.Request(  # noqa: S310 (our own address, from our own environment)
            f"{self.public_url}/billing/stripe/webhook/",
            data=payload.encode(),
            headers={"Content-Type": "application/json", "Stripe-Signature": self.sign(payload)},
        )
        try:
            with OPENER.open(request, timeout=15) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code
        except OSError:
            return 0

    def _send_later(self, event: dict[str, Any]) -> None:
        def keep_trying() -> None:
            for pause in (0.05, *RETRY_AFTER):
                time.sleep(pause)
                if self.webhooks != "deliver":
                    return
                if 200 <= self.send(event) < 300:
                    self.store.mark_delivered(event["id"])
                    return

        threading.Thread(target=keep_trying, daemon=True).start()

    def deliver(self, id: str, *, times: int, at_once: int) -> list[int]:
        """Deliver one event many times, some of them at once; return every status."""
        event = next(event for event in self.store.events() if event["id"] == id)
        with ThreadPoolExecutor(max_workers=at_once) as pool:
            return list(pool.map(lambda _: self.send(event), range(times)))

    def release(self, *, backwards: bool) -> list[int]:
        """Deliver what was held, in order or backwards; return every status."""
        events = self.store.events(undelivered=True)
        statuses = []
        for event in reversed(events) if backwards else events:
            statuses.append(self.send(event))
            self.store.mark_delivered(event["id"])
        return statuses

    def control(self, name: str, params: dict[str, Any]) -> Any:
        """The switches for tests, at POST /control/NAME."""
        switches: dict[str, Callable[[], Any]] = {
            "webhooks": lambda: setattr(self, "webhooks", params["mode"]),
            "refunds": lambda: setattr(self.money, "refunds_end", params["end"]),
            "fail": lambda: self.failures.extend([params] * params.get("times", 1)),
            "hang": lambda: self.hang(params["seconds"]),
            "forget_keys": self.store.forget_answers,
            "pay": lambda: self.pay_session(params.pop("session"), **params),
            "finish_payment": lambda: self.finish_payment(params["session"], params["status"]),
            "charge_again": lambda: self.charge_again(params.pop("session"), **params),
            "change": lambda: self.store.put({**self._get("checkout.session", params["session"]), **params["fields"]}),
            "refund": lambda: self.money.refund(params),
            "finish_refund": lambda: self.money.finish_refund(params["refund"], params["status"]),
            "dispute": lambda: self.money.dispute(params),
            "change_dispute": lambda: self.money.change_dispute(params["dispute"], params["status"]),
            "warn": lambda: self.money.warn(params),
            "books": self.money.books,
            "deliver": lambda: self.deliver(params["event"], times=params.get("times", 1), at_once=params.get("at_once", 1)),
            "release": lambda: self.release(backwards=params.get("backwards", False)),
            "events": lambda: self.store.events(),
            "calls": lambda: self.api_calls,
        }
        if name not in switches:
            raise Refusal(404, f"No switch {name}; there are {', '.join(switches)}")
        return switches[name]()


def nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Turn a[b][c]=d into {"a": {"b": {"c": "d"}}}, as Stripe's form encoding means it."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        *path, last = re.findall(r"[^\[\]]+", name)
        branch = tree
        for part in path:
            branch = branch.setdefault(part, {})
        branch[last] = value
    return tree


class Handler(BaseHTTPRequestHandler):
    """Reads a request, asks the stand-in, writes the answer."""

    standin: Standin
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer a question, or show the payment page."""
        path, query = urlsplit(self.path).path, urlsplit(self.path).query
        if path.startswith("/pay/"):
            return self._show(path.removeprefix("/pay/"))
        if not path.startswith("/v1/"):
            return self._html(404, pages.missing())
        params = nested(parse_qsl(query))
        with_intent = "payment_intent" in params.get("expand", {}).values()
        routes: dict[str, Callable[..., dict[str, Any]]] = {}
        for kind, url in KINDS.items():
            routes[url] = partial(self.standin.list_things, kind, url, params)
            routes[rf"{url}/(\w+)"] = partial(self.standin._get, kind)
        routes[r"/v1/checkout/sessions/(\w+)"] = lambda id: (
            self.standin.money.expanded(self.standin.get_session(id)) if with_intent else self.standin.get_session(id)
        )
        return self._api(path, routes)

    def do_POST(self) -> None:
        """Do something once per idempotency key, take the payment page's form, or turn a switch."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        path = urlsplit(self.path).path
        if path.startswith("/pay/"):
            return self._take(path.removeprefix("/pay/"), dict(parse_qsl(body)))
        if path.startswith("/control/"):
            return self._control(path.removeprefix("/control/"), body)
        params = nested(parse_qsl(body))
        routes: dict[str, Callable[..., dict[str, Any]]] = {
            r"/v1/checkout/sessions": lambda: self.standin.create_session(params),
            r"/v1/checkout/sessions/(\w+)/expire": self.standin.expire_session,
            r"/v1/refunds": lambda: self.standin.money.refund(params),
        }
        return self._api(path, routes, request=f"{path}?{body}")

    def _api(self, path: str, routes: dict[str, Callable[..., dict[str, Any]]], request: str = "") -> None:
        self.standin.api_calls.append(f"{self.command} {path}")
        self.standin.wait()
        failure = self.standin.next_failure(f"{self.command} {path}")
        broken = (int(failure.get("status", 0)), {"error": {"type": "api_error", "message": "The stand-in was told to fail."}})
        if failure.get("status") and not failure.get("done"):
            return self._json(*broken)
        try:
            if self.headers.get("Authorization") != f"Bearer {self.standin.key}":
                raise Refusal(401, "Invalid API Key provided.")
            status, answer = self._once(path, routes, request, instead=broken if failure.get("done") else None)
        except Refusal as no:
            status, answer = no.status, no.body
        if failure.get("status") == 0:
            # Done, but the answer is lost on the way.
            self.close_connection = True
            return None
        return self._json(status, answer)

    def _once(
        self, path: str, routes: dict[str, Callable[..., dict[str, Any]]], request: str, *, instead: tuple[int, dict[str, Any]] | None
    ) -> tuple[int, dict[str, Any]]:
        """Do it, unless the key is known; `instead` is an answer that is kept under the key although it was done."""
        key = self.headers.get("Idempotency-Key", "") if request else ""
        with self.standin.store.change():
            known = self.standin.store.answer(key) if key else None
            if known and known[0] != request:
                raise Refusal(400, "Keys for idempotent requests can only be used with the same parameters.", type="idempotency_error")
            if known:
                return known[1], known[2]
            for pattern, act in routes.items():
                if match := re.fullmatch(pattern, path):
                    answer = act(*match.groups())
                    status, reply = instead or (200, answer)
                    if key:
                        self.standin.store.remember(key, request, status, reply)
                    return status, reply
        raise Refusal(404, f"Unrecognized request URL ({self.command}: {path}).")

    def _control(self, name: str, body: str) -> None:
        try:
            self._json(200, {"answer": self.standin.control(name, json.loads(body or "{}"))})
        except Refusal as no:
            self._json(no.status, no.body)

    def _show(self, id: str) -> None:
        try:
            session = self.standin.get_session(id)
        except Refusal:
            return self._html(404, pages.missing())
        return self._html(200, pages.pay(session) if session["status"] == "open" else pages.over(session))

    def _take(self, id: str, form: dict[str, str]) -> None:
        try:
            session = self.standin.get_session(id)
        except Refusal:
            return self._html(404, pages.missing())
        if form.get("choice") == "cancel":
            return self._redirect(session["cancel_url"])
        if session["status"] == "expired":
            return self._html(200, pages.over(session))
        number = re.sub(r"\D", "", form.get("number", ""))
        if number == pages.CARD_IS_DECLINED:
            return self._html(402, pages.pay(session, error="The card was declined. Nothing was charged.", number=form["number"]))
        if number != pages.CARD_PAYS:
            return self._html(422, pages.pay(session, error="Type one of the two test card numbers.", number=form.get("number", "")))
        self.standin.pay_session(id)
        return self._redirect(session["success_url"])

    def _json(self, status: int, body: Any) -> None:
        self._write(status, json.dumps(body), {"Content-Type": "application/json", "Request-Id": f"req_{secrets.token_hex(7)}"})

    def _html(self, status: int, body: str) -> None:
        self._write(status, body, {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"})

    def _redirect(self, url: str) -> None:
        self._write(303, "", {"Location": url})

    def _write(self, status: int, body: str, headers: dict[str, str]) -> None:
        encoded = body.encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(encoded))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(encoded)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the log belongs to the program."""
