"""The drawing of certificates and letters as tagged PDF. The same values and fonts give the same bytes."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import segno
from django.template.loader import render_to_string
from PIL import ImageFont

from people import typefaces
from people.pdf import Stylesheet

ASSETS = Path(__file__).parent / "assets"
# Sizes of a name in points, each with the width in points that its line has; the last one may take two lines.
NAME_SIZES = {41: 7.4 * 72, 32: 8.7 * 72, 25: 8.7 * 72, 18: 8.7 * 72}
MEASURED_AT = 1000
# The measuring knows no ligatures and little kerning; what is drawn can be a little wider.
SLACK = 1.03


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who stands under a certificate, after the setting CERTIFICATE_SIGNERS."""

    name: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What a certificate says. `issued_on` is the day of its issue where the program is, a renewal does not move it."""

    name: str
    number: str
    sets: tuple[str, ...]
    issued_on: date
    valid_from: date
    expires_on: date
    verify_url: str
    provisional: bool = False
    signers: tuple[Signer, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Recommended:
    """What a letter to an employer says; `total` sets are needed, `required` of them from everyone."""

    addressee: str
    name: str
    number: str
    sets: tuple[str, ...]
    total: int
    required: int
    provisional: bool
    valid_from: date
    expires_on: date
    dated_on: date
    verify_url: str


def render(drawn: Drawn) -> bytes:
    """Draw a certificate: US Letter, landscape, one page, tagged as PDF/UA-1. About 50 ms once the fonts are loaded."""
    code = segno.make(drawn.verify_url, error="m", micro=False)
    html = render_to_string(
        "certificates/pdf/certificate.html",
        {
            "name": drawn.name,
            "name_size": name_size(drawn.name),
            "number": drawn.number,
            "sets": drawn.sets,
            "issued_on": drawn.issued_on,
            "valid_from": drawn.valid_from,
            "expires_on": drawn.expires_on,
            "provisional": drawn.provisional,
            "signers": drawn.signers,
            "verify_url": drawn.verify_url,
            "verify_text": drawn.verify_url.partition("://")[2].rstrip("/"),
            "qr": code.svg_data_uri(border=0, dark="#23201b", omitsize=True, encode_minimal=False),
        },
    )
    return _stylesheet("certificate").draw(html)


def render_letter(letter: Recommended) -> bytes:
    """Draw a letter to an employer: US Letter, portrait, tagged as PDF/UA-1."""
    facts = {"letter": letter, "verify_text": letter.verify_url.partition("://")[2].rstrip("/")}
    return _stylesheet("letter").draw(render_to_string("certificates/pdf/letter.html", facts))


def name_size(name: str) -> int:
    """The largest size, in points, in which a name fits on its line; the smallest for a name that fits in none.

    A letter that comes from another font is taken to be as wide as high: none in Noto is wider.
    """
    ours = "".join(letter for letter in name if typefaces.is_vendored(letter))
    others = sum(typefaces.is_drawn(letter) for letter in name) - sum(typefaces.is_drawn(letter) for letter in ours)
    em = SLACK * _name_font().getlength(ours) / MEASURED_AT + others
    return next((size for size, width in NAME_SIZES.items() if em * size <= width), min(NAME_SIZES))


@cache
def _stylesheet(paper: str) -> Stylesheet:
    art = {f"asset:{path.name}": (path.read_bytes(), "image/svg+xml") for path in sorted(ASSETS.glob("*.svg"))}
    return Stylesheet((ASSETS / f"{paper}.css").read_text(), art)


@cache
def _name_font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(typefaces.FOLDER / typefaces.NAMES, MEASURED_AT, layout_engine=ImageFont.Layout.BASIC)
