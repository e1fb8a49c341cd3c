"""Start the stand-in: `python -m standin --port 8090 --state var/standin.sqlite3`."""

import argparse
import os
import signal
import sys
from types import FrameType

from standin.server import Standin


def main() -> None:
    """Serve until SIGTERM or Ctrl-C; keys, our own name and the address for webhooks come from the same environment as the program's."""
    parser = argparse.ArgumentParser(description="A stand-in for Stripe on this machine. No money moves.")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--state", default=":memory:", help="file that keeps sessions and events when the process is killed")
    options = parser.parse_args()
    standin = Standin(
        port=options.port,
        state=options.state,
        key=os.environ["STRIPE_SECRET_KEY"],
        webhook_secret=os.environ["STRIPE_WEBHOOK_SECRET"],
        public_url=os.environ.get("PUBLIC_URL", "http://localhost:8000"),
        url=os.environ.get("STRIPE_API_BASE", ""),
    )

    def stop(signum: int, frame: FrameType | None) -> None:
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.stdout.write(f"The stand-in for Stripe listens on {standin.url}. No money moves.\n")
    sys.stdout.flush()
    standin.serve()


if __name__ == "__main__":
    main()
