"""Sound and film: the boxes that hold them are walked from end to end, and nothing is decoded."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from people.inspecting import Refusal, Seen

BROKEN = "This recording can’t be opened. Save it again as MP3 or MP4, and choose the new file."
MOST_BOXES = 100_000
FRAMES = 4
# MPEG audio, layer III: kilobits a second and hertz by the bits of a frame's head; version 1, then 2 and 2.5 (ISO 11172-3, 13818-3).
RATES = (
    (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
HERTZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def look(path: Path, code: str) -> Seen:
    """Check that the file is what it says down to its structure. Raises Refusal."""
    with path.open("rb") as file:
        size = path.stat().st_size
        try:
            sound = {"mp3": _is_mp3, "wav": _is_wav, "webm": _is_webm}.get(code, _is_boxed)(file, size)
        except (struct.error, IndexError):
            sound = False
    if not sound:
        raise Refusal(BROKEN)
    return Seen()


def _is_boxed(file: BinaryIO, size: int) -> bool:
    """MP4 and M4A: boxes one after the other to the very end, with a head, an index and the content (ISO 14496-12, 4.2)."""
    kinds = [kind for kind, _ in _boxes(file, size)]
    return kinds[:1] == [b"ftyp"] and b"moov" in kinds and (b"mdat" in kinds or b"moof" in kinds) and b"" not in kinds


def _boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int]]:
    place = 0
    for _ in range(MOST_BOXES):
        if place == size:
            return
        file.seek(place)
        length, kind = struct.unpack(">I4s", file.read(8))
        if length == 1:
            (length,) = struct.unpack(">Q", file.read(8))
        elif length == 0:
            length = size - place
        if length < 8 or place + length > size:
            yield b"", place
            return
        yield kind, place
        place += length
    yield b"", place


def _is_wav(file: BinaryIO, size: int) -> bool:
    """RIFF: a head, a format, and the samples."""
    riff, length, wave = struct.unpack("<4sI4s", file.read(12))
    kinds: list[bytes] = []
    place = 12
    while place + 8 <= size and len(kinds) < 1000:
        file.seek(place)
        kind, part = struct.unpack("<4sI", file.read(8))
        kinds.append(kind)
        place += 8 + part + part % 2
    return riff == b"RIFF" and wave == b"WAVE" and length + 8 <= size + 1 and b"fmt " in kinds and b"data" in kinds and place <= size + 1


def _is_webm(file: BinaryIO, size: int) -> bool:
    """EBML: a head that says webm, and one segment after it (RFC 8794)."""
    head = file.read(4096)
    if head[:4] != b"\x1a\x45\xdf\xa3":
        return False
    length, taken = _number(head, 4)
    end = 4 + taken + length
    return b"\x42\x82\x84webm" in head[:end] and head[end : end + 4] == b"\x18\x53\x80\x67" and size > end + 12


def _number(content: bytes, place: int) -> tuple[int, int]:
    """A number of variable length, and how many bytes it took."""
    first = content[place]
    taken = 9 - first.bit_length()
    value = first & (0xFF >> taken)
    for byte in content[place + 1 : place + taken]:
        value = value << 8 | byte
    return value, taken


def _is_mp3(file: BinaryIO, size: int) -> bool:
    """A tag, perhaps, then frames one after the other; the first few are looked at."""
    head = file.read(10)
    place = 0
    if head[:3] == b"ID3":
        place = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
    found = 0
    while place + 4 <= size and found < FRAMES:
        file.seek(place)
        length = _frame(file.read(4))
        if not length:
            return False
        found, place = found + 1, place + length
    return found > 0 and place <= size


def _frame(head: bytes) -> int:
    """The length of the frame that begins so; 0 where none does."""
    bits = int.from_bytes(head, "big")
    version, layer = bits >> 19 & 3, bits >> 17 & 3
    rate, hertz = bits >> 12 & 15, bits >> 10 & 3
    if bits >> 21 != 0x7FF or layer != 1 or version == 1 or rate in (0, 15) or hertz == 3:
        return 0
    first = version == 3
    return (144 if first else 72) * RATES[not first][rate - 1] * 1000 // HERTZ[version][hertz] + (bits >> 9 & 1)
