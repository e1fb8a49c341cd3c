"""What an error report may say: where in the program it happened and what kind it was, and nothing of what people typed or are."""

from typing import Any

import sentry_sdk
from sentry_sdk.transport import Transport
from sentry_sdk.types import Event, Hint

KEPT = {
    "environment",
    "event_id",
    "fingerprint",
    "level",
    "logger",
    "modules",
    "platform",
    "release",
    "sdk",
    "server_name",
    "timestamp",
    "type",
}
FRAME = {"abs_path", "context_line", "filename", "function", "in_app", "lineno", "module", "post_context", "pre_context"}


def without_people(event: Event, hint: Hint) -> Event:
    """Make a report anew from what is known to be harmless.

    An exception's message often quotes a value ("Key (email)=(...) already exists"), and a link's path can be a secret,
    so of an exception the kind and the lines of code are kept, and of an address the pattern.
    """
    known: dict[str, Any] = dict(event)
    clean: dict[str, Any] = {name: value for name, value in known.items() if name in KEPT}
    if known.get("transaction_info", {}).get("source") in ("route", "component", "task"):
        clean["transaction"] = known["transaction"]
    if method := known.get("request", {}).get("method"):
        clean["request"] = {"method": method}
    if "logentry" in known:
        # The text as it stands in the code; its parameters are values.
        clean["logentry"] = {"message": known["logentry"].get("message", "")}
    if "trace" in known.get("contexts", {}):
        trace = known["contexts"]["trace"]
        clean["contexts"] = {"trace": {name: trace[name] for name in ("trace_id", "span_id") if name in trace}}
    if "exception" in known:
        clean["exception"] = {"values": [_exception(exception) for exception in known["exception"].get("values", [])]}
    return clean  # type: ignore[return-value]


def _exception(known: dict[str, Any]) -> dict[str, Any]:
    frames = (known.get("stacktrace") or {}).get("frames", [])
    mechanism = known.get("mechanism") or {}
    return {
        "type": known.get("type"),
        "module": known.get("module"),
        "mechanism": {name: mechanism[name] for name in ("type", "handled") if name in mechanism},
        "stacktrace": {"frames": [{name: value for name, value in frame.items() if name in FRAME} for frame in frames]},
    }


def start(dsn: str, *, transport: type[Transport] | Transport | None = None) -> None:
    """Report errors from now on."""
    sentry_sdk.init(
        dsn=dsn,
        transport=transport,
        before_send=without_people,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
    )
