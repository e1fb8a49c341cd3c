"""Opens a file that a stranger made, in a process of its own with little time and memory: says what it is, and draws it.

Nothing here knows Django, settings or secrets. `people.sandbox` starts it as `python -m people.inspection CODE FILE FOLDER SECONDS`.
"""

from dataclasses import dataclass, field
from pathlib import Path

# What is drawn of one file, and how large: enough to read a page on a wide screen.
MOST_PICTURES = 12
WIDEST, TALLEST = 1200, 1800
LONGEST_TEXT = 20_000
COPY = "copy"


class Refusal(Exception):
    """The file is not taken; the message says why, and what would help."""


@dataclass
class InspectedFile:
    """What was found in a file: its number of pages, its text, and the sizes of the pictures 1.jpg, 2.jpg, ... that were drawn of it.

    `copy` is the code of the kind of the file `copy`, which others open instead: without scripts, place and camera. Empty where the
    file itself is fit for everyone.
    """

    pages: int = 0
    text: str = ""
    pictures: list[tuple[int, int]] = field(default_factory=list)
    copy: str = ""

    def keep_copy(self, folder: Path, code: str) -> Path:
        """Say that there is a copy of this kind, and where it is written."""
        self.copy = code
        return folder / COPY


def picture_path(folder: Path, number: int) -> Path:
    """Where the picture of this number is drawn."""
    return folder / f"{number}.jpg"
