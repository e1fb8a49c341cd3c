"""Run the program on one machine, and nothing else than this process to look after.

python -m ops.launch run                        the demo: database, broker, payment stand-in, web, worker, beat
python -m ops.launch services -- COMMAND...     database and broker only, then COMMAND with their addresses
python -m ops.launch clean                      erase what both keep
"""

import argparse
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ops import commands
from ops.processes import Child, Family, Stop, guarded
from ops.runtime import PROJECT, Runtime, Taken
from ops.servers import Servers

APPS_GRACE = 2.5  # seconds that web, worker and beat get to finish
SERVERS_GRACE = 1.5  # seconds that the database and the broker get after them: together less than five
YES = {"1", "true", "yes", "y", "on", "ok"}  # as the settings read a switch
RESTARTS = 10  # a service that ends more often than this in a minute is not started again


class Failed(Exception):
    """Something that must run did not; the message is for the person at the terminal."""


def say(text: str = "") -> None:
    """Print a line at once; a terminal that has gone away is no reason to stop halfway."""
    with suppress(OSError):
        print(text, flush=True)


class Launcher:
    """What runs in one runtime folder, from the start to the end."""

    def __init__(self, runtime: Runtime, env: dict[str, str], *, durable: bool) -> None:
        self.runtime = runtime
        self.env = env
        self.family = Family()
        self.servers = Servers(runtime, self.family, durable=durable)
        self.starts: dict[str, Callable[[], Child]] = {}
        self.running: dict[str, Child] = {}
        self.ends: dict[str, list[float]] = {}
        self.late: dict[str, float] = {}

    def start_servers(self) -> None:
        """Start the database and the broker, unless the environment names others, and put their addresses into the environment."""
        if not self.env.get("REDIS_URL"):
            self.env["REDIS_URL"] = self.servers.redis_url
            self._start("valkey", self.servers.start_valkey)
        if not self.env.get("DATABASE_URL"):
            self.env["DATABASE_URL"] = self.servers.owner_url
            if self.runtime.kind == "demo":  # The tests make databases of their own, and empty them: they are the owner.
                self.env |= {"DATABASE_URL": self.servers.program_url, "DATABASE_OWNER_URL": self.servers.owner_url}
            self.servers.prepare_data()
            self._start("postgres", self.servers.start_postgres)
        for name, child in self.running.items():
            if not self.servers.wait_until_ready(child):
                raise Failed(self.story(name, f"{name} did not start."))

    def start_service(self, name: str, command: list[str]) -> None:
        """Start one of the program's own processes, which know nothing of the database's owner."""
        env = {name: value for name, value in self.env.items() if name != "DATABASE_OWNER_URL"}
        self._start(name, lambda: self.family.start(name, command, env=env, log=self.runtime.log(name), cwd=PROJECT))

    def run_steps(self, **steps: list[str]) -> str:
        """Run commands side by side to their end and return what they printed; a log is shown when its command fails."""
        started = []
        for name, command in steps.items():
            self.runtime.log(name).write_bytes(b"")
            with self.printed(name).open("wb") as output:
                child = self.family.start(name, command, env=self.env, log=self.runtime.log(name), cwd=PROJECT, output=output)
            started.append((child, command))
        for child, command in started:
            if self.family.wait_for(child) != 0:
                raise Failed(self.story(child.name, f"{' '.join(command)} failed."))
        return "".join(self.printed(name).read_text(errors="replace") for name in steps)

    def printed(self, name: str) -> Path:
        """Name the file with what a command printed; its complaints are in its log."""
        return self.runtime.log(name).with_suffix(".out")

    def look_after(self, *, until: Child | None = None, seconds: float = float("inf")) -> None:
        """Start again what ends unexpectedly, until a child ends, or the time is over, or someone asks us to stop."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not (until and until.ended):
            due = min([end, *self.late.values()])
            self.family.wait(min(due - time.monotonic(), 60))
            for child in [child for name, child in self.running.items() if child.ended and name not in self.late]:
                self._plan_restart(child)
            for name in [name for name, at in self.late.items() if at <= time.monotonic()]:
                del self.late[name]
                self.running[name] = self.starts[name]()

    def made_up(self) -> dict[str, str]:
        """Return the settings that we added to what we were given."""
        return {name: value for name, value in self.env.items() if value != os.environ.get(name)}

    def stop(self) -> None:
        """Stop everything in order: what works, then what it works on; finally whatever was left behind."""
        for grace, chosen in ((APPS_GRACE, self._apps()), (SERVERS_GRACE, self._servers())):
            self.family.stop([child for child in chosen if not child.ended], seconds=grace)
        self.family.end_all(seconds=0)
        self.runtime.note.unlink(missing_ok=True)

    def _apps(self) -> list[Child]:
        servers = self._servers()
        return [child for child in self.family.children.values() if child not in servers]

    def _servers(self) -> list[Child]:
        return [self.running[name] for name in ("valkey", "postgres") if name in self.running]

    def _start(self, name: str, start: Callable[[], Child]) -> None:
        self.runtime.log(name).write_bytes(b"")
        self.starts[name] = start
        self.running[name] = start()

    def _plan_restart(self, child: Child) -> None:
        """Start a service again a moment later, longer each time, and give up when that does not help."""
        self.family.clear_after(child)
        now = time.monotonic()
        ends = self.ends[child.name] = [at for at in self.ends.get(child.name, []) if at > now - 60] + [now]
        why = f"signal {signal.Signals(-child.code).name}" if child.code and child.code < 0 else f"exit code {child.code}"
        if len(ends) > RESTARTS:
            raise Failed(self.story(child.name, f"{child.name} ended {len(ends)} times within a minute ({why})."))
        say(f"{child.name} ended unexpectedly ({why}); starting it again. Its log: {self.runtime.log(child.name)}")
        self.late[child.name] = now + min(0.2 * 2 ** (len(ends) - 1), 5)

    def story(self, name: str, message: str) -> str:
        """Add the end of a log to a message."""
        log = self.runtime.log(name)
        lines = log.read_text(errors="replace").splitlines()[-25:] if log.exists() else []
        return "\n".join([message, *(f"    {line}" for line in lines), f"The whole log: {log}"])


def run(runtime: Runtime, *, port: int) -> int:
    """Run the demo until someone stops it."""
    url = f"http://localhost:{port}"
    env = program_env(runtime, url=url)
    env["BIND"] = f"127.0.0.1:{port}"
    launcher = Launcher(runtime, env, durable=True)
    try:
        with_stand_in = not env.get("STRIPE_SECRET_KEY")
        if with_stand_in:
            stand_in_port = free_port(range(port + 1, port + 100))
            env["STRIPE_API_BASE"] = f"http://localhost:{stand_in_port}"
            env["STRIPE_SECRET_KEY"] = "sk_test_" + secrets.token_hex(12)
            env["STRIPE_WEBHOOK_SECRET"] = "whsec_" + secrets.token_hex(16)
        say("Starting the database and the broker ...")
        launcher.start_servers()
        runtime.write_note({"process": os.getppid(), "url": url, "env": launcher.made_up()})
        say("Preparing the database and the demo program ...")
        launcher.run_steps(migrate=commands.MIGRATE, collectstatic=commands.COLLECT)
        if lacks := launcher.run_steps(confinement=commands.CONFINEMENT):
            say(lacks.rstrip())
        if with_stand_in:
            state = str(runtime.root / "standin.sqlite3")
            launcher.start_service("standin", ["python", "-m", "standin", "--port", str(stand_in_port), "--state", state])
        launcher.start_service("web", commands.WEB)
        people = launcher.run_steps(load_demo=commands.LOAD_DEMO) if env["DEMO"].lower() in YES else ""
        launcher.start_service("worker", commands.WORKER)
        launcher.start_service("outside", commands.OUTSIDE)
        launcher.start_service("beat", commands.BEAT)
        if not await_answer(launcher, port, "/healthz", seconds=60):
            raise Failed(launcher.story("web", "The web does not answer."))
        if not await_answer(launcher, port, "/readyz", seconds=30):
            say(f"Not everything is ready yet; {url}/readyz says what is missing.")
        say(f"\n{people.rstrip()}\n\nLSSC is running at {url}\nCtrl-C stops everything.")
        launcher.look_after()
    except Stop:
        say("\nStopping ...")
        return 0
    except Failed as failure:
        say(f"\n{failure}")
        return 1
    finally:
        launcher.stop()
    return 0


def await_answer(launcher: Launcher, port: int, path: str, *, seconds: float) -> bool:
    """Wait until the web answers at a path with anything but a failure; False when the time is over before that."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            if connection.getresponse().status < 500:
                return True
        launcher.look_after(seconds=0.1)
    return False


