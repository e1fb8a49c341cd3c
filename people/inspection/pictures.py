"""Pictures: opened to the last line, and drawn again, so that nothing but what is seen is left."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from people.inspection import MOST_PICTURES, TALLEST, WIDEST, InspectedFile, Refusal, picture_path

FORMATS = {"jpeg": "JPEG", "png": "PNG", "gif": "GIF", "webp": "WEBP", "heic": "HEIF"}
# What others open instead: a still as one of two kinds that every browser shows; what moves keeps its kind and its frames.
STILLS = {"jpeg": "jpeg", "heic": "jpeg", "webp": "jpeg", "png": "png", "gif": "png"}
MOVING = frozenset({"gif", "png", "webp"})
MOST_POINTS = 64_000_000
BROKEN = "This picture can’t be opened. Take it or save it again, and choose the new file."
TOO_LARGE = "This picture has {width:,} by {height:,} points, which is too many to open. Save a smaller copy, and choose that file."
QUALITY, FINE = 82, 92


def look(path: Path, code: str, folder: Path) -> InspectedFile:
    """Draw the first frame, the right way up; a tall one in pieces. Others open a copy of what is seen, without all that stands beside it.

    Raises Refusal for a broken or gigantic picture.
    """
    Image.MAX_IMAGE_PIXELS = None  # The limit is ours, and its refusal says the numbers.
    if code == "heic":
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
    seen = InspectedFile(pages=1)
    try:
        with Image.open(path, formats=[FORMATS[code]]) as image:
            width, height = image.size
            if width * height > MOST_POINTS:
                raise Refusal(TOO_LARGE.format(width=width, height=height))
            image.load()
            colors = image.info.get("icc_profile") if image.mode.startswith("RGB") else None
            drawn = _plain(ImageOps.exif_transpose(image))
            if code in MOVING and 1 < getattr(image, "n_frames", 1) <= MOST_POINTS // (width * height):
                _copy_frames(image, seen.keep_copy(folder, code), FORMATS[code])
            else:
                _copy_still(drawn, seen.keep_copy(folder, STILLS[code]), colors=colors, is_jpeg=STILLS[code] == "jpeg")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, IndexError, KeyError, EOFError, struct.error):
        raise Refusal(BROKEN) from None
    for number, piece in enumerate(_pieces(drawn), 1):
        save(piece, number, folder, seen)
    return seen


def _copy_still(drawn: Image.Image, path: Path, *, colors: bytes | None, is_jpeg: bool) -> None:
    options: dict[str, Any] = {"icc_profile": colors} if colors else {}
    if is_jpeg:
        drawn.save(path, "JPEG", quality=FINE, **options)
    else:
        drawn.save(path, "PNG", compress_level=4, **options)


def _copy_frames(image: Image.Image, path: Path, kind: str) -> None:
    """Every frame, and for how long it is shown; no comment."""
    frames, times = [], []
    for frame in ImageSequence.Iterator(image):
        times.append(frame.info.get("duration", 100))
        frames.append(frame.convert("RGBA"))
        frames[-1].info = {}
    frames[0].save(path, kind, save_all=True, append_images=frames[1:], duration=times, loop=image.info.get("loop", 0))


def save(image: Image.Image, number: int, folder: Path, seen: InspectedFile) -> None:
    """Write one picture as a JPEG without any of the original's metadata."""
    image.save(picture_path(folder, number), "JPEG", quality=QUALITY, optimize=True)
    seen.pictures.append(image.size)


def _plain(image: Image.Image) -> Image.Image:
    """The picture in red, green and blue on white paper, whatever it was in."""
    if image.mode.startswith(("I", "F")):
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        image = Image.new("RGB", layer.size, "white")
        image.paste(layer, mask=layer.getchannel("A"))
    plain = image.convert("RGB")
    plain.info = {}  # A comment of the original would be written again.
    return plain


def _pieces(image: Image.Image) -> Iterator[Image.Image]:
    """The picture no wider than we show it, cut where it is taller than a page, such as a scan of a scroll."""
    if image.width > WIDEST:
        image = image.resize((WIDEST, max(1, round(image.height * WIDEST / image.width))), Image.Resampling.LANCZOS)
    if image.height <= 2 * TALLEST and image.height > TALLEST:
        yield image.resize((max(1, round(image.width * TALLEST / image.height)), TALLEST), Image.Resampling.LANCZOS)
        return
    for top in range(0, min(image.height, MOST_PICTURES * TALLEST), TALLEST):
        yield image.crop((0, top, image.width, min(top + TALLEST, image.height)))
