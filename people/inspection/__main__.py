"""One file, looked at with little time and memory; the answer is `answer.json` in the folder, and the pictures beside it."""

import json
import resource
import sys
from dataclasses import asdict
from pathlib import Path

from people.file_types import KINDS, Group
from people.inspection import InspectedFile, Refusal

MEGABYTE = 1024 * 1024
# Bytes of memory: ffmpeg 7 asks for more than a gigabyte of addresses before it turns a film, of which it uses a part.
MEMORY, MEMORY_OF_FILM = 1024 * MEGABYTE, 3072 * MEGABYTE
# Bytes of the largest file written, files open.
LIMITS = (
    (resource.RLIMIT_FSIZE, 64 * MEGABYTE),
    (resource.RLIMIT_NOFILE, 64),
    (resource.RLIMIT_CORE, 0),
)


def main(code: str, path: Path, folder: Path, seconds: int) -> None:
    """Look at the file and write what was found, within so many seconds of work."""
    memory = MEMORY_OF_FILM if KINDS[code].group == Group.FILM else MEMORY
    for which, most in (*LIMITS, (resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds)):
        resource.setrlimit(which, (most, most))
    try:
        answer = asdict(look(code, path, folder))
    except Refusal as refusal:
        answer = {"refusal": str(refusal)}
    (folder / "answer.json").write_text(json.dumps(answer), encoding="utf-8")


def look(code: str, path: Path, folder: Path) -> InspectedFile:
    """Open the file as what it says it is. Libraries are loaded only for the kind that needs them."""
    match KINDS[code].group:
        case Group.PAGES:
            from people.inspection import pages

            return pages.look(path, folder)
        case Group.PICTURE:
            from people.inspection import pictures

            return pictures.look(path, code, folder)
        case Group.OFFICE:
            from people.inspection import office

            return office.look(path, code, folder)
        case Group.SOUND | Group.FILM:
            from people.inspection import media

            return media.look(path, code, folder)
        case Group.TEXT:
            from people.inspection import text

            return text.look(path)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
