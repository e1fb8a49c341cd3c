"""Sound and film: the boxes that hold them are walked from end to end. Others get a copy without place, day and camera.

A film that not every browser plays is turned into H.264 by ffmpeg, where that is installed; nothing else is decoded.
"""

import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from people.inspection import InspectedFile, Refusal

BROKEN = "This recording can’t be opened. Save it again as MP3 or MP4, and choose the new file."
FILM = (
    "Not every browser plays this film. On an iPhone, choose Settings, Camera, Formats, Most Compatible, and film again. "
    "Or put it on a site, and add its link."
)
MOST_BOXES = 100_000
BOXED = frozenset({"mp4", "m4a", "mov"})
# Boxes beside the picture and the sound: the place, the camera, words. And those whose head says the day.
BESIDE = frozenset({b"udta", b"meta", b"uuid", b"free", b"skip", b"wide", b"\xa9xyz"})
DATED = frozenset({b"tkhd", b"mdhd"})
# What every browser plays; a track that doesn't say what it is coded in is left to the browser.
PLAYED = frozenset({b"", b"avc1", b"avc3", b"vp08", b"vp09", b"av01", b"mp4a", b"Opus", b"fLaC", b".mp3"})
# WebM (RFC 9559): tags and attachments; in the head, the day and the title.
TAGS, INFO, INFO_BESIDE = frozenset({b"\x12\x54\xc3\x67", b"\x19\x41\xa4\x69"}), b"\x15\x49\xa9\x66", frozenset({b"\x44\x61", b"\x7b\xa9"})
FRAMES = 4
# MPEG audio, layer III: kilobits a second and hertz by the bits of a frame's head; version 1, then 2 and 2.5 (ISO 11172-3, 13818-3).
RATES = (
    (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
HERTZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def look(path: Path, code: str, folder: Path) -> InspectedFile:
    """Check that the file is what it says down to its structure, and make the copy. Raises Refusal."""
    with path.open("rb") as file:
        size = path.stat().st_size
        try:
            sound = {"mp3": _is_mp3, "wav": _is_wav, "webm": _is_webm}.get(code, _is_boxed)(file, size)
        except (struct.error, IndexError):
            sound = False
    if not sound:
        raise Refusal(BROKEN)
    seen = InspectedFile()
    copy = seen.keep_copy(folder, "mp4" if code == "mov" else code)
    try:
        strange = _copy_boxes(path, copy) if code in BOXED else _copy_plain(path, copy, code)
    except (struct.error, IndexError):
        raise Refusal(BROKEN) from None
    if strange:
        _turn(path, copy)
    return seen


def _turn(path: Path, copy: Path) -> None:
    """Make a film that every browser plays. Raises Refusal where nothing here can."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        raise Refusal(FILM)
    copy.unlink()
    # No other file is opened, whatever the film says, and nothing that stands beside picture and sound is taken over.
    reading = [ffmpeg, "-nostdin", "-loglevel", "error", "-protocol_whitelist", "file", "-threads", "2", "-f", "mov", "-i", str(path)]
    streams = ["-map", "0:V:0", "-map", "0:a:0?", "-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"]
    picture = ["-vf", "scale='min(1280,iw)':-2", "-c:v", "libx264", "-preset", "veryfast", "-crf", "25", "-pix_fmt", "yuv420p"]
    written = ["-c:a", "aac", "-b:a", "128k", "-ac", "2", "-movflags", "+faststart", "-threads", "2", "-f", "mp4", str(copy)]
    process = subprocess.run([*reading, *streams, *picture, *written], stdin=subprocess.DEVNULL, check=False)  # noqa: S603 (no word of the file's)
    if process.returncode or not copy.exists():
        raise Refusal(FILM)


def _copy_plain(path: Path, copy: Path, code: str) -> bool:
    """Copy sound in MP3 or WAV, or film in WebM, without what stands beside it; none of these is strange to a browser."""
    content = path.read_bytes()
    copy.write_bytes({"mp3": _bare_mp3, "wav": _bare_wav, "webm": _bare_webm}[code](content))
    return False


def _bare_mp3(content: bytes) -> bytes:
    """The frames alone: without the tags before and behind them."""
    start = _tag_length(content[:10])
    return content[start : -128 if content[-128:].startswith(b"TAG") else None]


def _bare_wav(content: bytes) -> bytes:
    clean, place = b"", 12
    while place + 8 <= len(content):
        end = place + 8 + int.from_bytes(content[place + 4 : place + 8], "little")
        if content[place : place + 4] in {b"fmt ", b"fact", b"data"}:
            clean += content[place:end] + b"\0" * (end % 2)
        place = end + end % 2
    return b"RIFF" + struct.pack("<I", len(clean) + 4) + b"WAVE" + clean


def _bare_webm(content: bytes) -> bytes:
    """The same film; its day, title, tags and attachments are painted over, as far as the parts say how long they are."""
    bare = bytearray(content)
    length, taken = _number(content, 4)
    place = 4 + taken + length + 4
    for kind, start, inside, end in _elements(content, place + _number(content, place)[1], len(content)):
        if kind == INFO:
            for inner, first, _, last in _elements(content, inside, end):
                if inner in INFO_BESIDE:
                    _void(bare, first, last)
        elif kind in TAGS:
            _void(bare, start, end)
    return bytes(bare)


def _elements(content: bytes, place: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """The elements one after the other, each with its kind, start, content and end; ends at one that doesn't say how long it is."""
    while place + 2 <= end and content[place] >= 16:
        named = 9 - content[place].bit_length()
        length, taken = _number(content, place + named)
        inside = place + named + taken
        if length == (1 << 7 * taken) - 1 or inside + length > end:
            return
        yield content[place : place + named], place, inside, inside + length
        place = inside + length


def _void(content: bytearray, start: int, end: int) -> None:
    """Make an element one that means nothing, of the same length (RFC 8794, 11.3.2)."""
    many = end - start
    head = b"\xec" + (bytes([0x80 | many - 2]) if many < 128 else b"\x01" + (many - 9).to_bytes(7, "big"))
    content[start:end] = head + b"\0" * (many - len(head))


def _copy_boxes(path: Path, copy: Path) -> bool:
    """Copy a film or sound in boxes, painting over what is neither picture nor sound; whether not every browser plays it.

    Nothing is moved: an index in it counts bytes from the start of the file.
    """
    content = bytearray(path.read_bytes())
    head = int.from_bytes(content[:4], "big")
    content[8:head] = content[8:head].replace(b"qt  ", b"mp42")  # what it is named as for a browser
    tracks = []
    for kind, start, end in _parts(content, 0, len(content)):
        if kind in BESIDE:
            _paint(content, start, end)
        elif kind == b"moov":
            for inner, first, last in _parts(content, start + 8, end):
                if inner in BESIDE:
                    _paint(content, first, last)
                elif inner == b"mvhd":
                    _forget_days(content, first)
                elif inner == b"trak":
                    tracks.append(_track(content, first, last))
    copy.write_bytes(content)
    return any(codec not in PLAYED for codec in tracks)


def _track(content: bytearray, start: int, end: int) -> bytes:
    """What a track is coded in; one that is neither picture nor sound, such as the places along the way, is painted over."""
    parts = {b"trak": (start, end)}
    for name in (b"trak", b"mdia", b"minf", b"stbl"):
        if name not in parts:
            break
        first, last = parts[name]
        for kind, place, after in _parts(content, first + 8, last):
            if kind in BESIDE:
                _paint(content, place, after)
            elif kind in DATED:
                _forget_days(content, place)
            parts.setdefault(kind, (place, after))
    of = bytes(content[parts[b"hdlr"][0] + 16 :][:4]) if b"hdlr" in parts else b""
    if of not in {b"vide", b"soun"}:
        for place, length in _samples(content, parts):
            content[place : place + length] = b"\0" * length
        _paint(content, start, end)
        return b""
    return bytes(content[parts[b"stsd"][0] + 20 :][:4]) if b"stsd" in parts else b""


def _samples(content: bytearray, parts: dict[bytes, tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Where the bytes of a track lie, chunk by chunk (ISO 14496-12, 8.7)."""
    wide = b"co64" in parts
    if not {b"stsz", b"stsc"} <= parts.keys() or not (wide or b"stco" in parts):
        return
    chunks, sizes, spread = (parts[name][0] + 12 for name in (b"co64" if wide else b"stco", b"stsz", b"stsc"))
    same, count = struct.unpack_from(">II", content, sizes)
    rows = [struct.unpack_from(">III", content, spread + 4 + 12 * row) for row in range(_count(content, spread, 12))]
    sample = 0
    for chunk in range(_count(content, chunks, 8 if wide else 4)):
        (place,) = struct.unpack_from(">Q" if wide else ">I", content, chunks + 4 + chunk * (8 if wide else 4))
        many = next((row[1] for row in reversed(rows) if row[0] <= chunk + 1), 0)
        for _ in range(min(many, count - sample)):
            length = same or struct.unpack_from(">I", content, sizes + 8 + 4 * sample)[0]
            if place + length <= len(content):
                yield place, length
            place, sample = place + length, sample + 1


def _count(content: bytearray, place: int, size: int) -> int:
    """How many rows a table says it has, at most as many as fit."""
    return min(int(struct.unpack_from(">I", content, place)[0]), (len(content) - place) // size)


def _parts(content: bytearray, place: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes in a box, each with its kind, start and end; ends at one that is longer than its owner."""
    while place + 8 <= end:
        length, kind = struct.unpack_from(">I4s", content, place)
        if length == 1:
            (length,) = struct.unpack_from(">Q", content, place + 8)
        length = length or end - place
        if length < 8 or place + length > end:
            return
        yield kind, place, place + length
        place += length


def _paint(content: bytearray, start: int, end: int) -> None:
    """Make a box one that means nothing, of the same length."""
    content[start + 4 : start + 8] = b"free"
    inside = start + (16 if content[start : start + 4] == b"\0\0\0\1" else 8)
    content[inside:end] = b"\0" * (end - inside)


def _forget_days(content: bytearray, start: int) -> None:
    """Take out when a film or track was made and changed."""
    length = 16 if content[start + 8] else 8
    content[start + 12 : start + 12 + length] = b"\0" * length


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
    place = _tag_length(file.read(10))
    frames = 0
    while place + 4 <= size and frames < FRAMES:
        file.seek(place)
        length = _frame(file.read(4))
        if not length:
            return False
        frames, place = frames + 1, place + length
    return frames > 0 and place <= size


def _tag_length(head: bytes) -> int:
    """How long the tag at the beginning is; 0 where there is none (ID3v2, 3.1)."""
    if head[:3] != b"ID3":
        return 0
    return 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))


def _frame(head: bytes) -> int:
    """The length of the frame that begins so; 0 where none does."""
    bits = int.from_bytes(head, "big")
    version, layer = bits >> 19 & 3, bits >> 17 & 3
    rate, hertz = bits >> 12 & 15, bits >> 10 & 3
    if bits >> 21 != 0x7FF or layer != 1 or version == 1 or rate in (0, 15) or hertz == 3:
        return 0
    first = version == 3
    return (144 if first else 72) * RATES[not first][rate - 1] * 1000 // HERTZ[version][hertz] + (bits >> 9 & 1)
