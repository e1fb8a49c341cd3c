"""The fonts of everything that the program draws as PDF, whichever room draws it; open licenses, vendored."""

from pathlib import Path

FOLDER = Path(__file__).parent / "fonts"


def read_fonts() -> dict[str, bytes]:
    """Each font by its file's name."""
    return {path.name: path.read_bytes() for path in sorted(FOLDER.glob("*.ttf"))}
