"""The launcher as a person meets it: started, started twice, stopped, killed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from ops.runtime import PROJECT, Runtime

pytestmark = [pytest.mark.journey, pytest.mark.alone]

# What the launcher decides itself must not come from the tests' own launcher.
DECIDED = {
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "PUBLIC_URL",
    "STORAGE_URL",
    "STATIC_ROOT",
    "SECRET_KEY",
    "PORT",
    "EMAIL_URL",
    "AUDIT_HEAD_FILE",
    "DEMO",
    "DJANGO_SETTINGS_MODULE",
}


LAUNCH = [sys.executable, "-m", "ops.launch"]


class Launch:
    """One launcher and everything below it, in a runtime folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {name: value for name, value in os.environ.items() if name not in DECIDED and not name.startswith("STRIPE_")}
        self.env["LSSC_RUNTIME"] = str(folder)
        self.output = folder / "output.txt"
        self.process: subprocess.Popen[bytes] | None = None
        self.took, self.load = 0.0, 0.0

    def make_run(self) -> "Launch":
        """Do what `make run` does, and measure how long it takes to the first page."""
        began = time.monotonic()
        subprocess.run([sys.executable, "-m", "ops.setup"], cwd=PROJECT, env=self.env, check=True, capture_output=True, timeout=120)
        self.begin()
        self.wait_until(self.shows_a_page)
        self.took, self.load = time.monotonic() - began, os.getloadavg()[0]
        return self.wait_until_up()

    def start(self, *arguments: str) -> "Launch":
        self.begin(*arguments)
        return self.wait_until_up()

    def begin(self, *arguments: str) -> None:
        with self.output.open("wb") as output:
            self.process = subprocess.Popen([*LAUNCH, *(arguments or ["run"])], cwd=PROJECT, env=self.env, stdout=output, stderr=output)

    def wait_until(self, done: Callable[[], bool], *, seconds: float = 180) -> None:
        until = time.monotonic() + seconds
        while not done():
            assert self.process
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < until, self.output.read_text()
            time.sleep(0.1)

    def wait_until_up(self) -> "Launch":
        self.wait_until(lambda: "Ctrl-C stops everything" in self.output.read_text())
        return self

    def shows_a_page(self) -> bool:
        with suppress(OSError, ValueError):
            return get(f"{self.note['url']}/")[0] == 200
        return False

    @property
    def note(self) -> dict[str, object]:
        return dict(json.loads((self.folder / "demo" / "running.json").read_text()))

    @property
    def guardian(self) -> int:
        assert self.process
        return self.process.pid

    @property
    def supervisor(self) -> int:
        return children(self.guardian)[0]

    def service(self, word: str) -> int:
        """Find the first process of a service by a word of its command line."""
        return next(pid for pid in children(self.supervisor) if word in command_line(pid))

    def database(self) -> psycopg.Connection[tuple[object, ...]]:
        settings = self.note["env"]
        assert isinstance(settings, dict)
        return psycopg.connect(host=settings["DATABASE_URL"].split("host=")[1], dbname="lssc", user="lssc", autocommit=True)

    def left(self) -> list[str]:
        """List the processes that belong to this launch and still live."""
        marks = [str(self.folder), *(str(path) for path in reaches(self.folder))]
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                with suppress(OSError):
                    told = [
                        (entry / "environ").read_bytes().decode(errors="replace"),
                        command_line(int(entry.name)),
                        os.readlink(entry / "cwd"),
                    ]
                    if any(mark in text for mark in marks for text in told) and state(int(entry.name)) not in "ZX":
                        found.append(f"{entry.name}: {told[1]}")
        return found

    def wait_until_nothing_is_left(self, *, seconds: float) -> float:
        started = time.monotonic()
        while self.left() and time.monotonic() - started < seconds:
            time.sleep(0.05)
        assert self.left() == []
        return time.monotonic() - started


def state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0]


def children(pid: int) -> list[int]:
    return [int(word) for task in Path(f"/proc/{pid}/task").iterdir() for word in (task / "children").read_text().split()]


