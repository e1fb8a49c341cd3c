"""A strange file is opened only in a process of its own, without our secrets, with little time and memory, and what it finds is told."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File

from people import confinement
from people.file_types import KINDS, FileType, Group
from people.inspection import COPY

# Seconds of work that one file may take. Twice as long by the clock, where the machine is busy.
LONG = 15
# A film may have to be turned into another, which takes longer; a few still end within the worker's time limit (`file_checks.BATCH`).
FILM = 38
TOO_MUCH = "This file takes too long or too much memory to open. Save a simpler copy, for example as PDF with fewer pages, and choose that."


class Refused(Exception):
    """The file is not what it says, or holds what we don't take; the message says what would help."""


class TooSlow(Refused):
    """The file took more time or memory than it was given."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture that we made of a file: a JPEG without metadata."""

    content: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class FileContents:
    """What was found in a file: its pages, its text, pictures of it, and the copy that others open instead, where there is one."""

    pages: int
    text: str
    pictures: tuple[Drawn, ...]
    copy: bytes = b""
    copy_type: str = ""


def inspect(upload: File[Any], *, kind: FileType, seconds: int | None = None) -> FileContents:
    """Open a file as this kind, up to its last page, in a process that may work so long, take a gigabyte, and then ends.

    Raises Refused; TooSlow, which is one, where that was not enough.
    """
    with tempfile.TemporaryDirectory(prefix="lssc-") as folder:
        path = Path(folder) / "file"
        sha256 = hashlib.sha256()
        upload.seek(0)
        with path.open("wb") as copy:
            for chunk in upload.chunks():
                sha256.update(chunk)
                copy.write(chunk)
        upload.seek(0)
        return _inspect(
            sha256.hexdigest(), kind.code, _Place(path, (FILM if kind.group == Group.FILM else LONG) if seconds is None else seconds)
        )


class _Place:
    """Where the file lies now, and how long it may take: no part of what it is, so that the same content is looked at once."""

    def __init__(self, path: Path, seconds: int) -> None:
        self.path, self.seconds = path, seconds

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Place)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=4)
def _inspect(sha256: str, code: str, place: _Place) -> FileContents:
    folder = place.path.parent
    command = [sys.executable, "-s", "-m", "people.inspection", code, str(place.path), str(folder), str(place.seconds)]
    try:
        _run(command, folder=folder, seconds=2 * place.seconds)
        answer = json.loads(_read(folder / "answer.json"))
        if refusal := answer.get("refusal"):
            raise Refused(str(refusal))
        pictures = tuple(
            Drawn(_read(folder / f"{number}.jpg"), int(width), int(height)) for number, (width, height) in enumerate(answer["pictures"], 1)
        )
        contents = FileContents(pages=int(answer["pages"]), text=str(answer["text"]), pictures=pictures)
        if code := answer["copy"]:
            return replace(contents, copy=_read(folder / COPY), copy_type=KINDS[code].content_type)
        return contents
    except (subprocess.SubprocessError, OSError, ValueError):
        raise TooSlow(TOO_MUCH) from None


def _run(command: list[str], *, folder: Path, seconds: float) -> None:
    """Run a command as shut in as this machine can; whatever it started ends with it."""
    way = confinement.find()
    if "user" in way.options:
        for path in (folder, *folder.iterdir()):
            os.chown(path, way.options["user"], way.options["group"])
    with subprocess.Popen(  # noqa: S603 (our own program, and no word of the file's)
        way.command(command, folder=folder),
        cwd=settings.BASE_DIR,
        env=confinement.environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        **way.options,
    ) as process:
        try:
            code = process.wait(timeout=seconds)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    if code:
        raise subprocess.CalledProcessError(code, command)


def _read(path: Path) -> bytes:
    """What the process wrote: a file of its own, and no link by which we would read another for it."""
    opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(opened, "rb") as content:
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            raise OSError(errno.EINVAL, "Not a file")
        return content.read()
