"""Pictures without what a camera writes into them: the place, the day, the device. Not one point of the picture is changed."""

import struct
from collections.abc import Iterator

PNG_SIGN = b"\x89PNG\r\n\x1a\n"
# What a picture needs to look right: its colors, its size in print, its frames. Everything else that may stand beside it goes.
PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs", b"bKGD", b"cICP"})
PNG_KEPT |= {b"acTL", b"fcTL", b"fdAT"}
WEBP_KEPT = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
WEBP_EXIF_AND_XMP = 0x0C
ORIENTATION, SHORT = 0x0112, 3
SOI, EOI, SOS, APP0, APP1, APP2, APP14, APP15, COM = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE


def bare(content: bytes, content_type: str) -> bytes:
    """The same picture without metadata; other kinds of file as they are. How to turn a photo stays in it. Reads no more than bytes."""
    strip = STRIPPED.get(content_type)
    return strip(content) if strip else content


def _jpeg(content: bytes) -> bytes:
    """Keep the segments that draw (ITU T.81, B.1): JFIF, the color profile, Adobe's, and all that is no APP or comment."""
    kept = [b"\xff\xd8"]
    for marker, segment in _segments(content):
        is_colors = marker == APP2 and segment[4:16] == b"ICC_PROFILE\0"
        if marker == APP1 and segment[4:10] == b"Exif\0\0":
            kept.append(_turned(segment[10:]))
        elif is_colors or marker in (APP0, APP14) or not (marker == COM or APP0 <= marker <= APP15):
            kept.append(segment)
    return b"".join(kept)


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Each segment, the scan with its points, up to the first end of a picture: what stands behind it is none."""
    place = 2
    while place + 4 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker == EOI:
            break
        end = place + 2 + int.from_bytes(content[place + 2 : place + 4], "big")
        if marker == SOS:
            end = _scan_end(content, end)
        yield marker, content[place:end]
        place = end
    yield EOI, b"\xff\xd9"


def _scan_end(content: bytes, place: int) -> int:
    """Where the points of a scan end: at a marker that is neither an escaped byte nor a restart."""
    while (place := content.find(b"\xff", place)) != -1 and place + 1 < len(content):
        if (following := content[place + 1]) == 0xFF:
            place += 1
        elif following == 0 or 0xD0 <= following <= 0xD7:
            place += 2
        else:
            return place
    return len(content)


def _turned(exif: bytes) -> bytes:
    """A segment that says how to turn the photo, and nothing else; empty where it stands upright."""
    turn = _read_turn(exif)
    if turn not in range(2, 9):
        return b""
    written = b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, SHORT, 1, turn, 0, 0)
    return b"\xff\xe1" + (len(written) + 2).to_bytes(2, "big") + written


def _read_turn(exif: bytes) -> int:
    """How to turn the photo, by the first table of its EXIF (TIFF 6.0, section 2); 0 where it does not say."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 0
    try:
        (table,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, table)
        rows = [struct.unpack_from(f"{order}HHIH", exif, table + 2 + 12 * row) for row in range(count)]
    except struct.error:
        return 0
    return next((int(value) for tag, kind, _, value in rows if (tag, kind) == (ORIENTATION, SHORT)), 0)


def _png(content: bytes) -> bytes:
    """Keep the chunks that draw (PNG, 5.6)."""
    kept, place = [PNG_SIGN], len(PNG_SIGN)
    while place + 12 <= len(content):
        end = place + 12 + int.from_bytes(content[place : place + 4], "big")
        kind = content[place + 4 : place + 8]
        if kind in PNG_KEPT:
            kept.append(content[place:end])
        place = len(content) if kind == b"IEND" else end
    return b"".join(kept)


def _webp(content: bytes) -> bytes:
    """Keep the chunks that draw (RFC 9649, 2.7), and say in the header that the others are gone."""
    kept, place = [], 12
    while place + 8 <= len(content):
        kind, size = content[place : place + 4], int.from_bytes(content[place + 4 : place + 8], "little")
        end = place + 8 + size + size % 2
        chunk = content[place:end]
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~WEBP_EXIF_AND_XMP]) + chunk[9:]
        if kind in WEBP_KEPT:
            kept.append(chunk)
        place = end
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


STRIPPED = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp}
