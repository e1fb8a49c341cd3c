"""The drawing of certificates and letters as tagged PDF; the only module that knows WeasyPrint. The same facts give the same bytes."""

import base64
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import segno
from django.template.loader import render_to_string
from PIL import ImageFont
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from people import typefaces

ASSETS = Path(__file__).parent / "assets"
NAME_FONT = "SourceSerif4_600SemiBold.ttf"
# Sizes of a name in points, each with the width in points that its line has; the last one may take two lines.
NAME_SIZES = {41: 7.4 * 72, 32: 8.7 * 72, 25: 8.7 * 72, 18: 8.7 * 72}
MEASURED_AT = 1000
# A code point that is no letter in any font: what it is drawn as, a missing letter is drawn as, too.
NO_LETTER = "\uffff"
# The measuring knows no ligatures and little kerning; what is drawn can be a little wider.
SLACK = 1.03


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What a certificate says."""

    name: str
    number: str
    sets: tuple[str, ...]
    valid_from: date
    expires_on: date
    verify_url: str
    provisional: bool = False


@dataclass(frozen=True, kw_only=True)
class Recommended:
    """What a letter to an employer says; `total` sets are needed, `required` of them from everybody."""

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


class AssetRefused(ValueError):
    """Something asked for an address that is no named asset."""


class NamedAssets(URLFetcher):  # type: ignore[misc]
    """Serve the fonts, the border and data addresses from memory. Nothing else, from nowhere else."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=["data"])
        self.assets = {f"font:{name}": (content, "font/ttf") for name, content in typefaces.read_fonts().items()}
        self.assets["asset:border.svg"] = ((ASSETS / "border.svg").read_bytes(), "image/svg+xml")

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """Give one asset; raises AssetRefused for any other address."""
        if url in self.assets:
            content, kind = self.assets[url]
            return URLFetcherResponse(url, content, {"Content-Type": kind})
        if url.startswith("data:"):
            return super().fetch(url, headers)
        raise AssetRefused("This is no asset of the certificate")


def render(drawn: Drawn) -> bytes:
    """Draw a certificate: US Letter, landscape, one page, tagged as PDF/UA-1. About 50 ms once the fonts are loaded."""
    fetcher, fonts, css, _, seal = _shared()
    code = segno.make(drawn.verify_url, error="m", micro=False)
    html = render_to_string(
        "certificates/pdf/certificate.html",
        {
            "name": drawn.name,
            "name_size": name_size(drawn.name),
            "number": drawn.number,
            "sets": drawn.sets,
            "valid_from": drawn.valid_from,
            "expires_on": drawn.expires_on,
            "provisional": drawn.provisional,
            "verify_url": drawn.verify_url,
            "verify_text": drawn.verify_url.partition("://")[2].rstrip("/"),
            "seal": seal,
            "qr": code.svg_data_uri(border=0, dark="#23201b", omitsize=True, encode_minimal=False),
        },
    )
    document = HTML(string=html, url_fetcher=fetcher)
    return bytes(document.write_pdf(stylesheets=[css], font_config=fonts, pdf_variant="pdf/ua-1"))


def render_letter(letter: Recommended) -> bytes:
    """Draw a letter to an employer: US Letter, portrait, tagged as PDF/UA-1."""
    fetcher, fonts, _, css, seal = _shared()
    facts = {"letter": letter, "seal": seal, "verify_text": letter.verify_url.partition("://")[2].rstrip("/")}
    document = HTML(string=render_to_string("certificates/pdf/letter.html", facts), url_fetcher=fetcher)
    return bytes(document.write_pdf(stylesheets=[css], font_config=fonts, pdf_variant="pdf/ua-1"))


def find_missing(name: str) -> str:
    """The letters of a name that the certificate's font does not have, each once; the PDF takes them from another font, or draws boxes."""
    missing = _shape(NO_LETTER)
    letters = dict.fromkeys(unicodedata.normalize("NFC", name))
    return "".join(letter for letter in letters if not letter.isspace() and _shape(letter) == missing)


def name_size(name: str) -> int:
    """The largest size, in points, in which a name fits on its line; the smallest for a name that fits in none."""
    em = SLACK * _name_font().getlength(name) / MEASURED_AT
    return next((size for size, width in NAME_SIZES.items() if em * size <= width), min(NAME_SIZES))


@cache
def _shared() -> tuple[NamedAssets, FontConfiguration, CSS, CSS, str]:
    """What every drawing of this process shares: reading the fonts takes longer than drawing."""
    fetcher, fonts = NamedAssets(), FontConfiguration()
    css, letter_css = (
        CSS(string=(ASSETS / f"{name}.css").read_text(), font_config=fonts, url_fetcher=fetcher, base_url="asset:")
        for name in ("certificate", "letter")
    )
    seal = "data:image/svg+xml;base64," + base64.b64encode((ASSETS / "seal.svg").read_bytes()).decode()
    return fetcher, fonts, css, letter_css, seal


@lru_cache(4096)
def _shape(letter: str) -> tuple[tuple[int, int], bytes]:
    mask = _small_font().getmask(letter)
    return mask.size, bytes(mask)


@cache
def _small_font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(typefaces.FOLDER / NAME_FONT, 24, layout_engine=ImageFont.Layout.BASIC)


@cache
def _name_font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(typefaces.FOLDER / NAME_FONT, MEASURED_AT, layout_engine=ImageFont.Layout.BASIC)