def services(runtime: Runtime, command: list[str]) -> int:
    """Run a command beside a database and a broker, and return its exit code."""
    env = program_env(runtime, url="http://localhost:8000")
    launcher = Launcher(runtime, env, durable=runtime.kind == "demo")
    try:
        launcher.start_servers()
        runtime.write_note({"process": os.getppid(), "env": launcher.made_up()})
        child = launcher.family.start("command", command, env=env, own_session=False)
        while not child.ended:
            try:
                launcher.look_after(until=child)
            except Stop as stop:
                if not stop.from_terminal:
                    child.signal(stop.signo)
                if stop.signo != signal.SIGINT:
                    break
        code = 128 + signal.SIGTERM if child.code is None else child.code
    except Failed as failure:
        say(str(failure))
        return 1
    except Stop:
        return 128 + signal.SIGINT
    finally:
        launcher.stop()
    return code if code >= 0 else 128 - code


def program_env(runtime: Runtime, *, url: str) -> dict[str, str]:
    """Give the program's processes our environment, and settings for this machine where it names none; an empty one counts as none.

    Someone's own database is no place for made-up people, unless DEMO says so. The tests make databases of their own, and want them.
    """
    defaults = {
        "DEMO": "0" if os.environ.get("DATABASE_URL") else "1",
        "PUBLIC_URL": url,
        "EMAIL_URL": "dummymail://",
        "STORAGE_URL": f"file:{runtime.root / 'files'}",
        "STATIC_ROOT": str(runtime.root / "static"),
        "AUDIT_HEAD_FILE": str(runtime.root / "audit-heads.txt"),
        "PYTHONUNBUFFERED": "1",
    }
    inherited = {name: value for name, value in os.environ.items() if value}
    env = {**defaults, **inherited, "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}"}
    env.setdefault("SECRET_KEY", runtime.secret_key())
    if runtime.kind == "test":
        env["DEMO"] = "1"
    return env


