"""Ask the program for its health, as a container's health check: exit code 0 when it answers well.

python -m ops.probe http://127.0.0.1:8000/healthz            the answer must be 200
python -m ops.probe http://web:8000/readyz worker            the answer must say that this one check is "ok"
"""

import http.client
import json
import os
import sys
from urllib.parse import urlsplit

SECONDS = 5


def ask(url: str, check: str | None) -> str:
    """Return an empty text when all is well, else what is wrong."""
    parts = urlsplit(url)
    # The program answers only to its public name, wherever it is asked.
    name = urlsplit(os.environ.get("PUBLIC_URL") or "http://localhost:8000").netloc
    connection = http.client.HTTPConnection(parts.hostname or "localhost", parts.port or 80, timeout=SECONDS)
    try:
        connection.request("GET", parts.path, headers={"Host": name})
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException) as error:
        return f"No answer: {error}"
    if check is None:
        return "" if response.status == 200 else f"The answer was {response.status}."
    try:
        report = json.loads(body)
        answer = {**report["checks"], **report.get("told", {})}[check]
    except (ValueError, KeyError, TypeError):
        return f"The answer ({response.status}) does not speak of {check}."
    return "" if answer == "ok" else f"{check}: {answer}"


if __name__ == "__main__":
    wrong = ask(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
    sys.exit(wrong or 0)
