"""Where one clone keeps what it needs while it runs: data, sockets, logs, files, its secret key, and the lock of its one owner."""

import fcntl
import hashlib
import json
import os
import pwd
import secrets
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

PROJECT = Path(__file__).resolve().parent.parent
LONGEST_SOCKET = 100  # The kernel's limit is 107 characters; the file's own name is within ours.


class Taken(Exception):
    """Another launcher owns this runtime folder; it carries what that one wrote down about itself."""

    def __init__(self, note: dict[str, Any]) -> None:
        super().__init__("taken")
        self.note = note


@dataclass(frozen=True)
class Runtime:
    """One runtime folder; `kind` is "demo" or "test", so that tests never touch what a person made in the demo."""

    kind: str
    root: Path
    reach: Path
    sockets: Path

    @classmethod
    def open(cls, kind: str) -> "Runtime":
        """Make the folders of a kind, and return them.

        Root cannot run PostgreSQL, `nobody` does it; what `nobody` must reach lies outside the clone then, which is often below
        a home folder that is closed to others. A token ties both places together: a new clone at an old place starts afresh.
        """
        root = Path(os.environ.get("LSSC_RUNTIME") or PROJECT / "var").resolve() / kind
        (root / "log").mkdir(parents=True, exist_ok=True)
        root.chmod(0o700)
        reach = root
        if os.geteuid() == 0:
            reach = _reachable(root)
        sockets = reach / "sockets"
        if len(str(sockets / ".s.PGSQL.5432")) > LONGEST_SOCKET:
            sockets = Path(tempfile.gettempdir()) / f"lssc-{os.geteuid()}-{_short(root)}"
        _own(sockets)
        return cls(kind, root, reach, sockets)

    @property
    def note(self) -> Path:
        """The file in which the owner says who and where it is."""
        return self.root / "running.json"

    def log(self, name: str) -> Path:
        """Name the log of a service."""
        return self.root / "log" / f"{name}.log"

    def lock(self, *, seconds: float = 8) -> IO[str]:
        """Become the one owner; raises Taken at once when the owner lives, and waits for one that is just cleaning up after a kill."""
        handle = (self.root / "lock").open("a")
        until = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                note = self.read_note()
                if _alive(note.get("process")) or time.monotonic() > until:
                    raise Taken(note) from None
                time.sleep(0.1)
            else:
                self.note.unlink(missing_ok=True)
                return handle

    def write_note(self, note: dict[str, Any]) -> None:
        """Say who owns this folder, readable to its user alone; readers never see half of it."""
        fresh = self.note.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(note))
        fresh.replace(self.note)

    def read_note(self) -> dict[str, Any]:
        """Read what the owner wrote, an empty note when there is none."""
        try:
            return dict(json.loads(self.note.read_text()))
        except (FileNotFoundError, ValueError):
            return {}

    def secret_key(self) -> str:
        """Return this folder's own secret key, made once."""
        path = self.root / "secret-key"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48))
        return path.read_text()

    def erase(self) -> None:
        """Remove all of it, at both places."""
        for folder in {self.root, self.reach, self.sockets}:
            shutil.rmtree(folder, ignore_errors=True)


def _short(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:12]


def _reachable(root: Path) -> Path:
    """Return root's folder for this runtime that every user can pass through, emptied when it belonged to an earlier clone here."""
    token = root / "token"
    if not token.exists():
        token.write_text(secrets.token_hex(16))
    reach = Path("/var/lib/lssc") / _short(root)
    twin = reach / "token"
    if reach.exists() and (not twin.exists() or twin.read_text() != token.read_text()):
        shutil.rmtree(reach)
    reach.mkdir(parents=True, exist_ok=True)
    reach.parent.chmod(0o711)
    reach.chmod(0o711)
    twin.touch(mode=0o600)
    twin.write_text(token.read_text())
    return reach


def _own(folder: Path) -> None:
    """Make a folder for our eyes only; refuse one that someone else put there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if folder.is_symlink() or status.st_uid not in {os.geteuid(), *_nobody()} or status.st_mode & 0o077:
        raise SystemExit(f"{folder} belongs to somebody else or is open to others. Remove it, or set TMPDIR to another folder.")


def _nobody() -> set[int]:
    return {pwd.getpwnam("nobody").pw_uid} if os.geteuid() == 0 else set()


def _alive(process: object) -> bool:
    """Tell whether a process runs; one that was killed and not yet reaped does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"
