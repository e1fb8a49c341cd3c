"""A strange file is opened only in a process of its own, without our secrets, with little time and memory, and what it finds is told."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File

from people.kinds import Kind

# Seconds of work that one file may take: while a person waits, and in all. Twice as long by the clock, where the machine is busy.
BRIEF, LONG = 4, 15
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
class Found:
    """What was found in a file: its pages, its text, and pictures of it."""

    pages: int
    text: str
    pictures: tuple[Drawn, ...]


def inspect(upload: File[Any], *, kind: Kind, seconds: int = LONG) -> Found:
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
        return _inspect(sha256.hexdigest(), kind.code, _Place(path, seconds))


class _Place:
    """Where the file lies now, and how long it may take: no part of what it is, so that the same content is looked at once."""

    def __init__(self, path: Path, seconds: int) -> None:
        self.path, self.seconds = path, seconds

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Place)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=16)
def _inspect(sha256: str, code: str, place: _Place) -> Found:
    folder = place.path.parent
    command = [sys.executable, "-s", "-m", "people.inspecting", code, str(place.path), str(folder), str(place.seconds)]
    try:
        subprocess.run(  # noqa: S603 (our own program, and no word of the file's)
            command,
            cwd=settings.BASE_DIR,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TMPDIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=2 * place.seconds,
            start_new_session=True,
            check=True,
        )
        answer = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    except (subprocess.SubprocessError, OSError, ValueError):
        raise TooSlow(TOO_MUCH) from None
    if refusal := answer.get("refusal"):
        raise Refused(str(refusal))
    pictures = tuple(
        Drawn((folder / f"{number}.jpg").read_bytes(), int(width), int(height))
        for number, (width, height) in enumerate(answer["pictures"], 1)
    )
    return Found(pages=int(answer["pages"]), text=str(answer["text"]), pictures=pictures)