def command_line(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")


def reaches(folder: Path) -> list[Path]:
    """Name the folder of the embedded servers, which lies elsewhere when we are root."""
    before = os.environ.get("LSSC_RUNTIME")
    os.environ["LSSC_RUNTIME"] = str(folder)
    try:
        runtime = Runtime.open("demo")
    finally:
        os.environ.pop("LSSC_RUNTIME")
        if before is not None:
            os.environ["LSSC_RUNTIME"] = before
    return [runtime.reach, runtime.sockets]


def get(url: str) -> tuple[int, str]:
    with urllib.request.urlopen(url, timeout=10) as response:
        return response.status, response.read().decode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One runtime folder for the module, so that the demo program is loaded once."""
    folder = tmp_path_factory.mktemp("runtime")
    yield folder
    for path in reaches(folder):
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="class")
def launch(folder: Path) -> Iterator[Launch]:
    """A launcher that has printed its address, for all tests of a class."""
    launch = Launch(folder).make_run()
    yield launch
    assert launch.process
    launch.process.terminate()
    launch.process.wait(10)
    launch.wait_until_nothing_is_left(seconds=6)


class TestARunningSystem:
    def test_the_first_page_answers_within_a_minute_where_everything_is_installed(self, launch: Launch) -> None:
        # Where more work waits than there are processors, each waits for the others.
        crowded = max(1.0, launch.load / (os.cpu_count() or 1))
        assert launch.took < 60 * crowded, f"It took {launch.took:.0f} seconds"

    def test_it_shows_its_address_and_answers_there(self, launch: Launch) -> None:
        assert f"LSSC is running at {launch.note['url']}" in launch.output.read_text()
        assert get(f"{launch.note['url']}/healthz") == (200, '{"alive": true}')

    def test_a_second_copy_is_refused_and_told_where_the_first_is(self, launch: Launch) -> None:
        second = subprocess.run([*LAUNCH, "run"], cwd=PROJECT, env=launch.env, capture_output=True, text=True, timeout=10)
        assert second.returncode == 1
        assert second.stdout == (
            f"LSSC already runs from this folder, at {launch.note['url']} (process {launch.guardian}). "
            "Open that address, or stop it with Ctrl-C first.\n"
        )

    def test_a_taken_port_is_named_with_a_way_out(self, launch: Launch, tmp_path: Path) -> None:
        port = str(launch.note["url"]).rpartition(":")[2]
        env = {**launch.env, "LSSC_RUNTIME": str(tmp_path), "PORT": port}
        refused = subprocess.run([*LAUNCH, "run"], cwd=PROJECT, env=env, capture_output=True, text=True, timeout=10)
        for path in reaches(tmp_path):
            shutil.rmtree(path, ignore_errors=True)
        assert refused.returncode == 1
        assert refused.stderr.startswith(f"Port {port} is in use by another program.")

    def test_a_command_joins_the_running_servers(self, launch: Launch) -> None:
        command = [sys.executable, "-c", "import os; print(os.environ['DATABASE_URL'], os.environ['REDIS_URL'])"]
        joined = subprocess.run(
            [*LAUNCH, "--join", "services", "--", *command], cwd=PROJECT, env=launch.env, capture_output=True, text=True, timeout=10
        )
        settings = launch.note["env"]
        assert isinstance(settings, dict)
        assert joined.stdout == f"{settings['DATABASE_URL']} {settings['REDIS_URL']}\n"

    @pytest.mark.parametrize(
        "word",
        [
            "gunicorn",
            "celery --app lssc worker --pool",
            "celery --app lssc worker --queues outside",
            "celery --app lssc beat",
            "postgres -D",
            "valkey-server",
        ],
    )
    def test_a_killed_service_is_started_again_and_leaves_nothing_of_itself(self, launch: Launch, word: str) -> None:
        first, said = launch.service(word), len(launch.output.read_text())
        below = children(first)
        os.kill(first, signal.SIGKILL)
        until = time.monotonic() + 60  # a machine that others use, too, takes its time
        while time.monotonic() < until:
            with suppress(StopIteration, OSError):
                # What the killed one leaves below it is handed to the supervisor, and may answer for a moment.
                if launch.service(word) not in {first, *below} and get(f"{launch.note['url']}/healthz")[0] == 200:
                    break
            time.sleep(0.1)
        assert launch.service(word) not in {first, *below}
        assert get(f"{launch.note['url']}/healthz")[0] == 200
        assert [pid for pid in below if Path(f"/proc/{pid}").exists() and state(pid) not in "ZX"] == []
        assert "ended unexpectedly (signal SIGKILL); starting it again" in launch.output.read_text()[said:]


def test_ctrl_c_stops_everything_within_five_seconds(folder: Path) -> None:
    launch = Launch(folder).start()
    started = time.monotonic()
    os.kill(launch.guardian, signal.SIGINT)
    assert launch.process
    assert launch.process.wait(10) == 0
    assert launch.left() == []
    assert time.monotonic() - started < 5


def test_kill_minus_nine_leaves_no_process_and_no_data_is_lost(folder: Path) -> None:
    launch = Launch(folder).start()
    for killed in (["guardian"], ["supervisor"], ["guardian", "supervisor"]):
        launch = _kill_and_start_again(launch, killed)
    assert launch.process
    launch.process.terminate()
    assert launch.process.wait(10) == 0


def _kill_and_start_again(launch: Launch, killed: list[str]) -> Launch:
    with launch.database() as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (text text)")
        connection.execute("TRUNCATE kept")
        connection.execute("INSERT INTO kept SELECT 'row ' || n FROM generate_series(1, 20000) n")
        connection.execute("CHECKPOINT")
        connection.execute("INSERT INTO kept SELECT 'row ' || n FROM generate_series(20001, 40000) n")
    for pid in [getattr(launch, name) for name in killed]:
        os.kill(pid, signal.SIGKILL)
    assert launch.process
    launch.process.wait(10)
    launch.wait_until_nothing_is_left(seconds=5)

    again = Launch(launch.folder).start()
    with again.database() as connection:
        assert connection.execute("SELECT count(*), count(DISTINCT text) FROM kept").fetchone() == (40000, 40000)
        connection.execute("DROP TABLE kept")
    return again
