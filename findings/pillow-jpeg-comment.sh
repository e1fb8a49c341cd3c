#!/usr/bin/env bash
# pillow 13.0.0: a photo that is opened and saved again loses its EXIF (camera, place), and a PNG loses its texts, but the comment of
# a JPEG or GIF goes along, through convert(), resize() and from one of the two formats to the other. Drawing a picture anew is no
# way to leave behind what was written into it: take `comment` out of .info, or save with comment=b"".
# Output seen: JPEG: exif gone, comment kept; resized: kept; to GIF: kept; PNG: text gone
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet pillow==13.0.0
"$work/venv/bin/python" - <<'PY'
from io import BytesIO

from PIL import Image
from PIL.PngImagePlugin import PngInfo

WORDS = "Front desk, Elm Street"
MAKER = "Example Cameras"


def write(image: Image.Image, form: str, **more: object) -> bytes:
    file = BytesIO()
    image.save(file, form, **more)
    return file.getvalue()


def read(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def has(content: bytes, words: str) -> bool:
    return words.encode() in content


plain = Image.new("RGB", (32, 32), "teal")
exif = Image.Exif()
exif[0x010F] = MAKER
texts = PngInfo()
texts.add_text("Comment", WORDS)
photo = write(plain, "JPEG", exif=exif, comment=WORDS.encode())
drawing = write(plain, "PNG", pnginfo=texts)
assert has(photo, WORDS)
assert has(photo, MAKER)
assert has(drawing, WORDS)

again = write(read(photo), "JPEG")
small = write(read(photo).convert("L").resize((8, 8)), "JPEG")
gif = write(read(photo), "GIF")
png = write(read(drawing), "PNG")
emptied = write(read(photo), "JPEG", comment=b"")
print("JPEG: exif", has(again, MAKER), "comment", has(again, WORDS), "; resized:", has(small, WORDS), "; to GIF:", has(gif, WORDS))
print("PNG: text", has(png, WORDS), "; with comment=b'':", has(emptied, WORDS))
assert not has(again, MAKER)
assert has(again, WORDS)
assert has(small, WORDS)
assert has(gif, WORDS)
assert not has(png, WORDS)
assert not has(emptied, WORDS)
PY
