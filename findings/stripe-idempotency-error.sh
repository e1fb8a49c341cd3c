#!/usr/bin/env bash
# stripe 16.1.0: the API answers 400 when a key comes with another request, as for any request that it finds invalid, but the library
# raises IdempotencyError, which is no InvalidRequestError (both are StripeError only), and has neither .param nor a .code. A clause
# for InvalidRequestError around a payment does not see the one 400 that tells that a payment may already be there.
# Output seen: parameter_unknown: InvalidRequestError 400; idempotency_error: IdempotencyError 400, not an InvalidRequestError
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet stripe==16.1.0 requests==2.34.2
"$work/venv/bin/python" - <<'PY'
import json

import stripe


class Answers(stripe.HTTPClient):
    """Answer each request with one body, without a network."""

    name = "answers"

    def __init__(self, error: dict) -> None:
        super().__init__()
        self.error = error

    def request(self, method, url, headers, post_data=None):
        return json.dumps({"error": self.error}), 400, {"Request-Id": "req_1"}


def meet(error: dict) -> stripe.StripeError:
    client = stripe.StripeClient("sk_test_1", http_client=Answers(error), max_network_retries=0)
    try:
        client.v1.payment_intents.create({"amount": 35000, "currency": "usd"}, {"idempotency_key": "fee-1"})
    except stripe.StripeError as met:
        return met
    raise AssertionError("No error was raised.")


plain = meet({"type": "invalid_request_error", "code": "parameter_unknown", "message": "Received unknown parameter", "param": "amonut"})
other = meet({"type": "idempotency_error", "message": "This key was used with other parameters."})
print("parameter_unknown:", type(plain).__name__, plain.http_status)
print("idempotency_error:", type(other).__name__, other.http_status, isinstance(other, stripe.InvalidRequestError))
assert type(plain) is stripe.InvalidRequestError
assert type(other) is stripe.IdempotencyError
assert not isinstance(other, stripe.InvalidRequestError)
assert other.code is None
assert not hasattr(other, "param")
assert plain.http_status == other.http_status == 400
PY
