"""From inside the process that opens a stranger's file nothing of ours can be read, and nobody can be reached: it is really tried."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from people import checks, confinement, file_types, sandbox
from people.confinement import Confinement, Level
from tests.factories import files
from tests.factories.people import upload

WAYS = [way for way in confinement._ways() if confinement._works(way)]
SECRET = "the-secret-of-the-parent"
TRY = """
import socket, sys
from pathlib import Path
said = []
def tried(name, what):
    try:
        what()
    except Exception as refused:
        return
    said.append(name)
def connect(family, address):
    with socket.socket(family) as there:
        there.connect(address)
tried("loopback", lambda: connect(socket.AF_INET, ("127.0.0.1", int(sys.argv[1]))))
tried("abstract", lambda: connect(socket.AF_UNIX, "\\0" + sys.argv[2]))
tried("secret file", lambda: Path(sys.argv[3]).read_bytes())
tried("environment", lambda: Path(f"/proc/{sys.argv[4]}/environ").read_bytes().index(b"SECRET_OF_THE_PARENT"))
for other in Path("/proc").glob("[0-9]*/environ"):
    tried("environment", lambda: other.read_bytes().index(b"SECRET_OF_THE_PARENT"))
tried("program", lambda: Path("lssc/settings.py").read_bytes())
tried("own folder", lambda: Path(sys.argv[5], "answer").write_text("yes"))
print(", ".join(sorted(set(said))))
"""
REACHED = {
    Level.NAMESPACES: {"own folder"},
    # Another user reads what everybody may; the test's secret is the owner's alone.
    Level.USER: {"own folder", "program"},
    Level.FILTER: {"own folder", "program", "environment", "secret file"},
}


@pytest.fixture
def listening() -> Iterator[tuple[int, str]]:
    """A socket on the loopback and an abstract one, both of this process."""
    name = f"lssc-test-{os.getpid()}"
    with socket.socket() as loopback, socket.socket(socket.AF_UNIX) as abstract:
        loopback.bind(("127.0.0.1", 0))
        abstract.bind(f"\0{name}")
        loopback.listen()
        abstract.listen()
        yield loopback.getsockname()[1], name


def _reached(way: Confinement, folder: Path, secret: Path, listening: tuple[int, str]) -> set[str]:
    """What was reached from inside, of all that could be; the parent has a secret in its environment as the worker has."""
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, env={"SECRET_OF_THE_PARENT": SECRET})
    try:
        if "user" in way.options:
            os.chown(folder, way.options["user"], way.options["group"])
        said = [str(listening[0]), listening[1], str(secret), str(parent.pid), str(folder)]
        command = way.command([sys.executable, "-s", "-c", TRY, *said], folder=folder)
        env = confinement.environment(folder)
        done = subprocess.run(command, env=env, cwd=confinement.PROGRAM, capture_output=True, text=True, timeout=60, **way.options)
    finally:
        parent.communicate(b"\n")
    assert done.returncode == 0, done.stderr
    return set(done.stdout.strip().split(", "))


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.level.name.lower())
def test_from_inside_nothing_of_ours_is_reached(way: Confinement, tmp_path: Path, listening: tuple[int, str]) -> None:
    secret, folder = tmp_path / "secret.json", tmp_path / "folder"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    folder.mkdir()
    # Without being shut in, all of it is reached: the test looks where there is something.
    open_to_all = {"loopback", "abstract", "secret file", "environment", "program", "own folder"}
    assert _reached(Confinement(Level.NOTHING), folder, secret, listening) == open_to_all
    assert _reached(way, folder, secret, listening) <= REACHED[way.level]
    assert (folder / "answer").read_text() == "yes"


def test_this_machine_has_a_way() -> None:
    """Where it has bubblewrap's, that one is taken; nothing is left open where a filter is possible."""
    assert WAYS
    assert confinement.find() == WAYS[0]


def test_a_file_is_opened_within(monkeypatch: pytest.MonkeyPatch) -> None:
    for way in WAYS:
        monkeypatch.setattr(confinement, "find", lambda way=way: way)
        content = files.pdf(pages=2, size=(100 + len(way.level.name), 100))  # none that was looked at before
        seen = sandbox.inspect(upload("a.pdf", content), kind=file_types.KINDS["pdf"])
        assert (seen.pages, len(seen.pictures)) == (2, 2)


def test_a_link_that_the_process_leaves_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "answer.json").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "1.jpg")
    for name in ("answer.json", "1.jpg"):
        with pytest.raises(OSError, match=r"Too many levels of symbolic links|Not a file"):
            sandbox._read(tmp_path / name)


@pytest.mark.parametrize(("level", "warns"), [(Level.NAMESPACES, 0), (Level.USER, 0), (Level.FILTER, 1), (Level.NOTHING, 1)])
def test_a_deployment_is_warned_where_files_are_opened_beside_secrets(level: Level, warns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confinement, "find", lambda: Confinement(level))
    found = checks.files_are_opened_apart()
    assert [one.id for one in found] == ["people.W001"] * warns