def choose_port() -> int:
    """Take PORT, or the first free port from 8000 on."""
    wish = os.environ.get("PORT")
    if not wish:
        return free_port(range(8000, 8100))
    if not wish.isdigit() or not 0 < int(wish) < 65536:
        raise SystemExit(f"PORT must be a number from 1 to 65535, not {wish!r}.")
    if not is_free(int(wish)):
        raise SystemExit(f"Port {wish} is in use by another program. Stop that one, or choose another port: PORT={int(wish) + 10} make run")
    return int(wish)


def free_port(ports: range) -> int:
    """Return the first port on which nothing listens."""
    for port in ports:
        if is_free(port):
            return port
    raise SystemExit(f"No port is free from {ports.start} to {ports.stop - 1}.")


def is_free(port: int) -> bool:
    """Tell whether nothing listens on a port of this machine, by either family of addresses."""
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with suppress(OSError), socket.socket(family) as probe:
            probe.settimeout(1)
            if probe.connect_ex((host, port)) == 0:
                return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def refusal(note: dict[str, Any]) -> str:
    """Say who is in the way, and where."""
    process = f"process {note['process']}" if "process" in note else "it is just starting"
    if "url" in note:
        return f"LSSC already runs from this folder, at {note['url']} ({process}). Open that address, or stop it with Ctrl-C first."
    return f"A command with the database of this folder is already running ({process}). Wait for its end, or stop it first."


def join(note: dict[str, Any], command: list[str]) -> int:
    """Run a command with the servers that another launcher looks after."""
    return subprocess.run(command, env={**os.environ, **note["env"]}).returncode


def main() -> int:
    """Read the command line and do one of the three things."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["run", "services", "clean"])
    parser.add_argument("--tests", action="store_true", help="use the tests' own folder, whose data may be lost")
    parser.add_argument("--join", action="store_true", help="use the servers of a launcher that runs already, when there is one")
    parser.add_argument("--with-parent", action="store_true", help="stop also when the process that started us is killed")
    parser.add_argument("command", nargs="*")
    arguments = parser.parse_args()
    if arguments.what == "services" and not arguments.command:
        parser.error("services needs a command after --")
    runtime = Runtime.open("test" if arguments.tests else "demo")
    try:
        lock = runtime.lock()
    except Taken as taken:
        if arguments.what == "services" and arguments.join and "env" in taken.note:
            return join(taken.note, arguments.command)
        say(refusal(taken.note))
        return 1
    with lock:
        if arguments.what == "clean":
            runtime.erase()
            return 0
        runtime.write_note({"process": os.getpid()})
        if arguments.what == "run":
            port = choose_port()
            runtime.write_note({"process": os.getpid(), "url": f"http://localhost:{port}"})
            return guarded(lambda: run(runtime, port=port), with_parent=arguments.with_parent)
        return guarded(lambda: services(runtime, arguments.command), with_parent=arguments.with_parent)


if __name__ == "__main__":
    sys.exit(main())
