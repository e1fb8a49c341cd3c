"""The health check of the containers, against a real answer."""

import http.server
import json
import threading
from collections.abc import Iterator

import pytest

from ops import probe


class Answer(http.server.BaseHTTPRequestHandler):
    """Answers as a site that knows its name: another name is refused."""

    checks = {"worker": "silent for 200 seconds", "broker": "ok"}

    def do_GET(self) -> None:
        status = 400 if self.headers["Host"] != "lssc.example" else 503 if self.path == "/readyz" else 200
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps({"checks": self.checks}).encode())

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("PUBLIC_URL", "https://lssc.example")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "check", "wrong"),
    [
        ("/healthz", None, ""),
        ("/readyz", None, "The answer was 503."),
        ("/readyz", "broker", ""),
        ("/readyz", "worker", "worker: silent for 200 seconds"),
        ("/readyz", "cellar", "The answer (503) does not speak of cellar."),
    ],
)
def test_the_verdict(site: str, path: str, check: str | None, wrong: str) -> None:
    assert probe.ask(site + path, check) == wrong


def test_nobody_there() -> None:
    assert probe.ask("http://127.0.0.1:1/healthz", None).startswith("No answer: ")
