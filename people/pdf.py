"""The drawing of tagged PDF (PDF/UA-1) for every app, by WeasyPrint. The same values and fonts give the same bytes."""

import zlib
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import pydyf
from weasyprint import CSS, HTML
from weasyprint.images import SVGImage
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from people import typefaces

POINTS_PER_PIXEL = 0.75
SVG = "image/svg+xml"


class AssetRefused(ValueError):
    """Something asked for an address that is no named asset."""


class NamedAssets(URLFetcher):  # type: ignore[misc]
    """Serve fonts, named assets and `data:` addresses from memory. Nothing else, from nowhere else."""

    def __init__(self, assets: Mapping[str, tuple[bytes, str]]) -> None:
        super().__init__(allowed_protocols=["data"])
        self.assets = {f"font:{name}": (content, "font/ttf") for name, content in typefaces.read_fonts().items()} | dict(assets)

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """Give one asset; raises AssetRefused for any other address."""
        if url in self.assets:
            content, kind = self.assets[url]
            return URLFetcherResponse(url, content, {"Content-Type": kind})
        if url.startswith("data:"):
            return super().fetch(url, headers)
        raise AssetRefused("This is no asset of the paper")


class KeptArt:
    """An SVG drawing of ours, in the shape of WeasyPrint's images, whose points are walked once a process and size.

    Every paper gets the kept operators as a form XObject (ISO 32000-1, 8.10). Only plain paths and colors: text, gradients,
    patterns and pictures would need resources that are not kept.
    """

    def __init__(self, svg: bytes) -> None:
        self.image = SVGImage(ElementTree.fromstring(svg), "asset:", None, None)  # noqa: S314 (a file of ours)
        self.get_intrinsic_size = self.image.get_intrinsic_size
        self.kept: dict[tuple[float, float], tuple[bytes, dict[str, Any]]] = {}

    def draw(self, stream: Any, width: float, height: float, style: Any) -> None:
        """Lay the drawing into a page's stream, in a box of `width` by `height` CSS pixels."""
        group = stream.add_group(0, 0, width, height)
        resources = group.extra["Resources"]
        if (width, height) not in self.kept:
            self.image.draw(group, width, height, style)
            if any(resources[kind] for kind in ("XObject", "Pattern", "Shading")):
                raise ValueError("This drawing has more than plain paths and colors")
            operators = b"\n".join(item if isinstance(item, bytes) else str(item).encode() for item in group.stream)
            self.kept[width, height] = zlib.compress(operators, 9), dict(resources["ExtGState"])
        content, states = self.kept[width, height]
        group.stream, group.compress, group.extra["Filter"] = [content], False, "/FlateDecode"
        del group.extra["Group"]  # nothing in it is translucent
        resources["ExtGState"].update(states)
        stream.draw_x_object(group.id)


class Stylesheet:
    """A parsed style sheet with its fonts and assets (`asset:NAME`, with a media type), shared by the drawings of a process.

    Reading the fonts takes longer than drawing: make one once and keep it.
    """

    def __init__(self, css: str, assets: Mapping[str, tuple[bytes, str]] | None = None) -> None:
        self.fetcher = NamedAssets(assets or {})
        self.art = {name: KeptArt(content) for name, (content, kind) in (assets or {}).items() if kind == SVG}
        self.fonts = FontConfiguration()
        self.css = CSS(string=css, font_config=self.fonts, url_fetcher=self.fetcher, base_url="asset:")

    def draw(self, html: str) -> bytes:
        """Draw HTML whose values are escaped; about 50 ms a page, more for Chinese, Japanese and Korean."""
        document = HTML(string=html, url_fetcher=self.fetcher)
        pdf = document.write_pdf(
            stylesheets=[self.css], font_config=self.fonts, cache=dict(self.art), pdf_variant="pdf/ua-1", finisher=place_figures
        )
        return bytes(pdf)


def place_figures(document: Any, pdf: Any) -> None:
    """Say where each figure is in points from the bottom of its page (ISO 32000-1, 14.8.5.4.3).

    WeasyPrint 70.0 writes these boxes in CSS pixels from the top, which puts most of them off the page.
    """
    heights = {reference: page.height for reference, page in zip(pdf.page_references, document.pages, strict=True)}
    for element in pdf.objects:
        if isinstance(element, pydyf.Dictionary) and element.get("S") == "/Figure":
            left, top, right, bottom = element["A"]["BBox"]
            height = heights[element["Pg"]]
            element["A"]["BBox"] = pydyf.Array(
                round(length * POINTS_PER_PIXEL, 3) for length in (left, height - bottom, right, height - top)
            )
