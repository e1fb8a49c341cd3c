"""What the machine offers to shut a process in: bubblewrap's namespaces, or another user and a filter of system calls.

`python people/confinement.py COMMAND ...` runs a command behind the filter, and without a command says what this machine lacks; for that
this file needs the standard library alone.
"""

from __future__ import annotations

import ctypes
import errno
import logging
import os
import platform
import shutil
import struct
import subprocess
import sys
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PROGRAM = Path(__file__).resolve().parent.parent
PROBE_SECONDS = 20
NOBODY = 65534
# Beside the interpreter and our own package: the system's programs, and of /etc what says where libraries, fonts and LibreOffice are.
SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin")
CONFIGURED = (
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/libreoffice",
    "/etc/localtime",
    "/var/cache/fontconfig",
)
PROBE = "import people.file_types, people.inspection.__main__"
logger = logging.getLogger(__name__)


class Level(StrEnum):
    """How well a process is shut in, and how that is told to operators."""

    NAMESPACES = "Files from people are opened apart: no network, and nothing to read but the file itself."
    USER = "Files from people are opened as another user without network, who can still read what is open to every user."
    FILTER = (
        "Files from people are opened without network, but by the program's own user, who can read its secrets. "
        "Install bubblewrap, and let it make user namespaces (docs/settings.md says how)."
    )
    NOTHING = (
        "Files from people are opened by the program's own user, with its network and with its secrets in reach. "
        "Install bubblewrap, and let it make user namespaces (docs/settings.md says how)."
    )

    @property
    def is_apart(self) -> bool:
        """Whether the program's secrets are out of reach."""
        return self in {Level.NAMESPACES, Level.USER}


@dataclass(frozen=True)
class Confinement:
    """A way to start a process that opens a stranger's file."""

    level: Level
    options: dict[str, Any] = field(default_factory=dict)

    def command(self, command: list[str], *, folder: Path) -> list[str]:
        """The command that runs this one so, with one folder in which it may write."""
        if self.level == Level.NAMESPACES:
            return [*_namespaces(folder), "--", *command]
        return [sys.executable, "-I", __file__, *command] if self.level != Level.NOTHING else command


@lru_cache(maxsize=1)
def find() -> Confinement:
    """The best that works on this machine, tried once."""
    return next((way for way in _ways() if _works(way)), Confinement(Level.NOTHING))


def _ways() -> list[Confinement]:
    ways = [Confinement(Level.NAMESPACES)] if shutil.which("bwrap") else []
    if os.geteuid() == 0:
        ways.append(Confinement(Level.USER, {"user": NOBODY, "group": NOBODY, "extra_groups": []}))
    return [*ways, Confinement(Level.FILTER)]


def _works(way: Confinement) -> bool:
    with TemporaryDirectory(prefix="lssc-") as folder:
        Path(folder).chmod(0o755)
        command = way.command([sys.executable, "-s", "-c", PROBE], folder=Path(folder))
        try:
            process = subprocess.run(  # noqa: S603 (our own program)
                command, cwd=PROGRAM, env=environment(folder), capture_output=True, timeout=PROBE_SECONDS, **way.options
            )
        except (OSError, subprocess.SubprocessError) as trouble:
            logger.info("%s can't be had: %s", way.level.name, trouble)
            return False
        if process.returncode:
            logger.info("%s can't be had: %s", way.level.name, process.stderr.decode(errors="replace")[-500:])
    return process.returncode == 0


def environment(folder: str | Path) -> dict[str, str]:
    """All that such a process is told."""
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _namespaces(folder: Path) -> list[str]:
    bound = [*(path for path in SYSTEM if Path(path).exists()), *CONFIGURED]
    for prefix in (sys.base_prefix, sys.prefix, str(PROGRAM / "people")):
        if not prefix.startswith("/usr/"):
            bound.append(prefix)
    command = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    for path in bound:
        # A link, as /lib is to usr/lib on most machines, stays one.
        command += ["--symlink", os.readlink(path), path] if Path(path).is_symlink() and path in SYSTEM else ["--ro-bind-try", path, path]
    command += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]  # noqa: S108 (its own, which no one else sees)
    return [*command, "--bind", str(folder), str(folder), "--chdir", str(PROGRAM)]


# The filter (seccomp): no socket but of the machine itself, and no way to another process's, not even to an abstract one.

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
LOAD, EQUALS, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
# By machine: the kernel's name of it, and the numbers of socket, connect and io_uring_setup.
CALLS = {"x86_64": (0xC000003E, 41, 42, 425), "aarch64": (0xC00000B7, 198, 203, 425)}
X32 = 0x40000000


def _filter() -> bytes:
    architecture, socket, connect, ring = CALLS[platform.machine()]
    refused = REFUSE | errno.EACCES
    steps = [
        (LOAD, 0, 0, 4),
        (EQUALS, 1, 0, architecture),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, 0),
        (AT_LEAST, 0, 1, X32),
        (RETURN, 0, 0, KILL),
        (EQUALS, 5, 0, connect),
        (EQUALS, 4, 0, ring),
        (EQUALS, 0, 2, socket),
        (LOAD, 0, 0, 16),
        (EQUALS, 0, 1, 1),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, refused),
    ]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_char_p)]


def shut() -> None:
    """Put this process, and all that it will start, behind the filter, for good. Raises OSError where the kernel has none."""
    steps = _filter()
    program = _Program(len(steps) // 8, steps)
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    zero = ctypes.c_ulong(0)
    is_set = prctl(PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), zero, zero, zero) == 0
    if not is_set or prctl(PR_SET_SECCOMP, ctypes.c_ulong(SECCOMP_MODE_FILTER), ctypes.byref(program), zero, zero) != 0:
        raise OSError(ctypes.get_errno(), "The kernel takes no filter")


if __name__ == "__main__":
    if sys.argv[1:]:
        shut()
        os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606 (our own program)
    elif not (level := find().level).is_apart:
        print(level.value)  # noqa: T201 (the launcher shows it)
